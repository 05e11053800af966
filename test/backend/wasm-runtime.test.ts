// The wasm backend's runtime: memory, schedule, threads, barriers and idleness, on small hand-written kernels.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { param } from "../../src/backend/wasm/codegen.ts";
import { wasmFeatures } from "../../src/backend/wasm/features.ts";
import { Heap } from "../../src/backend/wasm/heap.ts";
import { schedule } from "../../src/backend/wasm/schedule.ts";
import { FoveaError, OptionError, UnsupportedError } from "../../src/base/errors.ts";
import {
  backend,
  chain,
  chainExpected,
  each,
  element,
  input,
  kernel,
  nothing,
  program,
  size,
} from "./handmade.ts";

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

test("schedule: large kernels are cut, small ones dealt out, small stages joined", () => {
  const large = { units: 100, cost: 50_000 };
  const small = { units: 100, cost: 900 };
  const serial = { units: 1, cost: 20_000 };
  const { phases, gain } = schedule([[small], [small], [large], [serial, serial, small], [small]], 2);
  const place = (stage: number, index = 0) => ({ stage, index });
  assert.deepEqual(phases, [
    { tasks: [{ kind: "whole", kernels: [place(0), place(1)], cost: 1800 }] },
    { tasks: [{ kind: "cut", kernel: place(2), cost: 50_000 }] },
    {
      tasks: [
        { kind: "whole", kernels: [place(3), place(3, 2)], cost: 20_900 },
        { kind: "whole", kernels: [place(3, 1)], cost: 20_000 },
      ],
    },
    { tasks: [{ kind: "whole", kernels: [place(4)], cost: 900 }] },
  ]);
  assert.equal(gain, 25_000 + 20_000 - 3 * 500);
});

test("a trace tells which thread did what when, and changes no bits", async () => {
  for (const threads of [1, 2]) {
    const wasm = backend({ threads });
    const variable = wasm.createVariable("float32", size);
    const executable = wasm.compile(chain());
    const args = { inputs: [input], variables: [variable], scalars: [1.5, 7] };
    executable.trace(args);
    await wasm.ready();
    // A worker that is slow to wake may find all work done; sooner or later each takes part.
    let run = 1;
    let took: number;
    let traced: ReturnType<typeof executable.trace>;
    do {
      const begin = performance.now();
      traced = executable.trace(args);
      took = performance.now() - begin;
      assert.deepEqual(traced.outputs[0], chainExpected(++run));
    } while (new Set(traced.spans.map((span) => span.thread)).size < threads && run < 1000);
    const { spans } = traced;
    assert.deepEqual(
      [...new Set(spans.map((span) => span.kernel))].sort((a, b) => a - b),
      Array.from({ length: 24 }, (_, i) => i),
      "every kernel is there",
    );
    for (let thread = 0; thread < threads; thread++) {
      const own = spans.filter((span) => span.thread === thread);
      assert.ok(own.length > 0);
      own.forEach((span, i) => {
        assert.ok(span.start >= (own[i - 1]?.end ?? 0) && span.end >= span.start && span.end <= took);
        assert.ok(span.kernel >= (own[i - 1]?.kernel ?? 0) - 1, "stage by stage");
      });
    }
    const used = wasm.info.usedBytes;
    executable.trace(args);
    assert.equal(wasm.info.usedBytes, used, "the notes are given back");
  }
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

test("a collected executable gives back its memory, here and in the workers", async () => {
  const wasm = backend({ threads: 2 });
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const make = () => {
    const copy = kernel((env) => {
      env.table(new Float32Array(100_000));
      return { units: 2, cost: 1e6, scratchBytes: 0, write() {} };
    });
    const executable = wasm.compile(program([["output", 4]], [[copy]]));
    executable.run(nothing);
    return executable;
  };
  const held = [make()];
  await wasm.ready();
  assert.ok(wasm.info.usedBytes > 400_000);
  held.pop();
  for (let i = 0; i < 50 && wasm.info.usedBytes > 400_000; i++) {
    collect();
    await sleep(10);
  }
  assert.ok(wasm.info.usedBytes < 400_000, `${wasm.info.usedBytes} bytes in use`);
  await wasm.ready();
  assert.equal(wasm.info.degraded, null);
});
