// Gradients against finite differences, in float64 on the reference backend.

import { grad } from "../autograd/backward.ts";
import { createReferenceBackend } from "../backend/reference/reference.ts";
import { GradError } from "../base/errors.ts";
import { withBackend } from "../graph/session.ts";
import { Tensor } from "../tensor/tensor.ts";

/** Options of `gradcheck`. */
export interface GradcheckOptions {
  /** Step of the central difference. Default 1e-6. */
  eps?: number;
  /** Relative tolerance. Default 1e-3. */
  rtol?: number;
  /** Absolute tolerance. Default 1e-5. */
  atol?: number;
  /** Checks the second derivatives too. Default false. */
  secondOrder?: boolean;
}

/**
 * Compares the gradients of `f` at `inputs` with central differences `(f(x + ε) − f(x − ε)) / 2ε` of a fixed random
 * projection of its output. Runs in float64 on the reference backend, whatever backend is in use. Gives the largest
 * deviation; throws GradError naming the input and element where it exceeds the tolerance.
 */
export function gradcheck(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { eps = 1e-6, rtol = 1e-3, atol = 1e-5, secondOrder = false }: GradcheckOptions = {},
): number {
  const values = inputs.map((x) => Float64Array.from(x.dataSync()));
  const shapes = inputs.map((x) => x.shape);
  return withBackend(createReferenceBackend(), () => {
    const make = (requiresGrad: boolean) =>
      values.map((data, i) => {
        const x = Tensor.fromArray(data.slice(), shapes[i]!);
        if (requiresGrad) x.requiresGrad = true;
        return x;
      });
    const scalarOf = (xs: Tensor[]) => project(f(...xs), 1);
    let worst = compare("gradient", scalarOf, (xs) => grad(scalarOf(xs), xs), make, values, eps, rtol, atol);
    if (secondOrder) {
      const slope = (xs: Tensor[]) => {
        const gradients = grad(scalarOf(xs), xs, { createGraph: true });
        return gradients.map((g, i) => project(g, i + 2)).reduce((a, b) => a.add(b));
      };
      const wanted = (xs: Tensor[]) => {
        const inner = slope(xs);
        return inner.requiresGrad ? grad(inner, xs) : xs.map((x) => x.mul(0).detach());
      };
      const at = (xs: Tensor[]) => {
        for (const x of xs) x.requiresGrad = true;
        return slope(xs);
      };
      worst = Math.max(worst, compare("second derivative", at, wanted, make, values, eps, rtol, atol));
    }
    return worst;
  });
}

function compare(
  what: string,
  scalarOf: (xs: Tensor[]) => Tensor,
  derive: (xs: Tensor[]) => Tensor[],
  make: (requiresGrad: boolean) => Tensor[],
  values: readonly Float64Array[],
  eps: number,
  rtol: number,
  atol: number,
): number {
  const analytic = derive(make(true)).map((g) => Float64Array.from(g.dataSync()));
  let worst = 0;
  for (const [i, data] of values.entries()) {
    for (let j = 0; j < data.length; j++) {
      const x = data[j]!;
      data[j] = x + eps;
      const above = scalarOf(make(false)).itemSync();
      data[j] = x - eps;
      const below = scalarOf(make(false)).itemSync();
      data[j] = x;
      const numeric = (above - below) / (2 * eps);
      const deviation = Math.abs(numeric - analytic[i]![j]!);
      worst = Math.max(worst, deviation);
      if (!(deviation <= atol + rtol * Math.abs(numeric))) {
        throw new GradError(
          `gradcheck: ${what} of input ${i}, element ${j}: computed ${analytic[i]![j]}, by finite difference ${numeric}`,
        );
      }
    }
  }
  return worst;
}

/** The sum of the elements, each weighted by a fixed number, so that every element's gradient shows. */
function project(y: Tensor, stream: number): Tensor {
  const weights = Float64Array.from({ length: y.size }, (_, i) => Math.sin(1 + 2.3 * i + 0.7 * stream) + 1.3);
  return y.mul(Tensor.fromArray(weights, y.shape)).sum();
}
