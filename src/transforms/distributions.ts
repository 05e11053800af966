// Random shares: beta and Dirichlet numbers, by way of gamma numbers.
import type { Random } from "../tensor/random.ts";

/**
 * A gamma number of the given shape and scale 1. Source: Marsaglia, Tsang, "A simple method for generating gamma variables", 2000; shapes
 * below 1 by their remark that `gamma(a) = gamma(a + 1) · u^(1 / a)`.
 */
function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** `count` shares that add up to 1; an alpha of 1 makes all divisions equally likely, a larger one even ones, a smaller one uneven ones. */
export function dirichlet(random: Random, alpha: number, count: number): number[] {
  const parts = Array.from({ length: count }, () => gamma(random, alpha));
  const sum = parts.reduce((a, b) => a + b, 0);
  // Very small alphas let all parts vanish; one of them then takes all.
  if (sum === 0) return parts.map((_, i) => (i === 0 ? 1 : 0));
  return parts.map((part) => part / sum);
}

/** A beta number with both parameters `alpha`, from 0 to 1. */
export function beta(random: Random, alpha: number): number {
  return dirichlet(random, alpha, 2)[0]!;
}
