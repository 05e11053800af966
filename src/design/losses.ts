// What each loss takes as its input. Knows names alone.

/**
 * What a loss reads its input as: scores of classes whose softmax it takes (`logits`), scores whose sigmoid it takes (`score`),
 * probabilities, their logarithms, or plain values.
 */
export type LossInput = "logits" | "score" | "probability" | "logProbability" | "value";

const inputs: Readonly<Record<string, LossInput>> = {
  crossEntropy: "logits",
  softmaxFocalLoss: "logits",
  nllLoss: "logProbability",
  klDiv: "logProbability",
  binaryCrossEntropy: "probability",
  binaryCrossEntropyWithLogits: "score",
  sigmoidFocalLoss: "score",
  mseLoss: "value",
  l1Loss: "value",
  smoothL1Loss: "value",
  huberLoss: "value",
};

/** Names of the losses that are known, as `nn.functional` has them. */
export const lossNames: readonly string[] = Object.keys(inputs);

/** What a loss takes; null for one that is not known. */
export function expects(loss: string): LossInput | null {
  return Object.hasOwn(inputs, loss) ? inputs[loss]! : null;
}
