// Rules on what follows what: layers that undo or repeat each other.

import type { Case, Rule } from "./findings.ts";
import type { Step } from "./steps.ts";
import { behind, count, isGlobal, isWeighted, layerOf } from "./walks.ts";

/** True for steps that are linear in their input, so that two weighted layers around them are one. */
function keepsLinear({ kind }: Step): boolean {
  return kind === "linear" || kind === "batchNorm" || kind === "norm" || kind === "avgPool";
}

const linearLinear: Rule = {
  id: "linear-linear",
  severity: "warning",
  title: "Two linear layers in a row",
  rule: "two convolutions or dense layers with no activation or max pooling between; normalisation doesn't count, and factorisations (half as many values between, depthwise, 1×k and k×1) are left alone",
  why: "Two linear maps in a row are one linear map: the second layer adds weights and work and nothing that one layer could not learn.",
  fix: "Put an activation between them, such as ReLU, or leave one of them out.",
  docs: "docs/perceptron.md#layers-of-neurons",
  find: ({ steps }) =>
    steps.flatMap((step): Case[] => {
      if ((step.kind !== "conv" && step.kind !== "dense") || step.from.length !== 1) return [];
      const earlier = behind(step.from[0]!, keepsLinear);
      if ((earlier.kind !== "conv" && earlier.kind !== "dense") || isFactorisation(earlier, step)) return [];
      const [from, between] = widths(earlier);
      const [, to] = widths(step);
      return [
        {
          layer: layerOf(step),
          evidence: `${layerOf(earlier) || "a layer"} before it goes from ${count(from)} to ${count(between)} values for each place, this one to ${count(to)}, with no activation between`,
        },
      ];
    }),
};

/** Values that go into one result, and results: of a convolution, in each window. */
function widths(step: Step): readonly [number, number] {
  const g = step.conv;
  if (g) return [g.groups * g.inChannels * g.kernelH * g.kernelW, g.groups * g.outChannels];
  const { op, inputs } = step.node;
  const isTransposed = op.kind === "matmul" && op.transposeA;
  return [inputs[0]!.shape.at(isTransposed ? -2 : -1)!, step.node.shape.at(-1)!];
}

/** Two layers that take the place of a larger one on purpose. */
function isFactorisation(first: Step, second: Step): boolean {
  const [from, between] = widths(first);
  const [, to] = widths(second);
  if (2 * between <= Math.min(from, to)) return true;
  const [a, b] = [first.conv, second.conv];
  if ((a?.groups ?? 1) > 1 || (b?.groups ?? 1) > 1) return true;
  if (!a || !b) return false;
  const isColumn = (g: typeof a) => g.kernelH > 1 && g.kernelW === 1;
  const isRow = (g: typeof a) => g.kernelW > 1 && g.kernelH === 1;
  return (isColumn(a) && isRow(b)) || (isRow(a) && isColumn(b));
}

const biasBeforeNorm: Rule = {
  id: "bias-before-batch-norm",
  severity: "note",
  title: "Bias before batch normalisation",
  rule: "a convolution or dense layer with a bias whose result goes to a batch normalisation",
  why: "The normalisation subtracts the mean and the bias with it, and has a bias of its own.",
  fix: "Make the layer with bias: false.",
  docs: "docs/normalization.md#pitfalls",
  find: ({ steps }) =>
    steps.flatMap((step): Case[] => {
      if (step.kind !== "batchNorm") return [];
      // A maximum or a view of shifted values is shifted by as much.
      const isShifted = ({ kind, node, readers }: Step) =>
        readers.length === 1 && (kind === "maxPool" || node.op.kind === "view");
      const layer = behind(step.from[0]!, isShifted);
      if ((layer.kind !== "conv" && layer.kind !== "dense") || !layer.hasBias || layer.readers.length > 1)
        return [];
      const [, biases] = widths(layer);
      return [
        { layer: layerOf(layer), evidence: `${count(biases)} biases without effect before ${layerOf(step)}` },
      ];
    }),
};

const dropoutBeforeNorm: Rule = {
  id: "dropout-before-batch-norm",
  severity: "warning",
  title: "Dropout before batch normalisation",
  rule: "a dropout with p above 0 and a batch normalisation behind it, with at most one convolution or dense layer and no shortcut between",
  why: "Dropout changes the variance while training and not in evaluation, and the running variance was learned with it: evaluation is normalised wrongly.",
  fix: "Move the dropout behind the last batch normalisation, usually before the last dense layer.",
  docs: "docs/regularization.md#pitfalls",
  find: ({ steps }) =>
    steps.flatMap(({ dropouts, readers }) =>
      dropouts.flatMap((dropout): Case[] => {
        const norm = firstNorm(readers);
        if (!norm) return [];
        const { p } = dropout.module as unknown as { p: number };
        return [
          {
            layer: dropout.path,
            evidence: `p = ${p} before ${layerOf(norm)}: while training values have ${(1 / (1 - p)).toFixed(2)} times the mean square that they have in evaluation`,
          },
        ];
      }),
    ),
};

/** The nearest batch normalisation behind steps, past one weighted layer at most; null where there is none. */
function firstNorm(readers: readonly Step[]): Step | null {
  const stack = readers.map((step) => ({ step, layers: 0 }));
  const seen = new Set<Step>();
  while (stack.length > 0) {
    const { step, layers } = stack.pop()!;
    if (step.kind === "batchNorm") return step;
    const passed = layers + (isWeighted(step) ? 1 : 0);
    const ends = passed > 1 || ["norm", "vectorNorm", "add"].includes(step.kind) || isGlobal(step);
    if (ends || seen.has(step)) continue;
    seen.add(step);
    stack.push(...step.readers.map((reader) => ({ step: reader, layers: passed })));
  }
  return null;
}

const uncalled: Rule = {
  id: "layer-not-called",
  severity: "warning",
  title: "Layer that is not called",
  rule: "a layer with parameters that forward() does not call in evaluation",
  why: "Its weights are saved, counted and never trained. Mostly a line is missing in forward().",
  fix: "Call it in forward(), or take it out; a head for training alone may stay.",
  docs: "docs/summary.md#what-it-does-not-do",
  find: (design) =>
    design.uncalled.map(([layer, parameters]) => ({
      layer,
      evidence: `${count(parameters)} parameters that nothing uses`,
    })),
};

/** Rules on what follows what. */
export const orderRules: readonly Rule[] = [linearLinear, biasBeforeNorm, dropoutBeforeNorm, uncalled];
