// The wasm backend's runtime: memory, threads, barriers and failures, on small hand-written kernels.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import type { FunctionBuilder } from "../../src/backend/wasm/assembler.ts";
import { type CodegenEnv, type KernelCode, param } from "../../src/backend/wasm/codegen.ts";
import { wasmFeatures } from "../../src/backend/wasm/features.ts";
import { Heap } from "../../src/backend/wasm/heap.ts";
import { WasmBackend, type WasmOptions } from "../../src/backend/wasm/runtime.ts";
import { schedule } from "../../src/backend/wasm/schedule.ts";
import type { BufferSpec, Kernel, LoopKernel, Program } from "../../src/kernel/kernel.ts";
import { FoveaError, OptionError, UnsupportedError, WorkerError } from "../../src/tensor/errors.ts";

type Generator = (env: CodegenEnv) => KernelCode;

/** Kernels of these tests: the object stands for the code that its generator writes. */
const generators = new Map<Kernel, Generator>();

function kernel(generator: Generator): Kernel {
  const marker: LoopKernel = { kind: "loop", dims: [], loads: [], reduction: null, outputs: [] };
  generators.set(marker, generator);
  return marker;
}

/** `to[i] = value(i)` for f32, cut to single elements; `value` pushes an f32. */
function each(
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
function element(f: FunctionBuilder, env: CodegenEnv, buffer: number, i: number): FunctionBuilder {
  env.pushAddress(f, buffer);
  return f.get(i).i32(4).op("i32.mul").op("i32.add").mem("f32.load");
}

function program(roles: readonly [BufferSpec["role"], number][], stages: Kernel[][]): Program {
  let offset = 0;
  const buffers = roles.map(([role, size]) => {
    const spec: BufferSpec = { role, dtype: "float32", size, offset: role === "variable" ? 0 : offset };
    if (role !== "variable") offset += Math.ceil(size / 16) * 64;
    return spec;
  });
  return { buffers, stages, scalars: ["float32", "int32"], arenaBytes: offset, labels: [] };
}

const backends: WasmBackend[] = [];

function backend(options: WasmOptions = {}): WasmBackend {
  const made = new WasmBackend((k, env) => generators.get(k)!(env), options);
  backends.push(made);
  return made;
}

after(() => Promise.all(backends.map((b) => b.close())));

const size = 4099;
/** Buffers: 0 input, 1 and 2 temporaries, 3 output, 4 variable. */
const roles: [BufferSpec["role"], number][] = [
  ["input", size],
  ["temp", size],
  ["temp", size],
  ["output", size],
  ["variable", size],
];

/** Stages that read what other threads wrote; the variable counts runs. */
function chain(): Program {
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

const input = Float32Array.from({ length: size }, (_, i) => Math.sin(i) * 3);

/** What `chain` computes, in the same float32 steps. */
function chainExpected(run: number): Float32Array {
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

test("heap: blocks never overlap, neighbours join, and everything comes back", () => {
  const heap = new Heap(1024);
  heap.extend(1 << 22);
  const blocks = new Map<number, number>();
  let random = 12345;
  const next = (limit: number) => {
    random = (Math.imul(random, 1103515245) + 12345) & 0x7fffffff;
    return random % limit;
  };
  for (let round = 0; round < 5000; round++) {
    if (next(5) < 3) {
      const bytes = next(next(10) === 0 ? 100_000 : 2000);
      const address = heap.allocate(bytes);
      if (address === null) continue;
      assert.equal(address % 64, 0);
      for (const [start, length] of blocks) assert.ok(address + bytes <= start || start + length <= address);
      blocks.set(address, Math.max(bytes, 1));
    } else {
      const address = [...blocks.keys()][next(blocks.size)];
      if (address === undefined) continue;
      heap.free(address);
      blocks.delete(address);
    }
  }
  for (const address of blocks.keys()) heap.free(address);
  assert.equal(heap.usedBytes, 0);
  assert.equal(heap.tailBytes, (1 << 22) - 1024, "one free block is left");
  assert.throws(() => heap.free(1024), /no block/);
});

test("schedule: large kernels are cut, small ones spread, small stages need no barrier", () => {
  const large = { units: 100, cost: 50_000 };
  const small = { units: 100, cost: 900 };
  const serial = { units: 1, cost: 20_000 };
  const { stages, gain } = schedule([[small], [small], [large], [serial, serial, small], [small]], 2);
  assert.deepEqual(stages[0], { owners: [0], barrier: false });
  assert.deepEqual(stages[1], { owners: [0], barrier: true });
  assert.deepEqual(stages[2], { owners: ["all"], barrier: true });
  assert.deepEqual(stages[3], { owners: [0, 1, 0], barrier: true });
  assert.deepEqual(stages[4], { owners: [0], barrier: false });
  assert.equal(gain, 25_000 + 20_000 - 3 * 500);
});

test("one, two and three threads give the same bits as float32 arithmetic", async () => {
  for (const threads of [1, 2, 3]) {
    const wasm = backend({ threads });
    const variable = wasm.createVariable("float32", size);
    const executable = wasm.compile(chain());
    for (let run = 1; run <= 6; run++) {
      if (run === 3) await wasm.ready();
      const [output] = executable.run({ inputs: [input], variables: [variable], scalars: [1.5, 7] });
      assert.deepEqual(output, chainExpected(run), `${threads} threads, run ${run}`);
    }
    assert.equal(variable.read()[size - 1], 6);
    assert.equal(wasm.info.degraded, null);
  }
});

/** A kernel of two units whose second unit, so another thread than the caller's, does what `act` writes. */
function trouble(act: (f: FunctionBuilder) => void): Program {
  const bad = kernel(() => ({
    units: 2,
    cost: 1e6,
    scratchBytes: 0,
    write(f) {
      f.get(param.lo).i32(1).op("i32.eq");
      f.if(() => act(f));
    },
  }));
  return program([["output", 4]], [[bad], [each(4, 0, (f) => f.f32(3), { cost: 1e6 })]]);
}

const nothing = { inputs: [], variables: [], scalars: [0, 0] };

/** The backend still computes, at once and with fresh threads. */
async function stillWorks(wasm: WasmBackend): Promise<void> {
  const variable = wasm.createVariable("float32", size);
  const executable = wasm.compile(chain());
  for (let run = 1; run <= 3; run++) {
    const [output] = executable.run({ inputs: [input], variables: [variable], scalars: [1.5, 7] });
    assert.deepEqual(output, chainExpected(run));
    await wasm.ready();
  }
  variable.free();
}

test("a kernel that traps in a worker ends the run with WorkerError", async () => {
  const wasm = backend({ threads: 2, timeoutMs: 20_000 });
  const executable = wasm.compile(trouble((f) => f.op("unreachable")));
  await wasm.ready();
  const start = performance.now();
  assert.throws(
    () => executable.run(nothing),
    (error: Error) => {
      assert.ok(error instanceof WorkerError);
      assert.match(error.message, /worker 1 of 1 failed: RuntimeError: unreachable/);
      return true;
    },
  );
  assert.ok(performance.now() - start < 2000);
  assert.match(wasm.info.degraded ?? "", /unreachable/);
  await stillWorks(wasm);
});

test("a kernel that traps on the calling thread throws, and the others are let go", async () => {
  const wasm = backend({ threads: 2, timeoutMs: 20_000 });
  const bad = kernel(() => ({
    units: 2,
    cost: 1e6,
    scratchBytes: 0,
    write(f) {
      f.get(param.lo).op("i32.eqz");
      f.if(() => f.op("unreachable"));
    },
  }));
  const executable = wasm.compile(program([["output", 4]], [[bad], [bad]]));
  await wasm.ready();
  assert.throws(() => executable.run(nothing), WebAssembly.RuntimeError);
  await stillWorks(wasm);
});

test("a worker that hangs ends the run with WorkerError within the time allowed", async () => {
  const wasm = backend({ threads: 2, timeoutMs: 300 });
  const executable = wasm.compile(trouble((f) => f.loop(() => f.br(0))));
  await wasm.ready();
  const start = performance.now();
  assert.throws(
    () => executable.run(nothing),
    (error: Error) => {
      assert.ok(error instanceof WorkerError);
      assert.match(error.message, /no sign of life for 300 ms/);
      return true;
    },
  );
  const took = performance.now() - start;
  assert.ok(took > 250 && took < 3000, `${took} ms`);
  await stillWorks(wasm);
});

test("a worker killed from outside ends the run with WorkerError, or is replaced when known in time", async () => {
  for (const known of [false, true]) {
    const wasm = backend({ threads: 2, timeoutMs: 300 });
    const workers: Worker[] = [];
    const note = (worker: Worker) => workers.push(worker);
    process.on("worker", note);
    const executable = wasm.compile(chain());
    const variable = wasm.createVariable("float32", size);
    const run = () => executable.run({ inputs: [input], variables: [variable], scalars: [1.5, 7] })[0];
    await wasm.ready();
    process.off("worker", note);
    assert.equal(workers.length, 1);
    const ended = workers[0]!.terminate();
    if (known) {
      await ended;
      await sleep(10);
      assert.deepEqual(run(), chainExpected(1));
      assert.match(wasm.info.degraded ?? "", /is gone/);
    } else {
      assert.throws(run, WorkerError);
    }
    await ended;
    await stillWorks(wasm);
  }
});

test("after three failures in a row the backend goes on with one thread", async () => {
  const wasm = backend({ threads: 2, timeoutMs: 300 });
  const executable = wasm.compile(trouble((f) => f.op("unreachable")));
  const expected = new Float32Array(4).fill(3);
  for (let i = 0; i < 3; i++) {
    await wasm.ready();
    assert.throws(() => executable.run(nothing), WorkerError);
    assert.deepEqual(executable.run(nothing)[0], expected, "the first run after a failure is made alone");
  }
  await wasm.ready();
  assert.deepEqual(executable.run(nothing)[0], expected);
});

test("memory grows under live variables and waiting threads", async () => {
  for (const threads of [1, 2]) {
    const wasm = backend({ threads });
    const variable = wasm.createVariable("float32", size);
    const executable = wasm.compile(chain());
    const run = () => executable.run({ inputs: [input], variables: [variable], scalars: [1.5, 7] })[0];
    assert.deepEqual(run(), chainExpected(1));
    await wasm.ready();
    const before = wasm.info.memoryBytes;
    const large = wasm.createVariable("float32", 5_000_000);
    assert.ok(wasm.info.memoryBytes > before);
    large.write(new Float32Array(5_000_000).fill(2.5));
    assert.deepEqual(run(), chainExpected(2));
    const count = 3_000_000;
    const wide = wasm.compile(
      program(
        [
          ["input", count],
          ["output", count],
        ],
        [[each(count, 1, (f, env, i) => element(f, env, 0, i).f32(1).op("f32.add"))]],
      ),
    );
    await wasm.ready();
    const [sum] = wide.run({ inputs: [new Float32Array(count).fill(4)], variables: [], scalars: [0, 0] });
    assert.ok(sum!.every((x) => x === 5));
    assert.deepEqual(run(), chainExpected(3));
    assert.ok(large.read().every((x) => x === 2.5));
  }
});

test("running out of memory says what was asked, and does no harm", () => {
  const wasm = backend({ threads: 1 });
  assert.throws(
    () => wasm.createVariable("float32", 2 ** 31),
    (error: Error) => {
      assert.ok(error instanceof FoveaError);
      assert.match(
        error.message,
        /out of memory: a float32 variable of 2147483648 elements needs 8192.0 MiB/,
      );
      return true;
    },
  );
  assert.equal(wasm.variableBytes, 0);
  const small = wasm.createVariable("int32", 3);
  small.write(Int32Array.of(1, 2, 3));
  assert.deepEqual(small.read(), Int32Array.of(1, 2, 3));
});

test("variables start at zero, are counted, and are refused once freed or elsewhere", () => {
  const wasm = backend({ threads: 1 });
  const first = wasm.createVariable("uint8", 1000);
  first.write(new Uint8Array(1000).fill(9));
  first.free();
  first.free();
  assert.equal(wasm.variableBytes, 0);
  const again = wasm.createVariable("bool", 1000);
  assert.ok(again.read().every((x) => x === 0));
  assert.equal(wasm.variableBytes, 1000);
  assert.throws(() => first.read(), /after it was freed/);
  assert.throws(() => again.write(new Uint8Array(2)), /1000 elements was given 2/);
  assert.throws(() => wasm.createVariable("float64", 1), UnsupportedError);
  const executable = wasm.compile(chain());
  const foreign = backend({ threads: 1 }).createVariable("float32", size);
  const args = { inputs: [input], scalars: [1, 1] };
  assert.throws(() => executable.run({ ...args, variables: [foreign] }), /another backend/);
  assert.throws(
    () => executable.run({ ...args, inputs: [new Float32Array(2)], variables: [foreign] }),
    FoveaError,
  );
});

test("many executables share one workspace, and a table stays with its program", async () => {
  const wasm = backend({ threads: 2 });
  const count = 600;
  const executables = Array.from({ length: 100 }, (_, n) => {
    const copy = kernel((env) => {
      const table = env.table(new Float32Array(count).fill(n));
      return {
        units: count,
        cost: 50_000,
        scratchBytes: 4096,
        write(f) {
          const i = f.local("i32");
          const offset = f.local("i32");
          f.for(i, { local: param.lo }, { local: param.hi }, 1, () => {
            f.get(i).i32(4).op("i32.mul").set(offset);
            // By way of this thread's scratch.
            f.get(param.scratch);
            table(f);
            f.get(offset).op("i32.add").mem("f32.load").mem("f32.store", 4092);
            env.pushAddress(f, 0);
            f.get(offset).op("i32.add").get(param.scratch).mem("f32.load", 4092).mem("f32.store");
          });
        },
      };
    });
    return wasm.compile(program([["output", count]], [[copy]]));
  });
  for (let round = 0; round < 3; round++) {
    executables.forEach((executable, n) => {
      assert.ok(executable.run(nothing)[0]!.every((x) => x === n));
    });
    await wasm.ready();
  }
  const used = wasm.info.usedBytes;
  assert.ok(used < 1_000_000, `${used} bytes in use`);
});

test("options outside their rules are refused", () => {
  for (const threads of [0, 1.5, 65, Number.NaN]) assert.throws(() => backend({ threads }), OptionError);
  assert.throws(() => backend({ timeoutMs: 0 }), OptionError);
  assert.equal(backend({ relaxed: false }).info.simd, "simd128");
  assert.deepEqual([wasmFeatures().simd, wasmFeatures().relaxedSimd], [true, true]);
});

test("idle workers use no processor time", async () => {
  const wasm = backend({ threads: 3 });
  const executable = wasm.compile(chain());
  const variable = wasm.createVariable("float32", size);
  await wasm.ready();
  executable.run({ inputs: [input], variables: [variable], scalars: [1.5, 7] });
  await sleep(20);
  const before = process.cpuUsage();
  await sleep(300);
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 60_000, `${user + system} µs of processor time in 300 ms`);
});

test("a process with waiting workers ends by itself", () => {
  const script = `
    import { WasmBackend } from ${JSON.stringify(new URL("../../src/backend/wasm/runtime.js", import.meta.url))};
    const wasm = new WasmBackend(() => { throw new Error("unused"); }, { threads: 3 });
    await wasm.ready();
    console.log(wasm.info.threads);
  `;
  const result = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    timeout: 20_000,
    encoding: "utf8",
  });
  assert.equal(result.stdout.trim(), "3");
  assert.equal(result.status, 0, result.stderr);
});
