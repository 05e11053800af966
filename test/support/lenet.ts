// A small LeNet training set-up that several tests share.
import { manualSeed, nn, optim, Tensor } from "../../src/index.ts";
import { Random } from "../../src/tensor/random.ts";
import * as vision from "../../src/vision/index.ts";

/** Random pictures with labels that depend on them. */
export function pictures(count: number, seed = 1): { x: Tensor; y: Tensor } {
  const random = new Random(seed);
  const pixels = new Uint8Array(count * 784);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    labels[n] = random.integer(10);
    // A bright bar whose place tells the class, in noise.
    for (let i = 0; i < 784; i++) {
      const inBar = Math.floor(i / 28 / 2.8) === labels[n];
      pixels[n * 784 + i] = (inBar ? 150 : 0) + random.integer(100);
    }
  }
  return { x: Tensor.fromArray(pixels, [count, 1, 28, 28]), y: Tensor.fromArray(labels, [count]) };
}

/** LeNet with fresh parameters from a seed, and its optimizer. */
export function setUp(seed = 0): { model: vision.LeNet; optimizer: optim.Adam } {
  manualSeed(seed);
  const model = new vision.LeNet();
  return { model, optimizer: new optim.Adam(model.parameters(), { lr: 2e-3 }) };
}

/** One training step; gives the loss, unread. */
export function trainStep(
  model: nn.Module,
  optimizer: { zeroGrad(): void; step(): void },
  x: Tensor,
  y: Tensor,
): Tensor {
  const loss = nn.crossEntropy(model.forward(x.div(255)), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  return loss;
}
