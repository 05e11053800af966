// A copy of what is trained, to go back to.
import type { Module } from "../nn/module/module.ts";
import type { AveragedWeights } from "../optim/averaging.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { Tensor } from "../tensor/tensor.ts";

/** Copies a model's state; the function that is given puts it back, as often as it is called. */
export function snapshot(model: Module): () => void {
  const kept = [...model.stateDict()].map(([, value]) => ({ value, copy: copyOf(value) }));
  return () => {
    for (const { value, copy } of kept) value.assign(copy());
  };
}

/** Copies all that a run changes: weights, the optimizer's state, an average. */
export function snapshotAll(
  model: Module,
  optimizer: Optimizer<{ lr: number }>,
  average: AveragedWeights | null,
): () => void {
  const restoreModel = snapshot(model);
  const { steps, tensors } = optimizer.stateDict();
  const state = copies(tensors);
  const averaged = average?.stateDict();
  const averages = averaged && copies(averaged.tensors);
  return () => {
    restoreModel();
    optimizer.reset();
    optimizer.loadStateDict({ steps, tensors: state() });
    if (averaged) average!.loadStateDict({ updates: averaged.updates, tensors: averages!() });
  };
}

function copies(tensors: ReadonlyMap<string, Tensor>): () => Map<string, Tensor> {
  const kept = Array.from(tensors, ([name, value]) => [name, copyOf(value)] as const);
  return () => new Map(kept.map(([name, copy]) => [name, copy()]));
}

function copyOf(value: Tensor): () => Tensor {
  const data = value.dataSync().slice();
  return () => Tensor.fromArray(data, value.shape, value.dtype);
}
