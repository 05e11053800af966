// Rules on single layers while they train: gradients that do not arrive, and units that have gone silent.
import { median } from "../base/median.ts";
import type { Case } from "../design/index.ts";
import type { ActivationVitals, ParameterVitals } from "../train/vitals.ts";
import { rule } from "./findings.ts";
import { type History, weightsOf } from "./history.ts";

/** Gradient of the first weight layer as a share of the last one's, outside of which it is told. */
const vanishing = 1e-4;
const exploding = 1e3;
/** Gradient as a multiple of the weight, beyond which it explodes wherever it comes from. */
const overwhelming = 1e3;
/** Weight layers from which first and last can be compared. */
const fewestLayers = 3;
/** Readings that must agree. */
const agreeing = 3;
/** Share of a layer's units, and of its values, from which it is told. */
const manyDead = 0.5;
const manySaturated = 0.5;
/** Loss, as a share of that of an even guess, above which saturated units are in the way of learning. */
const highLoss = 0.5;
/** Share of dead units from which nothing gets through. */
const allDead = 0.99;

export const layerRules = [
  rule({
    id: "no-gradient",
    severity: "error",
    title: "A layer gets no gradient",
    rule: `the gradient of a weight that the optimizer holds is missing or exactly 0 at ${agreeing} readings in a row`,
    why: "What gets no gradient stays as it was made at random. Somewhere between it and the loss the graph is cut, or every unit on the way is dead.",
    fix: "Look for detach() or values that were read and wrapped again, for layers that forward() leaves out, for weights that are all 0, and for dead ReLUs; freeze the layer where it is meant to stay.",
    docs: "docs/doctor.md#no-gradient",
    automatic: null,
    when: ["vitals"],
    look: (history) => {
      const last = lastReadings(history);
      const [newest] = last.slice(-1);
      return (newest ? weightsOf(newest) : []).flatMap(({ name }): Case[] => {
        const gradients = last.map(
          ({ parameters }) => parameters.find((p) => p.name === name)?.gradient ?? 0,
        );
        if (gradients.some((gradient) => gradient !== 0)) return [];
        return [{ layer: name, evidence: `no gradient at steps ${last.map(({ step }) => step).join(", ")}` }];
      });
    },
  }),
  rule({
    id: "vanishing-gradients",
    severity: "warning",
    title: "Gradients vanish on their way to the first layers",
    rule: `over the last ${agreeing} readings, the first weight layer's gradient is typically under ${vanishing} of the last one's`,
    why: "Each layer multiplies the gradient by its slope; slopes under 1 leave the first layers with nothing to learn from, and they are those that see the picture.",
    fix: "Take ReLU in place of sigmoid or tanh, batch normalisation, He's initial weights, residual connections.",
    docs: "docs/doctor.md#vanishing-gradients",
    automatic: null,
    when: ["vitals"],
    look: (history) => flowCases(history, (flow) => flow > 0 && flow < vanishing),
  }),
  rule({
    id: "exploding-gradients",
    severity: "warning",
    title: "Gradients explode",
    rule: `over the last ${agreeing} readings, the first weight layer's gradient is typically over ${exploding} times the last one's, or all weight layers' gradients are over ${overwhelming} times their weights`,
    why: "Each layer multiplies what goes forward and the gradient that comes back by its weights; where they are large, both grow from layer to layer, and no step size suits all of them.",
    fix: "Take initial weights that keep the spread (He's for ReLU), batch normalisation, and clip= for rare large gradients.",
    docs: "docs/doctor.md#exploding-gradients",
    automatic: null,
    when: ["vitals"],
    look: (history) => {
      const cases = flowCases(history, (flow) => flow > exploding);
      return cases.length > 0 ? cases : overwhelmedCases(history);
    },
  }),
  rule({
    id: "dead-relus",
    severity: "warning",
    title: "Many ReLUs are dead",
    rule: `in two readings in a row, at least ${percent(manyDead)} of a layer's units are 0 for every sample of a batch; from ${percent(allDead)} on it is an error`,
    why: "A unit that is 0 for every sample has no gradient and does not come back: the layer is narrower than it was drawn. It happens where a step was too large or biases are far below 0.",
    fix: "Lower the learning rate or warm it up, normalise before the activation, or take leakyRelu.",
    docs: "docs/doctor.md#dead-relus",
    automatic: null,
    when: ["vitals"],
    look: (history) =>
      activationCases(history, ({ kind, dead, units, layer }) => {
        if (kind !== "relu" || dead < manyDead) return null;
        const evidence = `${Math.round(dead * units)} of ${units} units are 0 for a whole batch`;
        return { layer, evidence, ...(dead >= allDead && { severity: "error" as const }) };
      }),
  }),
  rule({
    id: "saturated-units",
    severity: "warning",
    title: "Sigmoids or tanhs are saturated",
    rule: `in two readings in a row, at least ${percent(manySaturated)} of a layer's values lie in the outer hundredth of the range, and the loss is still over ${percent(highLoss)} of that of an even guess; a network that has learned is sure of itself`,
    why: "Far out the curve is flat: the slope there is under a hundredth, so that layer and all before it hardly learn.",
    fix: "Normalise inputs, start with smaller weights, put batch normalisation before the activation, or take ReLU.",
    docs: "docs/doctor.md#saturated-units",
    automatic: null,
    when: ["vitals"],
    look: (history) => {
      const { smoothed, start, firstLoss } = history;
      if (smoothed < highLoss * (start?.chanceLoss ?? firstLoss ?? 0)) return [];
      return activationCases(history, ({ kind, saturated, layer }) =>
        kind === "relu" || saturated < manySaturated
          ? null
          : { layer, evidence: `${percent(saturated)} of the values of a ${kind} lie at its ends` },
      );
    },
  }),
];

function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}

/** The last readings that must agree; none where there are fewer. */
function lastReadings({ readings }: History) {
  return readings.length < agreeing ? [] : readings.slice(-agreeing);
}

/** First and last weight layer in the order in which the model has them, which is that of its forward pass as a rule. */
function flowCases(history: History, isBad: (flow: number) => boolean): Case[] {
  const flows = lastReadings(history).flatMap((reading) => {
    const layers = weightsOf(reading).filter(({ gradient }) => gradient !== null && gradient > 0);
    const [first, last] = [layers[0], layers.at(-1)];
    return first && last && layers.length >= fewestLayers ? [{ first, last, flow: flowOf(first, last) }] : [];
  });
  if (flows.length < agreeing || !isBad(median(flows.map(({ flow }) => flow)))) return [];
  const { first, last, flow } = flows.at(-1)!;
  const evidence = `gradient ${first.gradient!.toExponential(1)} here and ${last.gradient!.toExponential(1)} at ${last.name}: ${flow.toExponential(1)} of it`;
  return [{ layer: first.name, evidence }];
}

/** All weight layers' gradients far larger than the weights. */
function overwhelmedCases(history: History): Case[] {
  const smallest = lastReadings(history).map((reading) =>
    weightsOf(reading)
      .map(({ name, gradient, weight }) => ({ name, ratio: (gradient ?? 0) / weight }))
      .reduce((least, layer) => (layer.ratio < least.ratio ? layer : least), {
        name: "",
        ratio: Number.POSITIVE_INFINITY,
      }),
  );
  if (smallest.length < agreeing || !smallest.every(({ name, ratio }) => name !== "" && ratio > overwhelming))
    return [];
  const { name, ratio } = smallest.at(-1)!;
  const evidence = `every layer's gradient is at least ${ratio.toExponential(1)} times its weights; the least of them is ${name}'s`;
  return [{ layer: "", evidence }];
}

function flowOf(first: ParameterVitals, last: ParameterVitals): number {
  return first.gradient! / last.gradient!;
}

/** Cases that both of the last two readings of the activations show; told as the later one has it. */
function activationCases(
  { activations }: History,
  find: (activation: ActivationVitals) => Case | null,
): Case[] {
  const [before, now] = activations;
  if (!before || !now) return [];
  return now.flatMap((activation, i) => {
    const earlier = before[i];
    const found = find(activation);
    return found && earlier && find(earlier) ? [found] : [];
  });
}
