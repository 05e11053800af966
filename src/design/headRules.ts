// Rules on the head, the loss, and how many parameters there are for what.

import type { Case, Design, Rule } from "./findings.ts";
import { expects, type LossInput } from "./losses.ts";
import type { Step } from "./steps.ts";
import { behind, count, layerOf, mapOf, percent } from "./walks.ts";

/** The step that gives the output its range of values: behind reshaping. */
function ending({ outputs }: Design): Step | null {
  const [output] = outputs;
  return output ? behind(output, ({ node, kind }) => kind === "linear" && node.op.kind === "view") : null;
}

/** Size of the class axis of the first output, null where it has none. */
function outputWidth({ outputs }: Design): number | null {
  return outputs[0]?.node.shape[1] ?? null;
}

/** The largest probability that softmax makes of scores within 0 … 1, or −1 … 1. */
function mostCertain(range: number, classes: number): number {
  const e = Math.exp(range);
  return e / (e + classes - 1);
}

function limits(range: number, classes: number): string {
  const p = mostCertain(range, classes);
  return `of ${count(classes)} classes none can get more than ${percent(p)}, and the loss can't fall below ${(-Math.log(p)).toFixed(2)}`;
}

const softmaxTwice: Rule = {
  id: "softmax-before-cross-entropy",
  severity: "error",
  title: "Softmax before cross-entropy",
  rule: "the model ends in softmax and the loss takes its own (crossEntropy, softmaxFocalLoss); a warning where no loss is named",
  why: "Cross-entropy takes softmax itself. Twice, it squeezes all probabilities together, so that gradients are small and the loss stays high.",
  fix: "Return the logits, and call softmax where probabilities are shown.",
  docs: "docs/activations.md#softmax-at-the-end",
  find: (design) => {
    const last = ending(design);
    if (last?.kind !== "softmax") return [];
    const { loss } = design;
    if (loss !== null && expects(loss) !== "logits") return [];
    const width = outputWidth(design) ?? 1;
    const severity = loss === null ? "warning" : "error";
    return [
      { layer: layerOf(last), evidence: `with ${loss ?? "crossEntropy"}, ${limits(1, width)}`, severity },
    ];
  },
};

const lossFits: Rule = {
  id: "loss-does-not-fit",
  severity: "error",
  title: "Loss and output do not fit",
  rule: "what the output is (log-softmax, sigmoid, tanh, ReLU, no activation, one value) is not what the named loss takes; a warning where it learns, but badly",
  why: "A loss reads its input as logits, probabilities or their logarithms, and cannot know what it was given.",
  fix: "Give each loss what it takes: logits to crossEntropy and binaryCrossEntropyWithLogits, log-softmax to nllLoss, sigmoid to binaryCrossEntropy.",
  docs: "docs/losses.md#which-one",
  find: (design) => {
    const { loss } = design;
    const last = ending(design);
    if (loss === null || !last) return [];
    const found = misfit(expects(loss), last, design);
    return found ? [{ layer: layerOf(last), ...found, evidence: `${loss}: ${found.evidence}` }] : [];
  },
};

function misfit(
  wanted: LossInput | null,
  last: Step,
  design: Design,
): Pick<Case, "evidence" | "severity" | "fix"> | null {
  const { kind, name } = last;
  const width = outputWidth(design);
  const is = (activation: string) => kind === "activation" && name === activation;
  switch (wanted) {
    case "logits":
      if (width === 1)
        return {
          evidence:
            "takes a score for each class, and the output is one value: its softmax is always 1, the loss 0",
          fix: "Give the last layer one output for each class, or take binaryCrossEntropyWithLogits.",
        };
      if (kind === "logSoftmax")
        return {
          evidence: "takes logits, and the output is log-softmax: the same result, computed twice",
          severity: "note",
          fix: "Return the logits, or take nllLoss.",
        };
      if (is("sigmoid") || is("tanh")) {
        const range = is("sigmoid") ? 1 : 2;
        return {
          evidence: `takes logits, and ${name} limits them: ${limits(range, width ?? 1)}`,
          fix: "Return what comes before the activation.",
        };
      }
      break;
    case "score":
      if (is("sigmoid") || kind === "softmax")
        return {
          evidence: `takes logits and their sigmoid itself, and the output is ${kind === "softmax" ? kind : name} already: no probability can leave ${percent(0.5)} … ${percent(1 / (1 + Math.exp(-1)))}`,
          fix: "Return the logits, or take binaryCrossEntropy.",
        };
      break;
    case "probability":
      if (is("sigmoid") || kind === "softmax") return null;
      return {
        evidence: `takes probabilities, and the output is ${said(last)}, which leaves 0 … 1`,
        fix: "Take binaryCrossEntropyWithLogits and return the logits.",
      };
    case "logProbability":
      if (kind === "logSoftmax") return null;
      return {
        evidence: `takes logarithms of probabilities, and the output is ${said(last)}`,
        fix: "Take crossEntropy and return the logits, or end in logSoftmax.",
      };
    case "value":
      if (kind === "softmax" || (design.classes ?? 0) > 1)
        return {
          evidence:
            "measures distances, and the output stands for classes, of which none is nearer to another",
          severity: "warning",
          fix: "Take crossEntropy and return the logits.",
        };
      return null;
    default:
      return null;
  }
  // Half of all logits would be lost: those below 0.
  if (is("relu") || is("relu6"))
    return {
      evidence: `takes logits, and ${name} leaves none below 0: a score that is there has no gradient any more`,
      severity: "warning",
      fix: "Return what comes before the activation.",
    };
  return null;
}

function said({ kind, name }: Step): string {
  if (kind === "activation") return `that of ${name}`;
  return kind === "softmax" || kind === "logSoftmax" ? kind : "not limited by any activation";
}

const headWidth: Rule = {
  id: "head-width",
  severity: "error",
  title: "Head of another width",
  rule: "the output's class axis has another size than there are classes; one output is right for two classes and a binary loss",
  why: "Labels without an output give a loss of NaN, and outputs without a label are learned to be never right.",
  fix: "Make the last layer with as many outputs as there are classes.",
  docs: "docs/losses.md#which-one",
  find: (design) => {
    const { classes, loss } = design;
    const width = outputWidth(design);
    // Of a sequence the classes may lie last.
    const fits = width === classes || design.outputs[0]?.node.shape.at(-1) === classes;
    if (classes === null || width === null || fits) return [];
    const isBinary = loss !== null && ["score", "probability"].includes(expects(loss) ?? "");
    if (isBinary && classes === 2 && width === 1) return [];
    const last = behind(design.outputs[0]!, ({ kind }) => kind !== "conv" && kind !== "dense");
    return [{ layer: layerOf(last), evidence: `${count(width)} outputs for ${count(classes)} classes` }];
  },
};

/** Parameters of a dense layer below which nobody minds. */
const fewParameters = 250_000;

const denseHoldsMost: Rule = {
  id: "dense-holds-most",
  severity: "warning",
  title: "A dense layer holds most parameters",
  rule: `a dense layer over a flattened map that has at least half of all parameters and at least ${count(fewParameters)}`,
  why: "It has weights of its own for every place of the map, which overfits, takes memory, and fixes the pictures' size.",
  fix: "Put AdaptiveAvgPool2d(1) before Flatten and make the dense layer for one value a channel.",
  docs: "docs/pooling.md#adaptive-and-global-pooling",
  find: (design) =>
    design.steps.flatMap((step): Case[] => {
      if (step.kind !== "dense" || step.parameters < fewParameters) return [];
      if (step.parameters < design.parameters / 2) return [];
      const map = behind(step.from[0]!, ({ node }) => node.shape.length !== 4);
      const [rows, columns] = mapOf(map);
      if (map.node.shape.length !== 4 || map.kind === "input" || rows * columns < 2) return [];
      const channels = map.node.shape[1]!;
      const outputs = step.node.shape.at(-1)!;
      const then = (channels + (step.hasBias ? 1 : 0)) * outputs;
      return [
        {
          layer: layerOf(step),
          evidence: `${count(step.parameters)} of ${count(design.parameters)} parameters (${percent(step.parameters / design.parameters)}) read ${count(channels)} maps of ${rows}×${columns}; behind a global mean it would be ${count(then)}`,
        },
      ];
    }),
};

/** Parameters for each sample from which on there is a note, and a warning. */
const manyForEach = 100;
const farTooMany = 1000;

const moreThanSamples: Rule = {
  id: "more-parameters-than-samples",
  severity: "warning",
  title: "Far more parameters than samples",
  rule: `more than ${farTooMany} trainable parameters for each training sample (a note from ${manyForEach})`,
  why: "Such a network can learn every training picture by heart, and tells little about others.",
  fix: "Take a smaller network, more or augmented data, or pretrained weights with most layers frozen; watch the validation loss.",
  docs: "docs/regularization.md#when-to-use-which",
  find: ({ parameters, samples }) => {
    if (samples === null || parameters / samples <= manyForEach) return [];
    const each = parameters / samples;
    return [
      {
        layer: "",
        evidence: `${count(parameters)} trainable parameters for ${count(samples)} samples: ${count(each)} for each`,
        severity: each > farTooMany ? "warning" : "note",
      },
    ];
  },
};

/** Rules on the head, the loss and the number of parameters. */
export const headRules: readonly Rule[] = [
  softmaxTwice,
  lossFits,
  headWidth,
  denseHoldsMost,
  moreThanSamples,
];
