// Runs that go on while their caller does other things: whatever comes next finds them done, and no failure is lost.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { WasmBackend } from "../../src/backend/wasm/runtime.ts";
import { WorkerError } from "../../src/base/errors.ts";
import { backend, chain, chainExpected, input, size, trouble, untouched } from "./handmade.ts";

async function chainOn(wasm: WasmBackend) {
  const executable = wasm.compile(chain());
  const variable = wasm.createVariable("float32", size);
  await wasm.ready();
  const start = () => executable.start({ inputs: [input], variables: [variable], scalars: [1.5, 7] });
  return { start, variable };
}

test("outputs are their own run's, however late they are asked for", async () => {
  for (const threads of [1, 2, 3]) {
    const { start } = await chainOn(backend({ threads }));
    const runs = Array.from({ length: 5 }, start);
    for (let run = 5; run >= 1; run--) {
      assert.deepEqual(runs[run - 1]!.finish()[0], chainExpected(run));
      assert.equal(runs[run - 1]!.finish()[0], runs[run - 1]!.finish()[0], "the same arrays each time");
    }
  }
});

test("variables are read and written after the run in progress", async () => {
  const { start, variable } = await chainOn(backend({ threads: 2 }));
  start();
  assert.ok(variable.read().every((count) => count === 1));
  start();
  variable.write(new Float32Array(size).fill(5));
  assert.ok(variable.read().every((count) => count === 5));
  const last = start();
  variable.free();
  assert.deepEqual(last.finish()[0], chainExpected(6));
});

test("a failure is told to whoever asks for the outputs, every time, and then is no one else's", async () => {
  const wasm = backend({ threads: 2, timeoutMs: 20_000 });
  const executable = wasm.compile(trouble((f) => f.op("unreachable")));
  await wasm.ready();
  const started = executable.start(untouched);
  assert.throws(() => started.finish(), WorkerError);
  assert.throws(() => started.finish(), WorkerError);
  wasm.createVariable("float32", 4).free();
});

test("a failure that nobody has heard of is told to the next who asks for anything, once", async () => {
  for (const idle of [false, true]) {
    const wasm = backend({ threads: 2, timeoutMs: 20_000 });
    const executable = wasm.compile(trouble((f) => f.op("unreachable")));
    await wasm.ready();
    executable.start(untouched);
    // Idle, the event loop brings the run to its end.
    if (idle) await sleep(100);
    assert.throws(() => wasm.createVariable("float32", 4), WorkerError);
    wasm.createVariable("float32", 4).free();
  }
});

test("a process that ends with a run in progress ends by itself", () => {
  const handmade = new URL("./handmade.js", import.meta.url).href;
  const script = `
    import { backend, chain, input, size } from ${JSON.stringify(handmade)};
    const wasm = backend({ threads: 2 });
    const executable = wasm.compile(chain());
    const variable = wasm.createVariable("float32", size);
    await wasm.ready();
    executable.start({ inputs: [input], variables: [variable], scalars: [1.5, 7] });
  `;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    timeout: 20_000,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
});
