// Tensors as plain arrays whose buffers can be handed over.
import type { Tensor } from "../../src/index.ts";
import type { Values } from "./protocol.ts";

/** A copy of a tensor's elements. */
export function copyOf(tensor: Tensor): Values {
  return { shape: tensor.shape, data: Float32Array.from(tensor.dataSync()) };
}

/** The same of the first sample of a batch. */
export function copyOfFirst(tensor: Tensor): Values {
  const { shape, data } = copyOf(tensor);
  const [samples = 1, ...rest] = shape;
  return { shape: rest, data: samples === 1 ? data : data.slice(0, data.length / samples) };
}

/** Rows of several arrays `[n, width]` as one. */
export function joined(parts: readonly Values[]): Values {
  const [, width = 0] = parts[0]?.shape ?? [];
  const rows = parts.reduce((sum, { shape }) => sum + shape[0]!, 0);
  const data = new Float32Array(rows * width);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { shape: [rows, width], data };
}
