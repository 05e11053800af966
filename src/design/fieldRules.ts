// Rules on what layers see of the picture, and on poolings.

import type { FieldAxis } from "../inspect/receptiveField.ts";
import type { Case, Design, Rule } from "./findings.ts";
import type { Step } from "./steps.ts";
import {
  after,
  before,
  coversMap,
  isGlobal,
  isPicture,
  isWeighted,
  layerOf,
  percent,
  sourceMap,
} from "./walks.ts";

/** The last convolution that looks at neighbours in a map of the first input; null for models of other kinds. */
function lastOverMap(design: Design): { step: Step; axis: FieldAxis } | null {
  if (design.inputs[0]!.length !== 4 || design.outputs.some(isPicture)) return null;
  const step = design.steps.findLast(
    (one) => one.kind === "conv" && one.conv!.kernelH * one.conv!.kernelW > 1 && !coversMap(one),
  );
  if (!step) return null;
  const axes = design.field(step).axes.filter(({ input }) => input === 0);
  // Of both axes the one of which less is seen.
  const axis = axes.sort((a, b) => a.field / a.size - b.field / b.size)[0];
  return axis ? { step, axis } : null;
}

/** Share of the picture below which too little is seen where the map is averaged; a note below all of it. */
const leastAveraged = 1 / 2;
/** The same where a dense layer reads all places of the map, and puts together itself what they see. */
const leastFlattened = 1 / 4;
const farTooLarge = 8;

const smallField: Rule = {
  id: "receptive-field-too-small",
  severity: "warning",
  title: "Receptive field too small",
  rule: `the last convolution sees less than ${leastAveraged * 100}% of the picture's side and is averaged after it (a note below 100%), or less than ${leastFlattened * 100}% before a dense layer over all places (a note); not where attention or recurrence follows`,
  why: "A unit decides by what lies in its field alone: parts of an object that never lie in one field together can't be told to belong together.",
  fix: "Add a stride or pooling early, further 3×3 layers, or dilation, until the field covers what is to be recognised.",
  docs: "docs/summary.md#receptive-fields",
  find: (design) => {
    const last = lastOverMap(design);
    if (!last) return [];
    const { step, axis } = last;
    const share = axis.field / axis.size;
    const later = [...after(step)];
    // Attention and recurrence bring places together that lie far apart.
    if (later.some(({ kind }) => kind === "other" || kind === "recurrent")) return [];
    const averaged = later.some((one) => one.kind === "avgPool" && isGlobal(one));
    if (share >= (averaged ? 1 : leastFlattened)) return [];
    return [
      {
        layer: layerOf(step),
        evidence: `sees ${axis.field} of ${axis.size} pixels (${percent(share)}) along an axis`,
        severity: averaged && share < leastAveraged ? "warning" : "note",
      },
    ];
  },
};

const largeField: Rule = {
  id: "receptive-field-too-large",
  severity: "note",
  title: "Receptive field far too large",
  rule: `the last convolution sees more than ${farTooLarge} times the picture's side`,
  why: "Most of what its units see is padding around the picture. The network was made for larger pictures, and shrinks these to almost nothing.",
  fix: "Take a network for small pictures, leave out strides and poolings at the start, or give larger pictures.",
  docs: "docs/summary.md#receptive-fields",
  find: (design) => {
    const last = lastOverMap(design);
    if (!last || last.axis.field <= farTooLarge * last.axis.size) return [];
    const { step, axis } = last;
    return [{ layer: layerOf(step), evidence: `sees ${axis.field} pixels of a picture of ${axis.size}` }];
  },
};

const earlyAverage: Rule = {
  id: "average-pool-early",
  severity: "note",
  title: "Average pooling among the features",
  rule: "an average pooling of windows of a map with a convolution behind it; with stride 1 it doesn't count",
  why: "A mean blurs a feature that was found in one place with the places around it; a maximum keeps it.",
  fix: "Take max pooling or a convolution with stride 2 here, and keep the mean for the head.",
  docs: "docs/pooling.md#maximum-and-mean",
  find: ({ steps }) =>
    steps.flatMap((step): Case[] => {
      const g = step.pool;
      if (step.kind !== "avgPool" || !g || isGlobal(step) || Math.max(g.strideH, g.strideW) < 2) return [];
      if (![...before(step)].some(isWeighted)) return [];
      if (![...after(step)].some(({ kind }) => kind === "conv")) return [];
      return [
        {
          layer: layerOf(step),
          evidence: `means of ${g.kernelH}×${g.kernelW} take the map from ${g.inH}×${g.inW} to ${g.outH}×${g.outW}, and convolutions follow`,
        },
      ];
    }),
};

/** Places of a map from which on its single largest value is a poor summary. */
const manyPlaces = 16;

const maximumAtHead: Rule = {
  id: "max-pool-at-head",
  severity: "note",
  title: "Global max pooling at the head",
  rule: `a maximum over a whole map of at least ${manyPlaces} places, and no convolution behind it`,
  why: "Only one place of each map has a gradient, and one outlier decides. The mean hears all places.",
  fix: "Take AdaptiveAvgPool2d(1).",
  docs: "docs/pooling.md#adaptive-and-global-pooling",
  find: ({ steps }) =>
    steps.flatMap((step): Case[] => {
      if (step.kind !== "maxPool" || !isGlobal(step)) return [];
      const later = after(step);
      if ([...later].some(({ kind }) => kind === "conv" || kind === "gate")) return [];
      const [rows, columns] = sourceMap(step);
      if (rows * columns < manyPlaces) return [];
      return [{ layer: layerOf(step), evidence: `one of ${rows}×${columns} places is kept` }];
    }),
};

/** Rules on fields and poolings. */
export const fieldRules: readonly Rule[] = [smallField, largeField, earlyAverage, maximumAtHead];
