// A model as the steps that design is about: convolutions, dense layers, normalisations, activations, poolings, and where branches
// meet. Read from the graph of a dry run, so that functions count as much as layers; judges nothing.

import { sizeOf } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import type { Call, DryRun } from "../inspect/dryRun.ts";
import type { ConvGeometry, PoolGeometry } from "../kernel/kernel.ts";
import * as activations from "../nn/layers/activation.ts";
import { AlphaDropout, Dropout, Dropout1d, Dropout2d } from "../nn/layers/dropout.ts";
import { InstanceNorm1d, InstanceNorm2d } from "../nn/layers/instanceNorm.ts";
import { BatchNorm1d, BatchNorm2d } from "../nn/layers/norm.ts";
import { GroupNorm, LayerNorm, LocalResponseNorm, RMSNorm } from "../nn/layers/ownNorm.ts";
import {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
} from "../nn/layers/pool.ts";
import { GRU, LSTM, RNN } from "../nn/layers/recurrent.ts";
import { GRUCell, LSTMCell, RNNCell } from "../nn/layers/recurrentCell.ts";
import type { Part } from "../nn/module/module.ts";

/**
 * What a step does. `linear` is any other map that is linear in the input (a factor, an offset, a shape, padding, a filter without parameters), `gate` a product of two
 * branches, `add` and `join` the sum and the concatenation of branches, `vectorNorm` a normalisation by each sample's own features.
 */
export type StepKind =
  | "input"
  | "conv"
  | "convTranspose"
  | "dense"
  | "recurrent"
  | "batchNorm"
  | "norm"
  | "vectorNorm"
  | "activation"
  | "softmax"
  | "logSoftmax"
  | "maxPool"
  | "avgPool"
  | "linear"
  | "add"
  | "join"
  | "gate"
  | "other";

/** One step of a model. */
export interface Step {
  readonly kind: StepKind;
  /** Name of the op, or of the layer's class in lower case. */
  readonly name: string;
  readonly node: Node;
  /** Steps that it works on: those that depend on the model's input. */
  readonly from: readonly Step[];
  /** Steps that work on it. */
  readonly readers: Step[];
  /** The innermost call in which it is computed; null for inputs. */
  readonly call: Call | null;
  /** Elements of its own parameters. */
  readonly parameters: number;
  readonly hasBias: boolean;
  readonly conv: ConvGeometry | null;
  readonly pool: PoolGeometry | null;
  /** Dropouts that its result goes through. */
  readonly dropouts: Call[];
}

type LayerClass = abstract new (...args: never[]) => Part;

/** Layers that are one step, whatever they compute inside. */
const wholes: readonly (readonly [StepKind, readonly LayerClass[]])[] = [
  ["batchNorm", [BatchNorm1d, BatchNorm2d]],
  ["norm", [GroupNorm, InstanceNorm1d, InstanceNorm2d, LocalResponseNorm]],
  ["vectorNorm", [LayerNorm, RMSNorm]],
  ["recurrent", [RNN, LSTM, GRU, RNNCell, LSTMCell, GRUCell]],
  ["avgPool", [AdaptiveAvgPool1d, AdaptiveAvgPool2d]],
  ["maxPool", [AdaptiveMaxPool1d, AdaptiveMaxPool2d]],
  ["softmax", [activations.Softmax]],
  ["logSoftmax", [activations.LogSoftmax]],
  ["activation", Object.values(activations)],
];

const droppings: readonly LayerClass[] = [Dropout, Dropout1d, Dropout2d, AlphaDropout];

function isOne(module: Part, classes: readonly LayerClass[]): boolean {
  return classes.some((one) => module instanceof one);
}

/** The steps of a dry run, each after those that it works on. */
export function stepsOf(run: DryRun): Step[] {
  return new Reader(run).read();
}

class Reader {
  readonly #run: DryRun;
  readonly #owners = new Map<Node, Call>();
  /** Results of layers that are one step. */
  readonly #wholes = new Map<Node, { kind: StepKind; call: Call }>();
  readonly #depends = new Map<Node, boolean>();
  readonly #steps = new Map<Node, Step>();

  constructor(run: DryRun) {
    this.#run = run;
    for (const node of run.inputs) this.#depends.set(node, true);
    for (const call of run.calls) {
      for (const node of call.nodes) this.#owners.set(node, call);
      const kind = wholes.find(([, classes]) => isOne(call.module, classes))?.[0];
      if (!kind) continue;
      for (const node of call.outputs) {
        // A layer that hands its input on, and one inside another, add nothing.
        if (!call.inputs.includes(node) && !this.#wholes.has(node)) this.#wholes.set(node, { kind, call });
      }
    }
  }

  read(): Step[] {
    const stack = [...this.#run.inputs, ...this.#run.outputs].reverse();
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      const missing = this.#steps.has(node)
        ? []
        : this.#below(node).filter((input) => !this.#steps.has(input));
      if (missing.length > 0) stack.push(...missing);
      else {
        stack.pop();
        if (!this.#steps.has(node) && this.#dependsOnInput(node)) this.#steps.set(node, this.#make(node));
      }
    }
    for (const call of this.#run.calls) {
      if (!isOne(call.module, droppings) || !((call.module as Dropout).p > 0)) continue;
      for (const node of call.outputs) this.#steps.get(node)?.dropouts.push(call);
    }
    return [...this.#steps.values()];
  }

  /** What a node's step works on. */
  #below(node: Node): Node[] {
    const whole = this.#wholes.get(node);
    const inputs = whole ? whole.call.inputs : (softmaxInput(node)?.inputs ?? node.inputs);
    return [...new Set(inputs)].filter((input) => this.#dependsOnInput(input));
  }

  #make(node: Node): Step {
    const whole = this.#wholes.get(node);
    const below = this.#below(node);
    const kind = this.#run.inputs.includes(node) ? "input" : (whole?.kind ?? this.#kindOf(node, below));
    const weights = whole ? this.#insideOf(whole.call) : node.inputs;
    const step: Step = {
      kind,
      name: whole ? whole.call.module.constructor.name.toLowerCase() : node.signature.name,
      node,
      from: below.map((input) => this.#steps.get(input)!),
      readers: [],
      call: whole?.call ?? this.#owners.get(node) ?? null,
      parameters: this.#parametersOf(weights),
      hasBias: weights.length > 2,
      conv: node.op.kind === "conv2d" ? node.op.geometry : null,
      pool: node.op.kind === "pool2d" ? node.op.pool.geometry : null,
      dropouts: [],
    };
    for (const from of step.from) from.readers.push(step);
    return step;
  }

  #kindOf(node: Node, below: readonly Node[]): StepKind {
    const { op } = node;
    switch (op.kind) {
      case "conv2d":
        if (this.#dependsOnInput(node.inputs[1]!)) return "other";
        if (this.#parametersOf(node.inputs) === 0) return "linear";
        return op.transposed || op.geometry.inputDilationH > 1 || op.geometry.inputDilationW > 1
          ? "convTranspose"
          : "conv";
      case "matmul": {
        const weight = node.inputs.slice(0, 2).find((input) => !this.#dependsOnInput(input));
        if (!weight) return "other";
        return this.#parametersOf([weight]) > 0 ? "dense" : "linear";
      }
      case "pool2d":
        return op.mode === "avg" ? "avgPool" : "maxPool";
      case "reduce": {
        const overPlaces = op.axes.length > 0 && op.axes.every((axis) => axis >= 2);
        if (op.reduction === "sum") return overPlaces ? "avgPool" : "other";
        return op.reduction === "max" && overPlaces ? "maxPool" : "other";
      }
      case "view":
        return "linear";
      case "assemble":
        return below.length > 1 ? "join" : "linear";
      case "gather":
        return this.#dependsOnInput(node.inputs[1]!) ? "other" : "linear";
      case "map":
        return this.#kindOfMap(node, below);
      default:
        return "other";
    }
  }

  #kindOfMap(node: Node, below: readonly Node[]): StepKind {
    const found = softmaxInput(node);
    if (found) return found.kind;
    const isDouble = below.length > 1;
    switch (node.signature.name) {
      case "add":
      case "sub":
        return isDouble ? "add" : "linear";
      case "mul":
        // A tensor times itself is a square.
        if (node.inputs.every((input) => this.#dependsOnInput(input)))
          return isDouble ? "gate" : "activation";
        return "linear";
      case "div":
        return this.#dependsOnInput(node.inputs[1]!) ? "other" : "linear";
      case "neg":
      case "cast":
        return "linear";
      default:
        return isDouble ? "other" : "activation";
    }
  }

  #dependsOnInput(root: Node): boolean {
    const stack = [root];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      const missing = this.#depends.has(node) ? [] : node.inputs.filter((input) => !this.#depends.has(input));
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      stack.pop();
      if (!this.#depends.has(node))
        this.#depends.set(
          node,
          node.inputs.some((input) => this.#depends.get(input)),
        );
    }
    return this.#depends.get(root)!;
  }

  /** All that is computed in a call, calls within it included. */
  #insideOf(call: Call): Node[] {
    const isInside = (other: Call | null): boolean =>
      other !== null && (other === call || isInside(other.parent));
    return this.#run.calls.filter(isInside).flatMap(({ nodes }) => nodes);
  }

  /** Elements of the parameters among nodes, and of those that nodes without the input are computed from. */
  #parametersOf(nodes: readonly Node[]): number {
    const seen = new Set<Node>();
    const stack = nodes.filter((node) => !this.#dependsOnInput(node));
    let sum = 0;
    while (stack.length > 0) {
      const node = stack.pop()!;
      if (seen.has(node)) continue;
      seen.add(node);
      if (node.storage?.resident) sum += sizeOf(node.shape);
      stack.push(...node.inputs);
    }
    return sum;
  }
}

/** What softmax or its logarithm is taken of, where a node is one of them. */
function softmaxInput(node: Node): { kind: "softmax" | "logSoftmax"; inputs: readonly Node[] } | null {
  const [left, right] = node.inputs;
  if (!left || !right) return null;
  if (node.signature.name === "div" && left.signature.name === "exp" && isSumOf(right, left)) {
    return { kind: "softmax", inputs: [unshifted(left.inputs[0]!)] };
  }
  const sum = right.inputs[0];
  if (node.signature.name === "sub" && right.signature.name === "log" && sum) {
    const exp = sum.inputs[0];
    if (exp?.signature.name === "exp" && exp.inputs[0] === left && isSumOf(sum, exp)) {
      return { kind: "logSoftmax", inputs: [unshifted(left)] };
    }
  }
  return null;
}

function isSumOf(node: Node, of: Node): boolean {
  return node.op.kind === "reduce" && node.op.reduction === "sum" && node.inputs[0] === of;
}

/** x of `x − max x`, which is taken so that exponentials can't overflow. */
function unshifted(node: Node): Node {
  const [x, max] = node.inputs;
  const isShift = node.signature.name === "sub" && max?.op.kind === "reduce" && max.op.reduction === "max";
  return isShift ? x! : node;
}
