// Same seed, same bits: for any number of threads, and from run to run.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createWasmBackend, setBackend } from "../../src/index.ts";
import { pictures, setUp, trainStep } from "../support/lenet.ts";

async function weightsAfter(threads: number, steps: number): Promise<Map<string, ArrayLike<number>>> {
  const backend = createWasmBackend({ threads });
  setBackend(backend);
  const { model, optimizer } = setUp(7);
  for (let step = 0; step < steps; step++) {
    const { x, y } = pictures(16, step % 4);
    await trainStep(model, optimizer, x, y).item();
    // Lets the workers take up plans that were just compiled.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return new Map(Array.from(model.stateDict(), ([name, value]) => [name, value.dataSync()]));
}

test("LeNet's weights are the same bits with 1, 2 and 3 threads and in a second run", async () => {
  const first = await weightsAfter(1, 40);
  for (const threads of [1, 2, 3]) {
    const again = await weightsAfter(threads, 40);
    for (const [name, value] of first)
      assert.deepEqual(again.get(name), value, `${name}, ${threads} threads`);
  }
});
