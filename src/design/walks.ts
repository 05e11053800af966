// Ways through the steps of a model that several rules take, and numbers as text.

import type { Step } from "./steps.ts";

/** Path of the layer that computes a step; empty for the model itself. */
export function layerOf(step: Step): string {
  return step.call?.path ?? "";
}

/** True for steps with weights that the input is multiplied by. */
export function isWeighted({ kind }: Step): boolean {
  return kind === "conv" || kind === "convTranspose" || kind === "dense" || kind === "recurrent";
}

/** True for steps over pictures with an axis of rows and one of columns. */
export function isPicture({ node }: Step): boolean {
  return node.shape.length === 4;
}

/** Rows and columns of a step's result. */
export function mapOf({ node }: Step): readonly [number, number] {
  const [, , rows = 1, columns = 1] = node.shape;
  return [rows, columns];
}

/** Rows and columns of what a convolution or pooling reads. */
export function sourceMap(step: Step): readonly [number, number] {
  const g = step.conv ?? step.pool;
  return g ? [g.inH, g.inW] : mapOf(step.from[0]!);
}

/** True for a convolution over the whole map without padding: a dense layer in another form. */
export function coversMap({ conv }: Step): boolean {
  return conv?.outH === 1 && conv.outW === 1 && conv.padTop === 0 && conv.padLeft === 0;
}

/** True where a pooling leaves one place of a larger map. */
export function isGlobal(step: Step): boolean {
  const [rows, columns] = step.node.shape.slice(2);
  const left = (rows ?? 1) * (columns ?? 1);
  const [inRows, inColumns] = sourceMap(step);
  return left === 1 && inRows * inColumns > 1;
}

/** All steps that depend on one. */
export function after(step: Step): ReadonlySet<Step> {
  return reach(step, ({ readers }) => readers);
}

/** All steps that one depends on. */
export function before(step: Step): ReadonlySet<Step> {
  return reach(step, ({ from }) => from);
}

function reach(step: Step, next: (step: Step) => readonly Step[]): ReadonlySet<Step> {
  const seen = new Set<Step>();
  const stack = [...next(step)];
  while (stack.length > 0) {
    const at = stack.pop()!;
    if (seen.has(at)) continue;
    seen.add(at);
    stack.push(...next(at));
  }
  return seen;
}

/** The step that is reached backwards through steps of one source that `passes` holds of. */
export function behind(step: Step, passes: (step: Step) => boolean): Step {
  let at = step;
  while (at.from.length === 1 && passes(at)) at = at.from[0]!;
  return at;
}

/** A whole number with commas. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** A share as "74%". */
export function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}

/** The first few of a list of names. */
export function listed(names: readonly string[]): string {
  const shown = [...new Set(names)];
  return shown.length > 4 ? `${shown.slice(0, 3).join(", ")} and ${shown.length - 3} more` : shown.join(", ");
}
