// Rules on what comes out: how training and validation go together, and which answers are given.

import { median } from "../base/median.ts";
import { findLabelErrors } from "../review/labelErrors.ts";
import { confusionScores } from "../train/metrics.ts";
import { commonestAnswer, contradicted, guessAccuracy, meanProbability } from "./answers.ts";
import { rule } from "./findings.ts";
import type { EpochRecord } from "./history.ts";

/** Epochs over which curves are smoothed, by the median, so that one epoch's jump says nothing. */
const window = 3;
/** Epochs that must lie between the lowest validation loss and now. */
const overfittingEpochs = 4;
const risen = 1.2;
const apart = 2;
/** Accuracy by which training is ahead of validation then. */
const ahead = 0.05;
/** Losses, as a share of that of an even guess, above which a network is too weak for its data. */
const highLoss = 0.5;
/** Validation loss that is this much of the training loss or less shows that it is not overfitting. */
const close = 1.25;
/** Share of the training loss that an epoch takes away while it is still falling. */
const falling = 0.05;
/** Accuracy that shows that training data were learned, and multiple of an even guess that shows the contrary. */
const learned = 0.8;
const noBetter = 1.5;
/** Share of one answer from which a network is taken to give no other. */
const oneAnswer = 0.9;
/** Samples of a class from which it should be found at least once. */
const enoughOfClass = 10;
/** How far the mean probability of the answers may lie below the share of right ones. */
const unsure = 0.3;
/** Share of the training loss that the second half of the epochs takes away, below which it has come to rest. */
const atRest = 0.1;
/** Suspect labels from which they are told: their number, their share, their margin, and their share of all mistakes. */
const fewestSuspects = 5;
const manySuspects = 0.01;
const certain = 0.95;
const mostOfMistakes = 0.5;
/** Share of one batch that 50 steps should have learned by heart. */
const byHeart = 0.95;

export const resultRules = [
  rule({
    id: "overfitting",
    severity: "warning",
    title: "It learns the training pictures by heart",
    rule: `the smoothed validation loss is over ${risen} × its lowest, at least ${overfittingEpochs} epochs after it, over ${apart} × the training loss, training is ${points(ahead)} ahead in accuracy, and the training loss still falls`,
    why: "From there on the network learns what sets these pictures apart, which helps with no others.",
    fix: "Augment, gather more pictures, take dropout or weight decay or a smaller network, start from pretrained weights; patience= ends the run in time, and the best epoch's weights are kept.",
    docs: "docs/doctor.md#overfitting",
    automatic: null,
    when: ["epoch"],
    look: ({ epochs }) => {
      if (epochs.length < overfittingEpochs + window) return [];
      const val = smoothed(epochs, ({ valLoss }) => valLoss);
      const train = smoothed(epochs, ({ trainLoss }) => trainLoss);
      const lowest = val.indexOf(Math.min(...val));
      const [valNow, trainNow] = [val.at(-1)!, train.at(-1)!];
      const isLate = val.length - 1 - lowest >= overfittingEpochs;
      const now = epochs.at(-1)!;
      if (
        !isLate ||
        now.trainAccuracy - now.top1 < ahead ||
        valNow < risen * val[lowest]! ||
        valNow < apart * trainNow ||
        trainNow >= train[lowest]!
      ) {
        return [];
      }
      const evidence = `validation loss ${valNow.toFixed(3)}, ${val[lowest]!.toFixed(3)} about epoch ${epochs[lowest]!.epoch}; training loss ${trainNow.toFixed(3)} and falling`;
      return [{ layer: "", evidence }];
    },
  }),
  rule({
    id: "flat-answers",
    severity: "warning",
    title: "Right answers are given without conviction",
    rule: `at the end, the mean probability of the answers is over ${points(unsure)} below the share of right ones, and the second half of the epochs took less than ${points(atRest)} off the training loss`,
    why: "Who is right nine times out of ten should hold the answers for likely. Where probabilities stay flat, the logits were squeezed: mostly by a softmax or sigmoid before the loss, which has its own.",
    fix: "Return logits from the network and leave softmax to the loss; fovea review names the layer.",
    docs: "docs/doctor.md#flat-answers",
    automatic: null,
    when: ["end"],
    look: ({ epochs }, { val }) => {
      const [half, last] = [epochs[Math.ceil(epochs.length / 2) - 1], epochs.at(-1)];
      if (!val.answers || !half || !last || epochs.length < window) return [];
      // Dropout and mixed pictures make training harder than validation, and answers unsure, without a fault.
      const isHarder = last.trainAccuracy < last.top1 - 2 * ahead;
      if (isHarder || last.trainLoss < (1 - atRest) * half.trainLoss) return [];
      const probability = meanProbability(val.answers);
      if (val.top1 - probability < unsure) return [];
      return [
        {
          layer: "",
          evidence: `${points(val.top1)} of the validation pictures right, with a mean probability of ${points(probability)} for what was answered`,
        },
      ];
    },
  }),
  rule({
    id: "label-errors",
    severity: "warning",
    title: "Labels of the validation pictures look wrong",
    rule: `at the end, by confident learning at least ${fewestSuspects} labels and ${points(manySuspects)} of all are contradicted by ${points(certain)} or more, and they are at least ${points(mostOfMistakes)} of all mistakes`,
    why: "A network that is seldom wrong is seldom wrong with certainty. Where most of its mistakes are certain ones, it is the labels that err, and the training labels have the same source.",
    fix: "Look at the pictures that are listed among the worst mistakes of the report; fovea data labels goes through all pictures, the training ones too.",
    docs: "docs/doctor.md#label-errors",
    automatic: null,
    when: ["end"],
    unless: ["validation-at-chance", "not-learning"],
    look: (_, { val }) => {
      const { answers } = val;
      if (!answers || val.samples < fewestSuspects / manySuspects) return [];
      const least = Math.max(fewestSuspects, manySuspects * val.samples);
      if (contradicted(answers, certain) < least) return [];
      const { errors } = findLabelErrors(answers.probabilities, answers.labels);
      const suspects = errors.filter(({ score }) => score >= (1 + certain) / 2).length; // scores are (1 + margin) / 2
      const mistakes = Math.round((1 - val.top1) * val.samples);
      if (suspects < least || suspects < mostOfMistakes * mistakes) return [];
      const evidence = `${suspects} of ${val.samples} labels (${points(suspects / val.samples)}) are contradicted with near certainty; ${mistakes} mistakes in all`;
      return [{ layer: "", evidence }];
    },
  }),
  rule({
    id: "underfitting",
    severity: "warning",
    title: "Even the training pictures are not learned",
    rule: `at the end both losses are over ${highLoss} of an even guess', and the validation loss is at most ${close} × the training loss; a note where the last epoch still took ${points(falling)} off the training loss`,
    why: "Training pictures are not learned either, so more data or more regularisation would not help: the network is too small, held back too much, or was not trained long enough.",
    fix: "Take more channels or layers, less dropout, augmentation and weight decay, more epochs, or a higher learning rate.",
    docs: "docs/doctor.md#underfitting",
    automatic: null,
    when: ["end"],
    unless: ["not-learning", "rate-too-low", "flat-answers"],
    look: ({ epochs, start, steps }) => {
      const chance = start?.chanceLoss ?? null;
      const last = epochs.at(-1);
      if (!last || chance === null || steps < 50 || epochs.length < window) return [];
      const { trainLoss, valLoss, trainAccuracy } = last;
      if (Math.min(trainLoss, valLoss) < highLoss * chance || valLoss > close * trainLoss) return [];
      const before = epochs.at(-2)!.trainLoss;
      const isFalling = trainLoss < (1 - falling) * before;
      const evidence = `training loss ${trainLoss.toFixed(3)} (accuracy ${points(trainAccuracy)}), validation loss ${valLoss.toFixed(3)}, an even guess ${chance.toFixed(3)}`;
      if (!isFalling) return [{ layer: "", evidence }];
      const fix = "Train for more epochs: the loss was still falling.";
      return [
        {
          layer: "",
          evidence: `${evidence}; still falling, from ${before.toFixed(3)} an epoch before`,
          severity: "note",
          fix,
        },
      ];
    },
  }),
  rule({
    id: "cannot-overfit",
    severity: "error",
    title: "One batch can't be learned by heart",
    rule: `with overfitBatch, under ${points(byHeart)} of the batch are right in the last epoch`,
    why: "Any network learns a few dozen samples by heart, so there is a fault in it, in the loss, in the labels, or the learning rate is far off.",
    fix: "Look at the batch (fovea data show), try fovea review for the network, and fovea lr-find for the rate.",
    docs: "docs/doctor.md#cannot-overfit",
    automatic: null,
    when: ["end"],
    look: ({ epochs, start }) => {
      const last = epochs.at(-1);
      if (!start?.overfitBatch || !last || last.trainAccuracy >= byHeart) return [];
      return [
        {
          layer: "",
          evidence: `${points(last.trainAccuracy)} right in epoch ${last.epoch}, loss ${last.trainLoss.toFixed(3)}`,
        },
      ];
    },
  }),
  rule({
    id: "validation-at-chance",
    severity: "error",
    title: "Validation pictures are guessed, training pictures known",
    rule: `training accuracy is over ${points(learned)} and validation accuracy under ${noBetter} × that of a guess`,
    why: "What was learned should help a little with any picture of the same kind. Where it does not help at all, validation pictures are prepared otherwise, their labels have another order, or labels have nothing to do with the pictures.",
    fix: "Use one transform and one list of classes for both parts, and look at both with fovea data show.",
    docs: "docs/doctor.md#validation-at-chance",
    automatic: null,
    when: ["epoch"],
    look: ({ start, steps }, { trainAccuracy, val }) => {
      const guess = guessAccuracy(val);
      if (
        start?.overfitBatch ||
        commonestAnswer(val) > oneAnswer ||
        steps < 20 ||
        trainAccuracy < learned ||
        val.top1 > Math.min(noBetter * guess, 0.6)
      )
        return [];
      return [
        {
          layer: "",
          evidence: `${points(trainAccuracy)} of the training pictures right, ${points(val.top1)} of the validation pictures; a guess ${points(guess)}`,
        },
      ];
    },
  }),
  rule({
    id: "class-never-predicted",
    severity: "warning",
    title: "A class is never predicted",
    rule: `at the end, of a class with at least ${enoughOfClass} validation pictures none was recognised; an error where all pictures get the same answer`,
    why: "A class that is rare, missing in the training pictures or hidden in another one's label is cheap to ignore: accuracy hardly suffers.",
    fix: "Count the classes with fovea data check; draw rare ones more often (a weighted sampler), gather more of them, or weigh the loss.",
    docs: "docs/doctor.md#class-never-predicted",
    automatic: null,
    when: ["end"],
    unless: ["not-learning", "rate-too-low", "underfitting", "validation-at-chance"],
    look: ({ start, steps }, { val }) => {
      if (!start || start.overfitBatch || steps < 50) return [];
      const { classes } = confusionScores(val.confusion);
      const n = classes.length;
      const answers = classes.map((_, c) =>
        classes.reduce((sum, _, k) => sum + val.confusion[k * n + c]!, 0),
      );
      const only = answers.indexOf(val.samples);
      const present = classes.filter(({ support }) => support > 0).length;
      if (only >= 0 && present > 1) {
        const evidence = `all ${val.samples} validation pictures are taken for ${start.classes[only]}`;
        return [{ layer: "", evidence, severity: "error" }];
      }
      const missed = classes.flatMap(({ support, recall }, c) =>
        support < enoughOfClass || recall > 0
          ? []
          : [`${start.classes[c]} (${support} validation pictures, ${answers[c]} others taken for it)`],
      );
      return missed.length === 0 ? [] : [{ layer: "", evidence: `not once right: ${missed.join(", ")}` }];
    },
  }),
];

function points(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** A curve whose points are the medians of so many epochs up to each. */
function smoothed(epochs: readonly EpochRecord[], value: (epoch: EpochRecord) => number): number[] {
  return epochs.map((_, i) => median(epochs.slice(Math.max(0, i + 1 - window), i + 1).map(value)));
}
