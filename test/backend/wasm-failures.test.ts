// Threads that trap, hang or die: every run ends in bounded time, and the backend goes on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import type { WasmBackend } from "../../src/backend/wasm/runtime.ts";
import { WorkerError } from "../../src/base/errors.ts";
import {
  backend,
  chain,
  chainExpected,
  input,
  isCaller,
  kernel,
  nothing,
  program,
  size,
  trouble,
  untouched,
} from "./handmade.ts";

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
    () => executable.run(untouched),
    (error: Error) => {
      assert.ok(error instanceof WorkerError);
      assert.match(error.message, /worker 1 of 1 failed: RuntimeError: unreachable/);
      return true;
    },
  );
  assert.ok(performance.now() - start < 2000);
  assert.match(
    wasm.describe(),
    /^wasm: 2 threads, simd128.*; threads failed: worker 1 of 1 failed: .*unreachable/,
  );
  await stillWorks(wasm);
});

test("a kernel that traps on the calling thread throws, and the others are let go", async () => {
  const wasm = backend({ threads: 2, timeoutMs: 20_000 });
  const bad = kernel(() => ({
    units: 2,
    cost: 1e5,
    scratchBytes: 64,
    write(f) {
      const left = f.local("i32");
      isCaller(f);
      f.if(
        () => f.op("unreachable"),
        // Long enough that the calling thread comes before the worker has done everything.
        () => f.for(left, 0, 50_000_000, 1, () => {}),
      );
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
    () => executable.run(untouched),
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

test("a worker killed from outside ends the run with WorkerError at most, and is replaced", async () => {
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
      // Whether the worker was in the run when it died is a matter of luck.
      try {
        assert.deepEqual(run(), chainExpected(1));
      } catch (error) {
        assert.ok(error instanceof WorkerError, String(error));
      }
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
    assert.throws(() => executable.run(untouched), WorkerError);
    assert.deepEqual(executable.run(untouched)[0], expected, "the first run after a failure is made alone");
  }
  await wasm.ready();
  assert.deepEqual(executable.run(untouched)[0], expected);
});
