// Reads the vectors that PyTorch computed and compares tensors with them; knows the files' form, not the ops.
import { readFileSync } from "node:fs";
import { grad, Tensor } from "../../src/index.ts";
import { type ArrayData, decodeSafetensors } from "../../src/interop/index.ts";
import { float32, type Tolerance } from "../support/close.ts";

/** A view that an input is seen through: a method of Tensor and its arguments. */
export type ViewStep = readonly [name: string, ...args: unknown[]];

/** A call's input: a stored tensor (by its place in `leaves`), perhaps through a view, or a number. */
export type InputRow =
  | number
  | { readonly leaf: number; readonly view: readonly ViewStep[] }
  | { readonly number: number };

/** One call as PyTorch made it. Names refer to stored tensors. */
export interface CaseRow {
  readonly id: string;
  readonly op: string;
  readonly leaves: readonly string[];
  readonly inputs: readonly InputRow[];
  readonly args?: Readonly<Record<string, unknown>>;
  readonly note?: string;
  readonly output: string;
  /** The output's gradient, where there are gradients. */
  readonly upstream?: string;
  /** Gradients of the leaves; null for one that requires none. */
  readonly grads?: readonly (string | null)[];
  /** Derivatives of half the sum of squares of all gradients: for each leaf, then for the output's gradient. */
  readonly second?: readonly (string | null)[];
  readonly tolerance?: Tolerance & { readonly why: string };
}

/** A call's inputs, made ready: tensors and numbers. */
export type Inputs = readonly (Tensor | number)[];

/** Applies an op of the table to inputs and named arguments. */
export type Call = (inputs: Inputs, args: Readonly<Record<string, unknown>>) => Tensor;

const folder = new URL("../../../test/oracle/", import.meta.url);

/** A file of stored tensors, and the index in its header that says what they are. */
export interface Stored<T> {
  readonly index: T;
  readonly tensors: ReadonlyMap<string, ArrayData>;
}

/** Reads a file that one of the scripts beside this one wrote. */
export function readStored<T>(file: string): Stored<T> {
  const { tensors, metadata } = decodeSafetensors(readFileSync(new URL(file, folder)));
  return { index: JSON.parse(metadata.get("index")!) as T, tensors };
}

/** A stored tensor by name. */
export function stored(tensors: ReadonlyMap<string, ArrayData>, name: string): ArrayData {
  const found = tensors.get(name);
  if (!found) throw new Error(`no tensor ${name} is stored`);
  return found;
}

/** A stored tensor as a fresh leaf. */
export function leafOf({ data, shape, dtype }: ArrayData, requiresGrad = false): Tensor {
  const leaf = Tensor.fromArray(data.slice(), shape, dtype);
  if (requiresGrad) leaf.requiresGrad = true;
  return leaf;
}

/** What is wrong with `actual`, or null where shape, dtype and every element agree. NaN equals NaN. */
export function difference(
  actual: Tensor,
  expected: ArrayData,
  { rtol, atol }: Tolerance = float32,
): string | null {
  if (actual.dtype !== expected.dtype) return `dtype ${actual.dtype}, expected ${expected.dtype}`;
  if (`${actual.shape}` !== `${expected.shape}` || actual.rank !== expected.shape.length) {
    return `shape [${actual.shape}], expected [${expected.shape}]`;
  }
  const data = actual.dataSync();
  if (data.length !== expected.data.length)
    return `${data.length} elements, expected ${expected.data.length}`;
  let worst = 1;
  let at = -1;
  for (let i = 0; i < data.length; i++) {
    const a = data[i]!;
    const e = expected.data[i]!;
    if (a === e || (Number.isNaN(a) && Number.isNaN(e))) continue;
    const excess =
      Number.isFinite(a) && Number.isFinite(e) ? Math.abs(a - e) / (atol + rtol * Math.abs(e)) : Infinity;
    if (excess > worst) {
      worst = excess;
      at = i;
    }
  }
  return at < 0
    ? null
    : `element ${at} is ${data[at]}, expected ${expected.data[at]} (${worst.toFixed(1)} tolerances off)`;
}

/**
 * Makes one call and gives everything that differs from what is stored. With `readFirst` the output is read before the
 * gradients are asked for; without, all are computed in one run.
 */
export function runCase(
  row: CaseRow,
  tensors: ReadonlyMap<string, ArrayData>,
  call: Call,
  readFirst: boolean,
): string[] {
  const found: string[] = [];
  const check = (what: string, actual: Tensor, name: string): void => {
    const problem = difference(actual, stored(tensors, name), row.tolerance);
    if (problem) found.push(`${what}: ${problem}`);
  };
  const leaves = row.leaves.map((name, i) =>
    leafOf(stored(tensors, name), (row.grads?.[i] ?? null) !== null),
  );
  const inputs = row.inputs.map((input) => {
    if (typeof input === "number") return leaves[input]!;
    return "number" in input ? input.number : seenThrough(leaves[input.leaf]!, input.view);
  });
  const output = call(inputs, row.args ?? {});
  if (readFirst) check("output", output, row.output);
  if (row.grads) {
    const gradient = leafOf(stored(tensors, row.upstream!), row.second !== undefined);
    const wanted = leaves.filter((leaf) => leaf.requiresGrad);
    const grads = row.second
      ? grad(output, wanted, { gradient, createGraph: true })
      : gradientsOf(output, wanted, gradient);
    const names = row.grads.filter((name) => name !== null);
    for (const [i, actual] of grads.entries()) check(`gradient ${i}`, actual, names[i]!);
    if (row.second) {
      const total = grads
        .map((g) => g.square().sum())
        .reduce((a, b) => a.add(b))
        .mul(0.5);
      const seconds = grad(total, [...wanted, gradient]);
      const secondNames = row.second.filter((name) => name !== null);
      for (const [i, actual] of seconds.entries()) check(`second derivative ${i}`, actual, secondNames[i]!);
    }
  }
  if (!readFirst) check("output", output, row.output);
  return found;
}

/** The gradients that `backward()` leaves on the leaves; the output's value stays readable. */
function gradientsOf(output: Tensor, leaves: readonly Tensor[], gradient: Tensor): Tensor[] {
  output.retain().backward({ gradient });
  return leaves.map((leaf) => leaf.grad!);
}

/** A tensor seen through views, each by the method of its name. */
function seenThrough(x: Tensor, recipe: readonly ViewStep[]): Tensor {
  return recipe.reduce((at, [name, ...args]) => {
    const method = at[name as keyof Tensor] as (...rest: unknown[]) => Tensor;
    return method.apply(at, missing(args));
  }, x);
}

/** JSON's null stands for an argument left out. */
export function missing(args: readonly unknown[]): unknown[] {
  return args.map((arg) => arg ?? undefined);
}
