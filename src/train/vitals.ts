// Signs of how a network fares in a step: sizes of weights, gradients and updates, and which units have gone silent. Read beside the step,
// whose program stays as it is, so that a run that is watched gives the same bits as one that is not.
import type { TypedArray } from "../base/dtype.ts";
import type { Node } from "../graph/node.ts";
import type { Module, Parameter } from "../nn/module/module.ts";
import { inEvaluation } from "../nn/module/watch.ts";
import { noGrad } from "../tensor/gradmode.ts";
import { Tensor } from "../tensor/tensor.ts";
import { ancestors, type LayerWatch, watchLayers } from "./layerSpans.ts";

/** Root mean squares of a parameter in one step. Of large ones evenly spaced elements stand for all. */
export interface ParameterVitals {
  /** Dotted path. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Of the weights before the step. */
  readonly weight: number;
  /** Of the gradient that the step was taken with; null where there was none. */
  readonly gradient: number | null;
  /** Of what the step added. */
  readonly update: number;
}

/** What the units of one activation gave for a batch. A unit is a channel of a feature map, or a feature of a dense layer. */
export interface ActivationVitals {
  /** Dotted path of the layer in which it is called, or else of the one whose result it takes. */
  readonly layer: string;
  readonly kind: "relu" | "sigmoid" | "tanh";
  readonly units: number;
  /** Share of the units that gave 0 for every sample; of ReLU alone. */
  readonly dead: number;
  /** Share of the values in the outer hundredth of the range on either side; of sigmoid and tanh alone. */
  readonly saturated: number;
}

/** The inputs of a batch as the network takes them. */
export interface InputVitals {
  readonly mean: number;
  readonly std: number;
}

/** All signs of a step. */
export interface Vitals {
  /** Of the run's first step alone: they change little. */
  readonly input: InputVitals | null;
  /** In the order in which the model has them; those that the optimizer does not change are left out. */
  readonly parameters: readonly ParameterVitals[];
  /** Empty at most steps: reading them takes a forward pass. */
  readonly activations: readonly ActivationVitals[];
}

/** Elements of a parameter that are looked at, at most. */
const mostElements = 1 << 16;
/** Steps between two readings: closer together at first. */
const firstSteps: ReadonlySet<number> = new Set([1, 2, 5, 10]);
const often = { every: 25, until: 200 };
const seldom = 100;
/** Steps at which activations are read, and how often later. */
const activationSteps: ReadonlySet<number> = new Set([25, 100]);
const activationsEvery = 500;

/** Whether the signs of a step are read: `step` counts from 1 over the whole run. */
export function isVitalStep(step: number): boolean {
  if (firstSteps.has(step)) return true;
  return step % (step <= often.until ? often.every : seldom) === 0;
}

/** Whether its activations are read too. */
export function readsActivations(step: number): boolean {
  return activationSteps.has(step) || step % activationsEvery === 0;
}

/** Begins before a step, and reads after it. */
export class StepWatch {
  readonly #model: Module;
  readonly #before: readonly { name: string; parameter: Parameter; values: TypedArray }[];

  constructor(model: Module, trained: ReadonlySet<Tensor>) {
    this.#model = model;
    this.#before = [...model.namedParameters()]
      .filter(([, parameter]) => trained.has(parameter) && parameter.requiresGrad)
      .map(([name, parameter]) => ({ name, parameter, values: sampled(parameter.dataSync()) }));
  }

  /** The signs of the step that was taken with a batch `x`. */
  read(x: Tensor, { input, activations }: { input: boolean; activations: boolean }): Vitals {
    const parameters = this.#before.map(({ name, parameter, values }): ParameterVitals => {
      const after = sampled(parameter.dataSync());
      for (let i = 0; i < after.length; i++) after[i]! -= values[i]!;
      const gradient = parameter.grad ? rms(sampled(parameter.grad.dataSync())) : null;
      return { name, shape: parameter.shape, weight: rms(values), gradient, update: rms(after) };
    });
    return {
      input: input ? inputVitals(x) : null,
      parameters,
      activations: activations ? readActivations(this.#model, x) : [],
    };
  }
}

/** A copy of evenly spaced elements. */
function sampled(values: TypedArray): TypedArray {
  if (values.length <= mostElements) return values.slice();
  // An odd distance meets every row and column of arrays whose sizes are powers of two.
  const distance = Math.ceil(values.length / mostElements) | 1;
  return Float32Array.from({ length: Math.floor(values.length / distance) }, (_, i) => values[i * distance]!);
}

function rms(values: TypedArray): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum / values.length);
}

function inputVitals(x: Tensor): InputVitals {
  const values = sampled(x.detach().dataSync());
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, std: Math.sqrt(squares / values.length) };
}

const kinds: ReadonlySet<string> = new Set(["relu", "sigmoid", "tanh"]);
/** Bounds of the outer hundredth of the range. */
const outer = { sigmoid: [0.01, 0.99], tanh: [-0.98, 0.98] } as const;

/** What the activations between layers give for a batch, in evaluation mode, so that neither statistics nor dropout play a part. */
function readActivations(model: Module, x: Tensor): ActivationVitals[] {
  const watch = watchLayers(model);
  try {
    return noGrad(() => {
      const output = inEvaluation(model, () => model.forward(x.detach())).node;
      const found = hiddenActivations(output).map((node) => {
        const y = new Tensor(node);
        const kind = node.signature.name as ActivationVitals["kind"];
        const others = y.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
        // ReLU: share of the samples and places at which a unit is above 0 [units]; else share of values far out [units]
        const share =
          kind === "relu"
            ? y.gt(0).cast("float32").mean(others)
            : y.lt(outer[kind][0]).or(y.gt(outer[kind][1])).cast("float32").mean(others);
        return { layer: layerOf(node, watch), kind, share: share.retain() };
      });
      return found.map(({ layer, kind, share }): ActivationVitals => {
        const values = [...share.dataSync()] as number[];
        const meanOf = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
        return {
          layer,
          kind,
          units: values.length,
          dead: kind === "relu" ? meanOf(values.map((value) => (value === 0 ? 1 : 0))) : 0,
          saturated: kind === "relu" ? 0 : meanOf(values),
        };
      });
    });
  } finally {
    watch.end();
  }
}

/** The innermost layer that an activation belongs to; of one that the model calls as a function, the nearest layer on the way that its input came. */
function layerOf(node: Node, watch: LayerWatch): string {
  for (let at: Node | undefined = node; at; at = at.inputs[0]) {
    const path = watch.layerOf(at)?.path ?? "";
    if (path !== "") return path;
  }
  return "";
}

/** Activations below an output that feed other layers: neither the output itself, nor gates, which do nothing but multiply something. */
function hiddenActivations(output: Node): Node[] {
  const nodes = ancestors([output]);
  const read = new Set(nodes.flatMap(({ inputs, signature }) => (signature.name === "mul" ? [] : inputs)));
  return nodes.filter(
    (node) => kinds.has(node.signature.name) && node.shape.length >= 2 && node !== output && read.has(node),
  );
}
