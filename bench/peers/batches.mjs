// The pictures as an efficient loader in plain JavaScript gives them to the JavaScript peers. It knows no peer.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { colourPictures } from "../../dist/bench/numbers.js";

/**
 * A data set in memory: uint8 pictures `[count, ...shape]`, their classes, and the shape of one picture, channels first or,
 * with `channelsLast`, last.
 */
export function pictures(network, folder, { channelsLast = false } = {}) {
  if (network === "lenet") {
    const data = readFileSync(join(folder, "train-images-idx3-ubyte")).subarray(16);
    const labels = readFileSync(join(folder, "train-labels-idx1-ubyte")).subarray(8);
    return { data, labels, shape: channelsLast ? [28, 28, 1] : [1, 28, 28] };
  }
  const { data, labels } = colourPictures();
  if (!channelsLast) return { data, labels, shape: [3, 32, 32] };
  const plane = 32 * 32;
  const moved = data.map((_, i) => {
    const [n, pixel, channel] = [Math.floor(i / (3 * plane)), Math.floor(i / 3) % plane, i % 3];
    return data[(n * 3 + channel) * plane + pixel];
  });
  return { data: moved, labels, shape: [32, 32, 3] };
}

/** Bytes as numbers of 0–1, in a fresh array because the peers keep it. */
export function scaled(bytes) {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = bytes[i] / 255;
  return values;
}

/** Endless shuffled batches: x f32 `[batch, ...shape]` of 0–1, y int32 `[batch]`. */
export function* batches({ data, labels, shape }, batch) {
  const size = shape.reduce((a, b) => a * b, 1);
  const order = Uint32Array.from(labels, (_, i) => i);
  for (;;) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    for (let start = 0; start + batch <= order.length; start += batch) {
      const x = new Float32Array(batch * size);
      const y = new Int32Array(batch);
      for (let n = 0; n < batch; n++) {
        const from = order[start + n] * size;
        for (let p = 0; p < size; p++) x[n * size + p] = data[from + p] / 255;
        y[n] = labels[order[start + n]];
      }
      yield { x, y };
    }
  }
}
