// Programs of hand-written kernels, for tests of the wasm backend's runtime apart from its code generators.
import { after } from "node:test";
import type { FunctionBuilder } from "../../src/backend/wasm/assembler.ts";
import { type CodegenEnv, type KernelCode, param } from "../../src/backend/wasm/codegen.ts";
import { runArgs } from "../../src/backend/wasm/layout.ts";
import { WasmBackend, type WasmOptions } from "../../src/backend/wasm/runtime.ts";
import type { BufferSpec, Kernel, LoopKernel, Program } from "../../src/kernel/kernel.ts";

type Generator = (env: CodegenEnv) => KernelCode;

/** Kernels of these tests: the object stands for the code that its generator writes. */
const generators = new Map<Kernel, Generator>();

/** A kernel with hand-written code. */
export function kernel(generator: Generator): Kernel {
  const marker: LoopKernel = { kind: "loop", dims: [], loads: [], reduction: null, outputs: [] };
  generators.set(marker, generator);
  return marker;
}

/** `to[i] = value(i)` for f32, cut to single elements; `value` pushes an f32. */
export function each(
  count: number,
  to: number,
  value: (f: FunctionBuilder, env: CodegenEnv, i: number) => void,
  { cost = count * 20, units = count, scratchBytes = 0 } = {},
): Kernel {
  return kernel((env) => ({
    units,
    cost,
    scratchBytes,
    write(f) {
      const i = f.local("i32");
      const step = count / units;
      const end = f.local("i32");
      f.get(param.hi).i32(step).op("i32.mul").set(end);
      const start = f.local("i32");
      f.get(param.lo).i32(step).op("i32.mul").set(start);
      f.for(i, { local: start }, { local: end }, 1, () => {
        env.pushAddress(f, to);
        f.get(i).i32(4).op("i32.mul").op("i32.add");
        value(f, env, i);
        f.mem("f32.store");
      });
    },
  }));
}

/** Pushes `buffer[i]`. */
export function element(f: FunctionBuilder, env: CodegenEnv, buffer: number, i: number): FunctionBuilder {
  env.pushAddress(f, buffer);
  return f.get(i).i32(4).op("i32.mul").op("i32.add").mem("f32.load");
}

/** A program of buffers of a role and size, all float32, with one float32 and one int32 scalar. */
export function program(roles: readonly [BufferSpec["role"], number][], stages: Kernel[][]): Program {
  let offset = 0;
  const buffers = roles.map(([role, size]) => {
    const spec: BufferSpec = { role, dtype: "float32", size, offset: role === "variable" ? 0 : offset };
    if (role !== "variable") offset += Math.ceil(size / 16) * 64;
    return spec;
  });
  return { buffers, stages, scalars: ["float32", "int32"], arenaBytes: offset, labels: [] };
}

const backends: WasmBackend[] = [];

/** A backend for these kernels; it is closed when the test file ends. */
export function backend(options: WasmOptions = {}): WasmBackend {
  const made = new WasmBackend((k, env) => generators.get(k)!(env), options);
  backends.push(made);
  return made;
}

after(() => Promise.all(backends.map((b) => b.close())));

/** Elements of the buffers of `chain`. */
export const size = 4099;
/** Buffers: 0 input, 1 and 2 temporaries, 3 output, 4 variable. */
const roles: [BufferSpec["role"], number][] = [
  ["input", size],
  ["temp", size],
  ["temp", size],
  ["output", size],
  ["variable", size],
];

/** Stages that read what other threads wrote; the variable counts runs. */
export function chain(): Program {
  const scale = each(size, 1, (f, env, i) => {
    element(f, env, 0, i);
    env.pushScalar(f, 0);
    f.op("f32.mul");
  });
  const reverse = (from: number, to: number) =>
    each(size, to, (f, env, i) => {
      const mirrored = f.local("i32");
      f.i32(size - 1)
        .get(i)
        .op("i32.sub")
        .set(mirrored);
      element(f, env, from, mirrored).f32(0.1).op("f32.add");
      f.release(mirrored);
    });
  const count = each(size, 4, (f, env, i) => element(f, env, 4, i).f32(1).op("f32.add"));
  const result = each(size, 3, (f, env, i) => {
    element(f, env, 2, i);
    element(f, env, 4, i).op("f32.mul");
    env.pushScalar(f, 1);
    f.op("f32.convert_i32_s").op("f32.add");
  });
  const stages = [[scale, count]];
  for (let i = 0; i < 10; i++) stages.push([reverse(1, 2)], [reverse(2, 1)]);
  stages.push([reverse(1, 2)], [result]);
  return program(roles, stages);
}

/** Input of `chain`. */
export const input = Float32Array.from({ length: size }, (_, i) => Math.sin(i) * 3);

/** What `chain` computes, in the same float32 steps. */
export function chainExpected(run: number): Float32Array {
  const { fround } = Math;
  const rows = input.map((x) => fround(x * 1.5));
  for (let pass = 0; pass < 21; pass++) {
    rows.reverse();
    rows.forEach((x, i) => {
      rows[i] = fround(x + fround(0.1));
    });
  }
  return rows.map((x) => fround(fround(x * run) + 7));
}

/** Arguments of a program without inputs and variables. */
export const nothing = { inputs: [], variables: [], scalars: [0, 0] };

/** Pushes whether this is the calling thread: its scratch memory is the first. */
export function isCaller(f: FunctionBuilder): FunctionBuilder {
  return f.get(param.scratch).get(param.args).mem("i32.load", runArgs.scratch).op("i32.eq");
}

/**
 * A kernel of many units in which threads other than the caller's do what `act` writes. The caller works on its units
 * until another thread has come for some; where it is alone there is no control block, and no one to wait for.
 */
export function trouble(act: (f: FunctionBuilder) => void): Program {
  const bad = kernel((env) => ({
    units: 2,
    cost: 1e5,
    scratchBytes: 64,
    write(f) {
      isCaller(f);
      f.if(
        () => {
          f.get(param.args).mem("i32.load", runArgs.control);
          f.if(() =>
            f.loop(() => {
              env.pushAddress(f, 1);
              f.mem("i32.atomic.load").op("i32.eqz").brIf(0);
            }),
          );
        },
        () => {
          env.pushAddress(f, 1);
          f.i32(1).mem("i32.atomic.store");
          act(f);
        },
      );
    },
  }));
  return program(
    [
      ["output", 4],
      ["input", 4],
    ],
    [[bad], [each(4, 0, (f) => f.f32(3), { cost: 1e5 })]],
  );
}

/** Arguments of `trouble`. */
export const untouched = { inputs: [new Float32Array(4)], variables: [], scalars: [0, 0] };
