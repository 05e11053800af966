// How an activation carries what the checks try it with.

import type { Tensor } from "../tensor/tensor.ts";
import type { OpRecord } from "./define.ts";

const shapes = [[2, 3], [], [0], [5], [3, 1, 7]];

/** The function with its record: it is tried on tensors of several shapes with each list of options. */
export function activation<Options extends unknown[]>(
  name: string,
  call: (x: Tensor, ...options: Options) => Tensor,
  tried: readonly NoInfer<Options>[],
): ((x: Tensor, ...options: Options) => Tensor) & { readonly record: OpRecord } {
  const samples = tried.flatMap((options) =>
    shapes.map((shape) => ({
      shapes: [shape],
      call: (...inputs: Tensor[]) => call(inputs[0]!, ...options),
    })),
  );
  const record: OpRecord = { name, differentiable: true, domain: [-8, 8], samples };
  return Object.assign(call, { record });
}
