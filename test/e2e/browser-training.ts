// A few steps of LeNet on fixed pictures: the same code in Node, in a page's worker with threads and in one without.
import { createWasmBackend, manualSeed, nn, optim, setBackend, Tensor } from "../../src/index.ts";
import * as vision from "../../src/vision/index.ts";

const steps = 8;
const batch = 32;

/** What a training gave. */
export interface Training {
  readonly losses: readonly number[];
  readonly threads: number;
  /** Why fewer threads ran than were asked for, or null. */
  readonly degraded: string | null;
}

/** Trains on a WebAssembly backend of its own; `threads` of null leaves their number to the backend. */
export async function trainLenet(threads: number | null, relaxed: boolean): Promise<Training> {
  const backend = createWasmBackend(threads === null ? { relaxed } : { threads, relaxed });
  setBackend(backend);
  manualSeed(7);
  const model = new vision.LeNet();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  const pixels = Uint8Array.from({ length: batch * 28 * 28 }, (_, i) => (i * 73 + (i >> 5) * 151) % 256);
  const labels = Int32Array.from({ length: batch }, (_, i) => (i * 7) % 10);
  const x = Tensor.fromArray(pixels, [batch, 1, 28, 28]).div(255);
  const y = Tensor.fromArray(labels, [batch]);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const loss = nn.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    losses.push(await loss.item());
    // A program that is new to the threads runs without them until all have it.
    await backend.ready();
  }
  const { threads: used, degraded } = backend.info;
  await backend.close();
  return { losses, threads: used, degraded };
}
