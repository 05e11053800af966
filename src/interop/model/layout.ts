// A model's tensors as files of PyTorch or Paddle have them: what they are called there, and which of them are transposed.
// Source: paddle.nn of Paddle 3.3, Linear, BatchNorm2D, InstanceNorm2D, PReLU.
import { type Shape, sizeOf } from "../../base/shape.ts";
import { InstanceNorm1d, InstanceNorm2d, Linear, PReLU } from "../../nn/layers/index.ts";
import type { Part } from "../../nn/module/module.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { ArrayToStore } from "../stored/arrays.ts";

/**
 * Whose names and shapes a file has. PyTorch's are the model's own. Paddle keeps the weights of dense layers as `[in, out]`, calls running
 * statistics `_mean` and `_variance`, has no `num_batches_tracked`, and calls the weight of an instance normalisation `scale` and that of
 * a PReLU `_weight`.
 */
export type Layout = "pytorch" | "paddle";

/** All layouts. */
export const layouts: readonly Layout[] = ["pytorch", "paddle"];

/** One tensor of a model, and what it is in a file. */
export interface Target {
  /** Its name in the model. */
  readonly name: string;
  readonly tensor: Tensor;
  readonly storedName: string;
  readonly storedShape: Shape;
  readonly isTransposed: boolean;
  /** True for `num_batches_tracked`, without which files may be whole. */
  readonly isCounter: boolean;
}

const statistics: Readonly<Record<string, string>> = { running_mean: "_mean", running_var: "_variance" };

/** All tensors of a model, in the order of its state. */
export function targetsOf(model: Part, layout: Layout): Target[] {
  const owners = new Map<string, Part>();
  for (const [path, part] of model.namedModules()) owners.set(path, part);
  return Array.from(model.stateDict(), ([name, tensor]) => {
    const dot = name.lastIndexOf(".");
    const leaf = name.slice(dot + 1);
    const owner = owners.get(name.slice(0, Math.max(0, dot)));
    const isPaddle = layout === "paddle";
    const isTransposed = isPaddle && owner instanceof Linear && leaf === "weight";
    const storedLeaf = isPaddle ? paddleLeaf(owner, leaf) : leaf;
    return {
      name,
      tensor,
      storedName: name.slice(0, dot + 1) + storedLeaf,
      storedShape: isTransposed ? tensor.shape.toReversed() : tensor.shape,
      isTransposed,
      isCounter: leaf === "num_batches_tracked" && sizeOf(tensor.shape) === 1,
    };
  });
}

function paddleLeaf(owner: Part | undefined, leaf: string): string {
  if (leaf === "weight" && (owner instanceof InstanceNorm1d || owner instanceof InstanceNorm2d))
    return "scale";
  if (leaf === "weight" && owner instanceof PReLU) return "_weight";
  return statistics[leaf] ?? leaf;
}

/**
 * A model's parameters and buffers as arrays to be written: `encodePyTorch(await weightsOf(net))`, `encodePaddle(await weightsOf(net,
 * { layout: "paddle" }))`. Counters of batches are stored as I64, as PyTorch has them.
 */
export async function weightsOf(
  model: Part,
  { layout = "pytorch" }: { layout?: Layout } = {},
): Promise<Map<string, ArrayToStore>> {
  const arrays = new Map<string, ArrayToStore>();
  for (const { tensor, storedName, storedShape, isTransposed, isCounter } of targetsOf(model, layout)) {
    if (isCounter && layout === "paddle") continue;
    const data = await (isTransposed ? tensor.detach().t() : tensor).data();
    const array = { dtype: tensor.dtype, shape: storedShape, data };
    arrays.set(storedName, isCounter ? { ...array, storedAs: "I64" } : array);
  }
  return arrays;
}
