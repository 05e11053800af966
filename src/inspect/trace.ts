// A call of a model on real numbers, step by step: what each layer gave, and each function between layers.

import { OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { realize } from "../graph/engine.ts";
import type { Node } from "../graph/node.ts";
import type { Module, Part } from "../nn/module/module.ts";
import { tensorsIn } from "../nn/module/watch.ts";
import { Tensor } from "../tensor/tensor.ts";
import { Recorder } from "./dryRun.ts";
import { ExtentMap } from "./extents.ts";
import { call, type InputShapes, type InspectOptions, inputSpecs, pictureAxes } from "./inputs.ts";
import { ReceptiveField } from "./receptiveField.ts";
import { stepsOfCalls } from "./steps.ts";

/** What is known of a step before the model has run. */
export interface OutlineStep {
  /** Dotted path of the layer, or of the module that calls the function; empty for the model itself. */
  readonly path: string;
  /** Name of the layer's class (`Conv2d`), or of the function (`relu`, `add`). */
  readonly kind: string;
  /** The layer; null for a function. */
  readonly layer: Part | null;
  /** Places in the list of the steps that it works on; -1 is the model's input. */
  readonly from: readonly number[];
  /** What the units of its output see of the input. */
  readonly field: ReceptiveField;
}

/** A step of a model that has run. */
export interface TracedStep extends Omit<OutlineStep, "field"> {
  /** What it worked on, as it was handed to it. */
  readonly inputs: readonly Tensor[];
  /** What it gave. Where gradients are recorded, they can be taken through it. */
  readonly output: Tensor;
}

/**
 * The steps of a model in the order in which it takes them: each layer that has no layers in it, and each function between layers, such as the
 * `relu` and the `add` of a residual block. What only hands on its input (a dropout in evaluation, `flatten`) is left out. `inputShape` is that of one
 * sample; nothing is computed. The same model gives the same steps as `trace`.
 */
export function outline(model: Module, inputShape: InputShapes, options: InspectOptions = {}): OutlineStep[] {
  const specs = inputSpecs("outline", inputShape, options);
  const run = call("outline", model, specs, options);
  const map = new ExtentMap(run.inputs, pictureAxes("outline", specs, options));
  return stepsOfCalls(run).map(({ path, kind, layer, from, output }) => ({
    ...{ path, kind, layer, from },
    field: new ReceptiveField(path, kind, output, map),
  }));
}

/** Options of `trace`. */
export interface TraceOptions {
  /** Leaves it to the reader of a step's tensors to have them computed, instead of computing all in one run. Default false. */
  lazy?: boolean;
}

/**
 * Calls a model and gives every step with what it worked on and what it gave. The model is called as it stands: `model.eval()` before, and `noGrad` around it
 * where no derivative is wanted. Throws OptionError for a model that computes nothing from its input.
 */
export function trace(model: Module, input: Tensor, options: TraceOptions = {}): TracedStep[] {
  checkOptions("trace", options, ["lazy"]);
  const recorder = new Recorder([input.node]);
  const end = recorder.attach(model);
  let result: unknown;
  try {
    result = model.forward(input);
  } finally {
    end();
  }
  const steps = stepsOfCalls({ inputs: [input.node], calls: recorder.calls });
  if (steps.length === 0)
    throw new OptionError(
      `trace: ${model.constructor.name} hands its input on and computes nothing from it; give a model with layers or functions`,
    );
  const tensors = tensorsByNode(tensorsIn(result));
  tensors.set(input.node, input);
  const tensorOf = (node: Node) => tensors.get(node) ?? new Tensor(node);
  if (!options.lazy) realize(steps.flatMap(({ inputs, output }) => [...inputs, output]));
  return steps.map(({ inputs, output, ...step }) => ({
    ...step,
    inputs: inputs.map(tensorOf),
    output: tensorOf(output),
  }));
}

/** The tensors that others were recorded as computed from. */
function tensorsByNode(results: readonly Tensor[]): Map<Node, Tensor> {
  const found = new Map<Node, Tensor>();
  const stack = [...results];
  while (stack.length > 0) {
    const tensor = stack.pop()!;
    if (found.has(tensor.node)) continue;
    found.set(tensor.node, tensor);
    stack.push(...(tensor.gradFn?.inputs ?? []));
  }
  return found;
}
