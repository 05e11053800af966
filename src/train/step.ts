// One step of training: forward, backward and update in one program, unless something is not finite. Knows no epochs and no data sets.
import { FoveaError } from "../base/errors.ts";
import { realize } from "../graph/engine.ts";
import type { Module } from "../nn/module/module.ts";
import { clipGradNorm, clipGradValue } from "../optim/clip.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { findNonFinite, type NonFiniteOrigin } from "./diagnose.ts";
import type { Progress } from "./events.ts";
import type { Settled } from "./fitOptions.ts";
import { countCorrect } from "./metrics.ts";

/** Loss or gradients were NaN or infinite. Weights and optimizer state are those before the bad step. */
export class NonFiniteError extends FoveaError {
  override name = "NonFiniteError";
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  /** The op that made the first bad value, where it could be found. */
  readonly origin: NonFiniteOrigin | null;
  /** Where the run stood before the bad step. */
  readonly progress: Progress;

  constructor(loss: number, origin: NonFiniteOrigin | null, progress: Progress) {
    const epoch = progress.epoch + 1;
    const step = progress.step + 1;
    const what = Number.isFinite(loss) ? "a gradient became NaN or infinite" : `the loss became ${loss}`;
    const why = origin ? `: ${origin.text}` : "";
    super(`${what} at epoch ${epoch}, step ${step}${why}. The step was not taken; try a smaller lr0`);
    this.epoch = epoch;
    this.step = step;
    this.loss = loss;
    this.origin = origin;
    this.progress = progress;
  }
}

/** A batch as the network takes it. */
export interface StepBatch {
  readonly x: Tensor;
  /** What the loss compares with: class indices, or probabilities where samples were mixed. */
  readonly targets: Tensor;
  /** Class indices, for the accuracy. */
  readonly y: Tensor;
}

/** What a step came to. */
export interface StepResult {
  /** Sum over the samples. */
  readonly lossSum: number;
  readonly correct: number;
  readonly samples: number;
}

/** Takes a step with the mean gradient of all samples of some batches. Throws NonFiniteError where loss or gradients are not finite. */
export async function takeStep(
  model: Module,
  options: Settled,
  batches: readonly StepBatch[],
  progress: Progress,
): Promise<StepResult> {
  const { passes, finite } = startStep(model, options, batches);
  const samples = samplesOf(batches);
  let lossSum = 0;
  let correct = 0;
  for (const { batch, logits, loss } of passes) {
    lossSum += (await loss.item()) * batch.y.size;
    correct += countCorrect(await logits.data(), await batch.y.data());
  }
  if ((await finite.item()) === 0) {
    const bad = passes.find(({ loss }) => !Number.isFinite(loss.itemSync()))?.batch ?? batches[0]!;
    const origin = findNonFinite(model, () => options.loss(model.forward(bad.x), bad.targets));
    throw new NonFiniteError(lossSum / samples, origin, progress);
  }
  return { lossSum, correct, samples };
}

/** A step under way: what there is to read of it. */
interface StartedStep {
  readonly passes: readonly { readonly batch: StepBatch; readonly logits: Tensor; readonly loss: Tensor }[];
  /** 1 where loss and gradients are finite; else 0, and nothing is changed. */
  readonly finite: Tensor;
}

/** Starts a step: forward, backward and update. */
export function startStep(model: Module, options: Settled, batches: readonly StepBatch[]): StartedStep {
  const { optimizer, clipGradNorm: most, clipGradValue: bound } = options;
  const total = samplesOf(batches);
  optimizer.zeroGrad();
  const passes = batches.map((batch, i) => {
    const logits = model.forward(batch.x).retain();
    const loss = options.loss(logits, batch.targets).retain();
    // Means of batches of unequal size count by their samples.
    (batches.length === 1 ? loss : loss.mul(batch.y.size / total)).backward();
    // One batch's graph is run and let go before the next one's begins, so that memory is that of one batch.
    if (i < batches.length - 1) keepGradients(model);
    return { batch, logits, loss };
  });
  const parameters = model.parameters();
  if (most !== undefined) clipGradNorm(parameters, most);
  if (bound !== undefined) clipGradValue(parameters, bound);
  const finite = allFinite(
    passes.map(({ loss }) => loss),
    model,
  ).retain();
  // A dry run goes all the way, and then leaves everything as it was.
  optimizer.step({ onlyIf: options.dryRun ? finite.mul(0) : finite });
  if (options.dryRun) optimizer.steps--;
  return { passes, finite };
}

function samplesOf(batches: readonly StepBatch[]): number {
  return batches.reduce((sum, { y }) => sum + y.size, 0);
}

/** Runs what gradients wait on, so that they are values. */
function keepGradients(model: Module): void {
  const updates = model.parameters().flatMap((p) => p.keepGrad() ?? []);
  realize([], updates);
}

/** 1 where losses and all gradients are finite, else 0: `0 · x` is 0 for finite x and NaN for all others. */
function allFinite(losses: readonly Tensor[], model: Module): Tensor {
  let zeros = losses.map((loss) => loss.detach().mul(0)).reduce((a, b) => a.add(b));
  for (const p of model.parameters()) if (p.grad) zeros = zeros.add(p.grad.mul(0).sum());
  return zeros.isFinite();
}
