// What the JavaScript peers share: the data as an efficient loader in plain JavaScript gives it, and the network's
// parameters. It knows no peer.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const pixels = 28 * 28;

/**
 * Endless shuffled batches of MNIST's training images: x f32 `[batch · 784]` in 0–1, y int32 `[batch]`.
 * Every batch gets fresh arrays, because the peers keep them.
 */
export function* batches(folder, batch) {
  const images = readFileSync(join(folder, "train-images-idx3-ubyte")).subarray(16);
  const labels = readFileSync(join(folder, "train-labels-idx1-ubyte")).subarray(8);
  const order = Uint32Array.from(labels, (_, i) => i);
  for (;;) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    for (let start = 0; start + batch <= order.length; start += batch) {
      const x = new Float32Array(batch * pixels);
      const y = new Int32Array(batch);
      for (let n = 0; n < batch; n++) {
        const from = order[start + n] * pixels;
        for (let p = 0; p < pixels; p++) x[n * pixels + p] = images[from + p] / 255;
        y[n] = labels[order[start + n]];
      }
      yield { x, y };
    }
  }
}

/** Uniform numbers in ±1/√fanIn: PyTorch's initialisation of weights and biases. */
export function initial(size, fanIn) {
  const bound = 1 / Math.sqrt(fanIn);
  return Float32Array.from({ length: size }, () => (Math.random() * 2 - 1) * bound);
}

/** LeNet's parameters: name, shape with the outputs first, and the number of inputs of one output. */
export const parameters = [
  ["conv1.weight", [6, 1, 5, 5], 25],
  ["conv1.bias", [6], 25],
  ["conv2.weight", [16, 6, 5, 5], 150],
  ["conv2.bias", [16], 150],
  ["conv3.weight", [120, 16, 4, 4], 256],
  ["conv3.bias", [120], 256],
  ["fc1.weight", [64, 120], 120],
  ["fc1.bias", [64], 120],
  ["fc2.weight", [10, 64], 64],
  ["fc2.bias", [10], 64],
];
