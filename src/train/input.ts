// Pictures as a network sees them: bytes brought to 0 … 1 and normalised. The work is lazy and becomes part of the
// first kernel.
import { type Tensor, tensor } from "../tensor/tensor.ts";

/** Mean and standard deviation of each channel, in the data trained on, of values 0 … 1. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** `(v − mean) / std` by channel, where v is a byte / 255, or the value itself of a floating tensor. Shape: x `[N, C, H, W]`. */
export function prepareInput(x: Tensor, normalization?: Normalization): Tensor {
  const values = x.dtype === "uint8" ? x.div(255) : x;
  if (!normalization) return values;
  const { mean, std } = normalization;
  if (mean.length === 1) return values.sub(mean[0]!).div(std[0]!);
  const perChannel = (numbers: readonly number[]) => tensor([...numbers], { shape: [numbers.length, 1, 1] });
  return values.sub(perChannel(mean)).div(perChannel(std));
}
