// Profiles: what they count is known from the network's shapes, and what they time adds up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createReferenceBackend } from "../../src/check/index.ts";
import { createWasmBackend, FoveaError, nn, OptionError, randn, setBackend } from "../../src/index.ts";
import { chromeTrace, measureRoof, type Profile, profile, profileTable } from "../../src/profile/index.ts";
import { pictures, setUp, trainStep } from "../support/lenet.ts";

/** Multiply-adds of the notes' LeNet in one training step of one picture. */
const products = 750_720;
const batch = 4;

function operationsOf({ kernels }: Profile): number {
  const contractions = kernels.filter(({ kind }) => kind.startsWith("conv") || kind === "matmul");
  return contractions.reduce((sum, kernel) => sum + kernel.operations, 0);
}

test("a training step's profile: kernels, JavaScript, memory, trace", async () => {
  const backend = createWasmBackend({ threads: 2 });
  setBackend(backend);
  const { model, optimizer } = setUp();
  const { x, y } = pictures(batch);
  const step = () => trainStep(model, optimizer, x, y);
  const roof = measureRoof();
  const result = await profile(step, { warmupMs: 50, steps: 10, roof });
  const { stepMs, runMs, javascriptMs, kernels, memory, spans } = result;
  assert.equal(result.backend, "wasm");
  assert.ok(stepMs > 0 && runMs > 0 && javascriptMs > 0);
  // Beside the products there are the epilogues' operations.
  const counted = operationsOf(result) / (2 * batch * products);
  assert.ok(counted > 1 && counted < 1.1, `${counted} of the network's operations`);
  assert.ok(Math.abs(kernels.reduce((sum, kernel) => sum + kernel.share, 0) - 1) < 1e-9);
  for (const kernel of kernels) {
    assert.ok(kernel.microseconds >= 0 && kernel.bytes > 0 && kernel.ofRoof !== null, kernel.label);
  }
  assert.ok(memory.arenaBytes > 0 && memory.arenaBytes < memory.sumBytes);
  assert.ok(roof.gflops > 1 && roof.bandwidth(1 << 14) > 0.1);

  const table = profileTable(result, { rows: 3 });
  assert.match(table, /^step \d+\.\d+ ms, median of 10; JavaScript /);
  assert.match(table, /\nkernel +time µs +share +GFLOP\/s +GB\/s +of roof\n/);
  assert.match(table, new RegExp(`\n${kernels.length - 3} more `));

  const { traceEvents } = chromeTrace(result);
  const complete = traceEvents.filter((event) => event.ph === "X");
  assert.equal(complete.length, spans.length);
  assert.deepEqual(new Set(complete.map((event) => event.name)), new Set(kernels.map((k) => k.label)));
  await backend.close();
});

test("the reference backend is profiled too, without a roof", async () => {
  setBackend(createReferenceBackend());
  const x = randn([4, 5]);
  const layer = new nn.Linear(5, 3);
  const result = await profile(() => layer.forward(x).tanh().dataSync(), { warmupMs: 0, steps: 2 });
  assert.equal(result.threads, 1);
  assert.equal(result.kernels[0]?.kind, "matmul");
  assert.equal(result.kernels[0]?.operations, 2 * 4 * 5 * 3 + 2 * 4 * 3);
  assert.ok(result.kernels.every(({ ofRoof }) => ofRoof === null));
  assert.ok(!profileTable(result).includes("roof of"));
});

test("a step that computes nothing, and options outside their rules, are refused", async () => {
  await assert.rejects(
    profile(() => {}, { warmupMs: 0 }),
    FoveaError,
  );
  await assert.rejects(
    profile(() => {}, { steps: 0 }),
    OptionError,
  );
  await assert.rejects(
    profile(() => {}, { warmupMs: -1 }),
    OptionError,
  );
});
