// Memory: thousands of steps need no more than the first hundred, and nothing is left behind.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createWasmBackend, nn, setBackend } from "../../src/index.ts";
import * as vision from "../../src/vision/index.ts";
import { pictures, setUp, trainStep } from "../support/lenet.ts";

/** Fails unless all variables are given back once the garbage is collected. */
async function assertAllGiven(backend: { readonly variableBytes: number }): Promise<void> {
  assert.ok(globalThis.gc, "run with --expose-gc");
  for (let i = 0; i < 20 && backend.variableBytes > 0; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(backend.variableBytes, 0);
}

test("5,000 steps of LeNet, flat without a forced collection", async () => {
  const backend = createWasmBackend({ threads: 1 });
  setBackend(backend);
  const { model, optimizer } = setUp();
  const { x, y } = pictures(4);
  let wasm = 0;
  let variables = 0;
  let heap = 0;
  for (let step = 1; step <= 5000; step++) {
    const loss = trainStep(model, optimizer, x, y);
    if (step % 50 === 0) await loss.item();
    if (step === 200) {
      wasm = backend.info.memoryBytes;
      variables = backend.variableBytes;
    }
    if (step === 1000) heap = process.memoryUsage().rss;
  }
  assert.equal(backend.info.memoryBytes, wasm);
  assert.equal(backend.variableBytes, variables);
  const growth = process.memoryUsage().rss - heap;
  assert.ok(growth < 64 * 2 ** 20, `resident set grew by ${growth} bytes`);
});

test("variables are given back when their tensors are collected, also after a step that threw", async () => {
  const backend = createWasmBackend({ threads: 1 });
  setBackend(backend);
  // A batch size of its own: what is remembered of the first graph of a kind must not hold its tensors.
  const { x, y } = pictures(5);
  const work = async () => {
    const { model, optimizer } = setUp();
    await trainStep(model, optimizer, x, y).item();
    assert.throws(() => nn.crossEntropy(model.forward(x.div(255)), x), /target/);
    assert.throws(() => optimizer.step({ onlyIf: x }), /onlyIf/);
  };
  assert.equal(backend.variableBytes, 0);
  await work();
  assert.ok(backend.variableBytes > 0);
  await assertAllGiven(backend);
});

test("a model is given back with the updates of its running statistics that never ran", async () => {
  const backend = createWasmBackend({ threads: 1 });
  setBackend(backend);
  const work = () => {
    const model = new vision.CifarResNet(20, { inChannels: 1 });
    const x = pictures(2).x.div(255);
    model.forward(x).dataSync();
    assert.ok(backend.variableBytes > 0);
    model.forward(x);
  };
  work();
  await assertAllGiven(backend);
});
