// Same seed, same bits: for any number of threads, and from run to run.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DataLoader, mnist } from "../../src/data/index.ts";
import { createWasmBackend, manualSeed, type nn, optim, setBackend } from "../../src/index.ts";
import * as vision from "../../src/vision/index.ts";
import { setUp, trainStep } from "../support/lenet.ts";

const train = await mnist();

interface Training {
  readonly model: nn.Module;
  readonly optimizer: optim.Adam;
}

/** A network's state after training on the first `samples` pictures of MNIST, in an order that follows from the seed. */
async function weightsAfter(
  threads: number,
  samples: number,
  start: () => Training = () => setUp(7),
): Promise<Map<string, ArrayLike<number>>> {
  const backend = createWasmBackend({ threads });
  setBackend(backend);
  const { model, optimizer } = start();
  const loader = new DataLoader(train.slice(0, samples), { batchSize: 64, shuffle: true, seed: 3 });
  let runs = 0;
  for await (const [x, y] of loader) {
    trainStep(model, optimizer, x, y);
    // Until every worker has the program it is run by one thread: the comparison would prove nothing.
    if (runs++ < 3) await backend.ready();
  }
  assert.equal(backend.info.threads, threads);
  const weights = new Map(Array.from(model.stateDict(), ([name, value]) => [name, value.dataSync()]));
  await backend.close();
  return weights;
}

function assertSame(
  a: Map<string, ArrayLike<number>>,
  b: Map<string, ArrayLike<number>>,
  what: string,
): void {
  assert.equal(a.size, b.size);
  for (const [name, value] of a) assert.deepEqual(b.get(name), value, `${name}, ${what}`);
}

test("an epoch of LeNet on MNIST gives the same weights with 1 and 2 threads, and again in a second run", async () => {
  const first = await weightsAfter(1, train.length);
  assertSame(first, await weightsAfter(2, train.length), "2 threads");
  assertSame(first, await weightsAfter(1, train.length), "second run");
});

test("three threads on two cores change nothing either", async () => {
  assertSame(await weightsAfter(1, 4000), await weightsAfter(3, 4000), "3 threads");
});

test("ResNet-20 and its running statistics do not depend on threads", async () => {
  const start = () => {
    manualSeed(7);
    const model = new vision.CifarResNet(20, { inChannels: 1 });
    return { model, optimizer: new optim.Adam(model.parameters(), { lr: 1e-3 }) };
  };
  assertSame(await weightsAfter(1, 320, start), await weightsAfter(2, 320, start), "2 threads");
});
