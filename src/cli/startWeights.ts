// Weights that a run starts from: their network, and their values in it.
import { OptionError } from "../base/errors.ts";
import type { Module } from "../nn/module/module.ts";
import { withHeadOf } from "../train/finetune.ts";
import { readWeights, type SavedWeights, takeWeights } from "./weights.ts";

/** The weights that are asked for; null for none. Throws OptionError where another network is asked for than theirs. */
export async function startWeights({
  weights,
  model,
}: {
  readonly weights: string | null;
  readonly model: string | null;
}): Promise<SavedWeights | null> {
  if (weights === null) return null;
  const start = await readWeights(weights);
  const own = start.info.model;
  if (model !== null && model !== own) {
    throw new OptionError(
      `weights=${weights} are of ${own}, which model=${model} can't take; leave model out`,
    );
  }
  return start;
}

/** Gives a network the values of weights; its head stays fresh where its classes are others than theirs. Throws WeightsError where they do not fit. */
export async function startFrom(
  network: Module,
  { state, info, file }: SavedWeights,
  classes: readonly string[],
): Promise<void> {
  const isSame = classes.join("\n") === info.classes.join("\n");
  await takeWeights(network, isSame ? state : withHeadOf(network, state), file);
}
