// Functions that leave out part of their input at random while training.

import { OptionError } from "../../base/errors.ts";
import { rand } from "../../ops/factory.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Zeroes each element with probability p while training and scales the rest by 1 / (1 − p). Source: Srivastava et al., JMLR 2014. */
export function dropout(x: Tensor, p = 0.5, training = true): Tensor {
  if (!(p >= 0 && p <= 1)) throw new OptionError(`dropout: p must lie in 0 … 1; got ${p}`);
  if (!training || p === 0) return x;
  if (p === 1) return x.mul(0);
  return x.mul(1 / (1 - p)).where(rand(x.shape).ge(p), 0);
}
