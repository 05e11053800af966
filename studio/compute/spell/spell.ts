// One number of any step's output: how it came about, and what becomes of it where it stands.

import type { TracedStep } from "../../../src/entry/inspect.ts";
import { nn } from "../../../src/index.ts";
import { at } from "./cells.ts";
import { spellConv } from "./spellConv.ts";
import type { Following, Spelling, Sum } from "./spelling.ts";
import { spellLinear } from "./spellLinear.ts";
import { spellPool } from "./spellPool.ts";

/** The number at `cell` (an index without the batch axis) of a step that has run. */
export function spell(steps: readonly TracedStep[], step: number, cell: readonly number[]): Spelling {
  const { output } = steps[step]!;
  return {
    step,
    cell,
    value: at(output, cell),
    sum: sumOf(steps[step]!, cell),
    following: followingOf(steps, step, cell),
  };
}

function sumOf(step: TracedStep, cell: readonly number[]): Sum {
  const { layer, inputs, output } = step;
  const [x] = inputs;
  if (!x) return { kind: "other" };
  if (layer instanceof nn.Conv2d) return spellConv(layer, x, cell);
  if (layer instanceof nn.Linear) return spellLinear(layer, x, cell);
  if (layer instanceof nn.BatchNorm2d || layer instanceof nn.BatchNorm1d)
    return spellNorm(layer, at(x, cell), cell[0]!);
  const pooled = layer && x.rank === 4 ? spellPool(layer, x, cell) : null;
  if (pooled) return pooled;
  const isInPlace = isOnItsPlace(step) && inputs.every(({ shape }) => shape.length <= output.rank);
  return isInPlace ? { kind: "function", inputs: inputs.map((input) => at(input, cell)) } : { kind: "other" };
}

/** In evaluation: `(x − mean) / √(variance + eps) · weight + bias` of the channel. */
function spellNorm(layer: nn.BatchNorm2d | nn.BatchNorm1d, x: number, channel: number): Sum {
  const { running_mean, running_var, weight, bias, eps } = layer;
  if (!running_mean || !running_var) return { kind: "other" };
  const of = (tensor: { dataSync(): ArrayLike<number> } | null, other: number) =>
    tensor ? tensor.dataSync()[channel]! : other;
  const parts = {
    mean: of(running_mean, 0),
    variance: of(running_var, 1),
    weight: of(weight, 1),
    bias: of(bias, 0),
  };
  const total = ((x - parts.mean) / Math.sqrt(parts.variance + eps)) * parts.weight + parts.bias;
  return { kind: "norm", x, eps, ...parts, total };
}

/** Whether each number of the output is made of those at the same place. */
function isOnItsPlace({ layer, kind, inputs, output }: TracedStep): boolean {
  if (layer instanceof nn.BatchNorm2d || layer instanceof nn.BatchNorm1d) return true;
  if (layer) return isActivation(layer) && inputs[0]?.size === output.size;
  return kind !== "matmul" && inputs.some(({ shape }) => shape.join() === output.shape.join());
}

const activations = [
  nn.ReLU,
  nn.ReLU6,
  nn.LeakyReLU,
  nn.PReLU,
  nn.ELU,
  nn.SELU,
  nn.GELU,
  nn.SiLU,
  nn.Mish,
  nn.Hardswish,
  nn.Hardsigmoid,
  nn.Hardtanh,
  nn.CELU,
  nn.Softplus,
  nn.Softsign,
  nn.LogSigmoid,
  nn.Step,
  nn.Threshold,
  nn.Softshrink,
  nn.Hardshrink,
  nn.Tanhshrink,
  nn.Sigmoid,
  nn.Tanh,
];

function isActivation(layer: nn.Part): boolean {
  return activations.some((one) => layer instanceof one);
}

/** The steps that work on the number where it stands, one after the other. */
function followingOf(steps: readonly TracedStep[], step: number, cell: readonly number[]): Following[] {
  const found: Following[] = [];
  for (let now = step; ; ) {
    const next = steps.findIndex(({ from }) => from.includes(now));
    const reader = steps[next];
    const { output } = steps[now]!;
    if (!reader || reader.output.shape.join() !== output.shape.join() || !isOnItsPlace(reader)) return found;
    found.push({
      step: next,
      inputs: reader.inputs.map((input) => at(input, cell)),
      value: at(reader.output, cell),
    });
    now = next;
  }
}
