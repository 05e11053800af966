// Rules on a network as a whole: its depth, its activations and normalisations, and how channels and maps go along.

import type { Case, Design, Rule } from "./findings.ts";
import type { Step } from "./steps.ts";
import { after, before, count, isPicture, isWeighted, layerOf, listed, mapOf } from "./walks.ts";

/** Layers in a row that are trained without shortcuts at most: VGG-19 has 19. */
const deepest = 20;

const noResiduals: Rule = {
  id: "deep-without-residuals",
  severity: "warning",
  title: "Deep without shortcuts",
  rule: `more than ${deepest} layers with weights in a row and no shortcut around any of them`,
  why: "Gradients are multiplied by every layer on the way back, and deep plain networks end with a higher training error than shallow ones. With a shortcut a block is at worst the identity.",
  fix: "Add the input of every two or three layers to their result (BasicBlock, Bottleneck of fovea/vision).",
  docs: "docs/models.md#how-to-design-one",
  find: ({ steps }) => {
    const runs = new Map<Step, number>();
    let longest: Step | null = null;
    for (const step of steps) {
      const earlier = step.from.map((from) => runs.get(from)!);
      // A concatenation goes on from its shortest branch; a sum, and the gates of a recurrent layer, begin anew.
      let run = step.kind === "join" ? Math.min(...earlier) : Math.max(0, ...earlier);
      if (step.kind === "add" || step.kind === "recurrent") run = 0;
      else if (isWeighted(step)) run++;
      runs.set(step, run);
      if (!longest || run > runs.get(longest)!) longest = step;
    }
    const run = longest ? runs.get(longest)! : 0;
    if (!longest || run <= deepest) return [];
    return [
      {
        layer: layerOf(longest),
        evidence: `${run} layers with weights in a row end here, without a shortcut`,
      },
    ];
  },
};

/** Weighted layers from which on a network is expected to normalise. */
const manyLayers = 8;

const noNormalization: Rule = {
  id: "no-normalization",
  severity: "note",
  title: "Deep without normalisation",
  rule: `at least ${manyLayers} convolutions and dense layers, and no normalisation`,
  why: "Without it the scale of the values grows or shrinks from layer to layer, so that initial values and learning rate have to be chosen with care.",
  fix: "Put BatchNorm2d behind each convolution (GroupNorm for batches under 8), with bias: false before it.",
  docs: "docs/normalization.md#when-to-use-which",
  find: ({ steps }) => {
    const layers = steps.filter(({ kind }) => kind === "conv" || kind === "dense");
    const isNorm = ({ kind }: Step) => kind === "batchNorm" || kind === "norm" || kind === "vectorNorm";
    if (layers.length < manyLayers || steps.some(isNorm)) return [];
    return [{ layer: "", evidence: `${layers.length} layers with weights, no normalisation` }];
  },
};

/** Activations whose slope goes to 0 on both sides, and their largest slope. */
const saturating: Readonly<Record<string, number>> = { sigmoid: 1 / 4, tanh: 1, softsign: 1 };

const saturatingHidden: Rule = {
  id: "saturating-hidden",
  severity: "warning",
  title: "Saturating activation in hidden layers",
  rule: "sigmoid, tanh or softsign before a further layer with weights; a note for up to three of tanh and softsign, or a single sigmoid. Gates and recurrent layers are left alone",
  why: "Their slope goes to 0 for large sums, and that of sigmoid is never above ¼, so that little of the gradient reaches the first layers.",
  fix: "Take ReLU, or one of its relatives, in hidden layers; keep sigmoid for outputs and gates.",
  docs: "docs/activations.md#the-gradient-that-vanishes",
  find: ({ steps }) => {
    const hidden = steps.filter(
      (step) =>
        step.kind === "activation" &&
        step.name in saturating &&
        !step.readers.every(({ kind }) => kind === "gate") &&
        [...before(step)].some(isWeighted) &&
        [...after(step)].some(isWeighted),
    );
    return Object.keys(saturating).flatMap((name): Case[] => {
      const own = hidden.filter((step) => step.name === name);
      if (own.length === 0) return [];
      const slope = saturating[name]!;
      const passes =
        slope < 1
          ? `; all that lie on one way pass at most 1/${count((1 / slope) ** mostInARow(steps, own))} of a gradient`
          : "";
      const isLight = own.length <= (slope < 1 ? 1 : 3);
      return [
        {
          layer: layerOf(own[0]!) || layerBehind(own[0]!),
          evidence: `${name} ${own.length === 1 ? "once" : `${own.length} times`}, behind ${listed(own.map(layerBehind))}${passes}`,
          ...(isLight && { severity: "note" }),
        },
      ];
    });
  },
};

/** The largest number of some steps that lie on one way through the model. */
function mostInARow(steps: readonly Step[], some: readonly Step[]): number {
  const counted = new Set(some);
  const passed = new Map<Step, number>();
  for (const step of steps) {
    const earlier = step.from.map((from) => passed.get(from)!);
    passed.set(step, Math.max(0, ...earlier) + (counted.has(step) ? 1 : 0));
  }
  return Math.max(...passed.values());
}

/** The path of the nearest weighted layer before a step. */
function layerBehind(step: Step): string {
  let at: Step | undefined = step;
  while (at && !isWeighted(at)) at = at.from[0];
  return at ? layerOf(at) : "";
}

/** Channels at first from which on a constant number is no bottleneck. */
const wideFromStart = 128;

const stuckChannels: Rule = {
  id: "channels-do-not-grow",
  severity: "warning",
  title: "Channels do not grow",
  rule: `a classifier whose map shrinks at least twice (to two thirds of its places or fewer each time) and never has more channels than at first (a note from ${wideFromStart} on)`,
  why: "Each halving leaves a quarter of the numbers, so that the network forgets what it saw before it could use it.",
  fix: "Double the channels wherever the map is halved: 32, 64, 128.",
  docs: "docs/models.md#how-to-design-one",
  find: (design) => {
    const levels = levelsOf(design);
    if (levels.length < 3 || design.outputs.some(isPicture)) return [];
    const [first, ...later] = levels;
    const widest = Math.max(...later.map(({ channels }) => channels));
    if (widest > first!.channels) return [];
    const shown = levels.map(({ channels, map }) => `${channels} at ${map.join("×")}`);
    return [
      {
        layer: layerOf(levels.at(-1)!.step),
        evidence: `channels: ${shown.join(", ")}`,
        ...(first!.channels >= wideFromStart && { severity: "note" }),
      },
    ];
  },
};

interface Level {
  readonly places: number;
  readonly channels: number;
  readonly map: readonly [number, number];
  readonly step: Step;
}

/** Maps from large to small with the most channels that they have; those of nearly one size count as one. */
function levelsOf({ steps }: Design): Level[] {
  const levels: Level[] = [];
  for (const step of steps) {
    if (step.kind !== "conv") continue;
    const map = mapOf(step);
    const places = map[0] * map[1];
    const channels = step.node.shape[1]!;
    if (places < 2) continue;
    const last = levels.at(-1);
    if (last && places > last.places) continue;
    if (!last || places < last.places / 1.5) levels.push({ places, channels, map, step });
    else if (channels > last.channels) levels[levels.length - 1] = { ...last, channels, step };
  }
  return levels;
}

/** Rules on a network as a whole. */
export const depthRules: readonly Rule[] = [noResiduals, noNormalization, saturatingHidden, stuckChannels];
