// Rules on the learning rate, judged by what its steps do with this optimizer: to the weights, and to the loss.
import { median } from "../base/median.ts";
import type { EpochEvent } from "../train/events.ts";
import { guessAccuracy } from "./answers.ts";
import { rule } from "./findings.ts";
import { type History, updateRatio } from "./history.ts";

/** How much of themselves weights should change in a step: about a thousandth. */
const goodRatio = 1e-3;
const largeRatio = 0.1;
const smallRatio = 3e-5;
/** In the first steps more is usual; this much of it is too much where nothing comes of it. */
const earlyRatio = 0.05;
const earlySteps = 50;
/** Readings that must agree, and steps before which they do not count: an optimizer's first ones are large. */
const agreeing = 3;
const firstSteps = 20;
/** Steps in a row with a high loss after which a run counts as diverging. */
const patientSteps = 40;
/** Steps and epochs without any learning, after which it is told. */
const enoughSteps = 50;
const enoughEpochs = 3;
/** Loss, as a share of that of an even guess, above which nothing was learned. */
export const nothingLearned = 0.97;
/** Accuracy, as a multiple of that of always giving the most frequent answer, below which nothing was learned. */
const noBetter = 1.5;
/** Epochs of "up and down" that make a plateau, and what counts as a gain: of accuracy, and as a share of the loss. */
const plateauEpochs = 12;
const accuracyGain = 0.002;
const lossGain = 0.02;
/** A rate below this share of the highest is on its way down: what comes next is the schedule's. */
const fallingRate = 0.3;

export const rateRules = [
  rule({
    id: "diverging",
    severity: "error",
    title: "The loss rises and stays high",
    rule: `for ${patientSteps} steps the smoothed loss was over 1.5 × its lowest value and above that of an even guess`,
    why: "Steps that overshoot the valley land higher on its other side, and the next ones overshoot more. What had been learned is lost.",
    fix: "Go back to an earlier checkpoint with a third of the learning rate; warm it up, or clip gradients.",
    docs: "docs/doctor.md#diverging",
    automatic: "lower-rate",
    when: ["step"],
    look: (history) => {
      const { highSteps, smoothed, bestSmoothed } = history;
      if (highSteps < patientSteps) return [];
      return [
        {
          layer: "",
          evidence: `smoothed loss ${smoothed.toPrecision(3)} after ${bestSmoothed.toPrecision(3)} at best, for ${highSteps} steps; ${rateText(history)}`,
        },
      ];
    },
  }),
  rule({
    id: "rate-too-high",
    severity: "error",
    title: "The learning rate is too high for this optimizer",
    rule: `at ${agreeing} readings in a row, after step ${firstSteps}, a step changes the typical weight by over ${largeRatio} of itself (a warning); or it does so by ${earlyRatio} in the first ${earlySteps} steps, and the first epoch has taught nothing (an error)`,
    why: "A step should change weights by about a thousandth. At a tenth a few steps replace all that was learned before.",
    fix: "Lower lr0; fovea lr-find measures a rate that fits.",
    docs: "docs/doctor.md#rate-too-high",
    automatic: "lower-rate",
    when: ["vitals", "epoch"],
    look: (history, event) => {
      if (event.type === "epoch") {
        const early = ratiosOf(history, (step) => step <= earlySteps);
        if (early.length < agreeing || median(early) < earlyRatio || !taughtNothing(history, event))
          return [];
        return [{ layer: "", evidence: ratioText(history, median(early)) }];
      }
      const late = ratiosOf(history, (step) => step > firstSteps).slice(-agreeing);
      if (late.length < agreeing || late.some((ratio) => ratio < largeRatio)) return [];
      return [{ layer: "", evidence: ratioText(history, median(late)), severity: "warning" }];
    },
  }),
  rule({
    id: "rate-too-low",
    severity: "warning",
    title: "The learning rate is too low for this optimizer",
    rule: `by the end of an epoch, after ${enoughSteps} steps or more, no reading had a step change the typical weight by ${smallRatio} of itself, and the loss is still over half of that of an even guess`,
    why: "A step should change weights by about a thousandth. At a hundred-thousandth the run takes a hundred times as long, or ends where it began.",
    fix: "Raise lr0; fovea lr-find measures a rate that fits.",
    docs: "docs/doctor.md#rate-too-low",
    automatic: null,
    when: ["epoch"],
    look: (history, { trainLoss }) => {
      const { steps, start, readings, firstLoss } = history;
      const chance = start?.chanceLoss ?? firstLoss;
      const ratios = readings.flatMap((reading) => updateRatio(reading) ?? []);
      if (steps < enoughSteps || ratios.length < agreeing || chance === null) return [];
      const highest = Math.max(...ratios);
      if (highest === 0 || highest >= smallRatio || trainLoss < 0.5 * chance) return [];
      return [{ layer: "", evidence: ratioText(history, highest) }];
    },
  }),
  rule({
    id: "not-learning",
    severity: "error",
    title: "Nothing is learned",
    rule: `after ${enoughEpochs} epochs and ${enoughSteps} steps, or at the end, the training loss of an epoch is over ${nothingLearned} of that of an even guess and the accuracy under ${noBetter} × that of a guess`,
    why: "The answers are no better than a guess, so the pictures have no influence on them: labels do not belong to pictures, inputs are all alike, the rate is far off, or gradients do not arrive.",
    fix: "See whether --overfit learns one batch by heart; look at the pictures with their labels (fovea data show), and try fovea lr-find.",
    docs: "docs/doctor.md#not-learning",
    automatic: null,
    when: ["epoch"],
    look: (history, event) => {
      const { epoch, epochs, trainLoss, trainAccuracy } = event;
      const isEnough = history.steps >= enoughSteps && (epoch >= enoughEpochs || epoch === epochs);
      if (!isEnough || !taughtNothing(history, event)) return [];
      return [
        {
          layer: "",
          evidence: `training loss ${trainLoss.toFixed(3)} after ${history.steps} steps, an even guess ${history.start!.chanceLoss!.toFixed(3)}; ${points(trainAccuracy)} right; ${rateText(history)}`,
        },
      ];
    },
  }),
  rule({
    id: "plateau",
    severity: "warning",
    title: "No better for a dozen epochs",
    rule: `the last ${plateauEpochs} epochs brought neither ${(100 * accuracyGain).toFixed(1)} points of validation accuracy nor ${(100 * lossGain).toFixed(0)}% of validation loss, and the rate has not come down to ${fallingRate} of its highest`,
    why: "Accuracy that goes up and down by chance is at its plateau: at this rate the steps only jump about the valley. More epochs of the same cost time and win nothing.",
    fix: "Lower the rate (a schedule such as cosine does), or end the run here; patience= ends it by itself. For more, change the data or the network.",
    docs: "docs/doctor.md#plateau",
    automatic: "stop",
    when: ["epoch"],
    look: ({ epochs, highestRate }, { epoch, epochs: all, lr }) => {
      if (epochs.length <= plateauEpochs || all - epoch < 2 || lr < fallingRate * highestRate) return [];
      const [before, last] = [epochs.slice(0, -plateauEpochs), epochs.slice(-plateauEpochs)];
      const best = Math.max(...before.map(({ top1 }) => top1));
      const lately = Math.max(...last.map(({ top1 }) => top1));
      const [loss, lowest] = [before, last].map((part) =>
        Math.min(...part.map(({ valLoss }) => valLoss)),
      ) as [number, number];
      if (lately >= best + accuracyGain || lowest <= loss * (1 - lossGain)) return [];
      const evidence = `best accuracy ${points(lately)} in epochs ${last[0]!.epoch} to ${epoch}, ${points(best)} before; lowest loss ${lowest.toFixed(4)}, ${loss.toFixed(4)} before`;
      return [{ layer: "", evidence }];
    },
  }),
];

function points(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** What steps do to the weights, at the readings whose steps are asked for. */
function ratiosOf({ readings }: History, isAsked: (step: number) => boolean): number[] {
  return readings.filter(({ step }) => isAsked(step)).flatMap((reading) => updateRatio(reading) ?? []);
}

/** Whether an epoch's answers to the training pictures were no better than a guess. */
function taughtNothing(history: History, { trainLoss, trainAccuracy, val }: EpochEvent): boolean {
  const chance = history.start?.chanceLoss ?? null;
  if (chance === null || history.steps < enoughSteps / 2) return false;
  return trainLoss > nothingLearned * chance && trainAccuracy < noBetter * guessAccuracy(val);
}

function rateText({ start, highestRate }: History): string {
  return `${start?.optimizer ?? "optimizer"} at rates up to ${highestRate.toPrecision(2)}`;
}

/** What a step does to the weights, and a rate at which it would be about a thousandth. */
function ratioText(history: History, ratio: number): string {
  const rate = history.highestRate * Math.min(1000, Math.max(1e-3, goodRatio / ratio));
  const share = ratio >= 0.01 ? `${(100 * ratio).toPrecision(2)}%` : ratio.toExponential(1);
  return `a step changes the typical weight by ${share} of itself with ${rateText(history)}; about ${rate.toPrecision(1)} would make it a thousandth`;
}
