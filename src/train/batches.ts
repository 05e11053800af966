// The batches of a run's steps, prepared as the network takes them.
import { DataLoader } from "../data/loader.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { sampleRandom } from "../transforms/seeded.ts";
import type { Step } from "../transforms/transform.ts";
import type { Progress } from "./events.ts";
import type { FitData, Settled } from "./fitOptions.ts";
import { type Normalization, prepareInput } from "./input.ts";
import type { StepBatch } from "./step.ts";

/** Steps that learning one batch by heart takes in an epoch. */
export const overfitSteps = 50;

/** Evaluation keeps nothing for a backward pass, so its batches can be larger, up to so many samples. */
const mostEvaluated = 256;

/** Samples that are evaluated at once in a run that trains on batches of `batchSize`: no more than have room where those have. */
export function evaluationBatchOf(batchSize: number): number {
  return Math.max(batchSize, Math.min(mostEvaluated, 4 * batchSize));
}

/** Loaders of both parts, and what their batches are normalised by. */
export interface Loaders {
  readonly train: DataLoader;
  readonly val: DataLoader;
  readonly normalization: Normalization | undefined;
}

/** Opens the data of a run. */
export function loadersOf(
  data: FitData,
  { seed, overfitBatch = false }: Pick<Settled, "seed" | "overfitBatch">,
): Loaders {
  const { transform, sampler, workers, onBroken, batchSize = 64 } = data;
  const evaluation = data.evaluation ?? transform?.forEvaluation();
  const order = sampler ? { sampler } : { shuffle: true };
  const reading = (step: Step | undefined) => ({
    seed,
    ...(step && { transform: step, ...(workers !== undefined && { workers }) }),
    ...(onBroken && { onBroken }),
  });
  const train = new DataLoader(data.train, {
    batchSize,
    ...order,
    ...reading(transform),
    ...(overfitBatch && { prefetch: 0 }),
  });
  const val = new DataLoader(data.val, { batchSize: evaluationBatchOf(batchSize), ...reading(evaluation) });
  return { train, val, normalization: data.normalization ?? train.transform?.normalize ?? undefined };
}

/** The batches of each step that is left of an epoch. */
export async function* stepBatches(
  { train, normalization }: Loaders,
  { batchTransform }: FitData,
  { accumulate, overfitBatch, seed }: Settled,
  { epoch, step }: Pick<Progress, "epoch" | "step">,
): AsyncGenerator<StepBatch[], void> {
  const prepared = (x: Tensor, y: Tensor, number: number): StepBatch => {
    const random = sampleRandom(seed, epoch, -1 - number); // no sample has such a number
    const [mixed, targets] = batchTransform?.forward(x, y, random) ?? [x, y];
    return { x: prepareInput(mixed, normalization), targets, y };
  };
  train.restore(overfitBatch ? { epoch: 0, batch: 0 } : { epoch, batch: step * accumulate });
  let group: StepBatch[] = [];
  let number = step * accumulate;
  for await (const [x, y] of train) {
    if (overfitBatch) {
      for (let i = step; i < overfitSteps; i++) yield [prepared(x, y, 0)];
      return;
    }
    group.push(prepared(x, y, number++));
    if (group.length < accumulate) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
