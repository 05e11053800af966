// A review of a model's design: calls it on tensors without elements and asks every rule. Computes nothing.

import { nearest, OptionError } from "../base/errors.ts";
import { checkNumber, checkOptions } from "../base/options.ts";
import type { Node } from "../graph/node.ts";
import type { DryRun, InputSpec } from "../inspect/dryRun.ts";
import { ExtentMap } from "../inspect/extents.ts";
import { call, type InputShapes, type InspectOptions, inputSpecs, pictureAxes } from "../inspect/inputs.ts";
import { ReceptiveField } from "../inspect/receptiveField.ts";
import type { Module } from "../nn/module/module.ts";
import type { Case, Design, Finding, Rule, RuleText, Severity } from "./findings.ts";
import { lossNames } from "./losses.ts";
import { rules } from "./rules.ts";
import { type Step, stepsOf } from "./steps.ts";

/** Options of `review`: what is known of the task. Rules that need what is left out stay silent. */
export interface ReviewOptions extends InspectOptions {
  /** Number of classes that the model is to tell apart. */
  classes?: number;
  /** Number of training samples. */
  samples?: number;
  /** The loss that it is trained with, by its name in `nn.functional`, such as "crossEntropy". */
  loss?: string;
}

const names = ["classes", "samples", "loss", "batch", "dtype", "axes"];

/** Every rule that `review` asks, those that weigh most first. */
export const designRules: readonly RuleText[] = rules;

/** Findings of a weight before those of a lower one. */
const weights: readonly Severity[] = ["error", "warning", "note"];

/**
 * What is wrong or wasteful in a model's design, worst first: `review(model, [3, 224, 224], { classes: 10, loss: "crossEntropy" })`.
 * `inputShape` is the shape of one sample without the batch axis, or a list of shapes for a model of several inputs. The model is called
 * once, in evaluation mode, on tensors without elements: nothing is computed, and model and random numbers are left as they were.
 * Throws OptionError for options outside their rules, what the layers throw where the shape does not fit, and UnsupportedError where the
 * model reads values on the way.
 */
export function review(model: Module, inputShape: InputShapes, options: ReviewOptions = {}): Finding[] {
  checkOptions("review", options, names);
  const { classes = null, samples = null, loss = null } = options;
  for (const [name, value] of Object.entries({ classes, samples })) {
    if (value !== null) checkNumber("review", name, value, "a whole number of at least 1", isCount);
  }
  if (loss !== null && !lossNames.includes(loss)) {
    const near = nearest(loss, lossNames);
    throw new OptionError(
      `review: there is no loss "${loss}"; ${near ? `did you mean "${near}"? ` : ""}Known: ${lossNames.join(", ")}`,
    );
  }
  const specs = inputSpecs("review", inputShape, options);
  const run = call("review", model, specs, options);
  const map = new ExtentMap(run.inputs, pictureAxes("review", specs, options));
  const design = { ...designOf(model, run, specs, map), classes, samples, loss };
  const found = rules.flatMap((rule) => rule.find(design).map((one) => finding(rule, one)));
  return found.sort((a, b) => weights.indexOf(a.severity) - weights.indexOf(b.severity));
}

function designOf(
  model: Module,
  run: DryRun,
  specs: readonly InputSpec[],
  map: ExtentMap,
): Omit<Design, "classes" | "samples" | "loss"> {
  const steps = stepsOf(run);
  const byNode = new Map<Node, Step>(steps.map((step) => [step.node, step]));
  return {
    steps,
    outputs: run.outputs.flatMap((node) => byNode.get(node) ?? []),
    inputs: specs.map(({ shape }) => shape),
    parameters: model
      .parameters()
      .filter(({ requiresGrad }) => requiresGrad)
      .reduce((sum, { size }) => sum + size, 0),
    uncalled: uncalled(model, run),
    field: (step) => new ReceptiveField(step.call?.path ?? "", step.name, step.node, map),
  };
}

/** Outermost layers with parameters of which nothing is called and no parameter is used. */
function uncalled(model: Module, run: DryRun): [string, number][] {
  const called = new Set(run.calls.map(({ module }) => module));
  const used = new Set<Node>(run.calls.flatMap(({ nodes }) => nodes));
  const modules = [...model.namedModules()];
  const parameters = [...model.namedParameters()];
  const result: [string, number][] = [];
  for (const [path] of modules) {
    const isInside = (name: string) => name === path || name.startsWith(`${path}.`);
    if (path === "" || result.some(([outer]) => path.startsWith(`${outer}.`))) continue;
    const own = parameters.filter(([name]) => isInside(name)).map(([, parameter]) => parameter);
    const isCalled = modules.some(([name, module]) => isInside(name) && called.has(module));
    if (isCalled || own.length === 0 || own.some(({ node }) => used.has(node))) continue;
    result.push([path, own.reduce((sum, { size }) => sum + size, 0)]);
  }
  return result;
}

function finding({ id, severity, title, why, fix, docs }: Rule, one: Case): Finding {
  return { id, severity, title, why, fix, docs, ...one };
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
