// Shape algebra on plain number arrays: sizes, strides, axes, broadcasting.
import { ShapeError } from "./errors.ts";

/** Sizes of a tensor's axes, outermost first. */
export type Shape = readonly number[];

/** Number of elements: the product of the sizes (1 for a scalar). */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** Strides, in elements, of a contiguous row-major tensor. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = stride;
    stride *= shape[d]!;
  }
  return strides;
}

/** True for shapes with the same sizes in the same order. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return false;
  return true;
}

/** A shape as users read it: `[64, 1, 28, 28]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Checks that every size is an integer of at least 0. */
export function checkShape(op: string, shape: Shape): void {
  for (const n of shape) {
    if (!Number.isInteger(n) || n < 0) {
      throw new ShapeError(`${op}: sizes must be integers of at least 0; got ${formatShape(shape)}`);
    }
  }
}

/** The shape that two shapes broadcast to, aligned at the last axis, or null where they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): number[] | null {
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const m = a.length >= i ? a[a.length - i]! : 1;
    const n = b.length >= i ? b[b.length - i]! : 1;
    if (m !== n && m !== 1 && n !== 1) return null;
    out[rank - i] = m === 1 ? n : m;
  }
  return out;
}

/** An axis counted from the front; negative ones count from the end. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const range = rank === 0 ? "a scalar has no axes" : `expected ${-rank} … ${rank - 1}`;
    throw new ShapeError(`${op}: axis ${axis} is outside a tensor of rank ${rank}; ${range}`);
  }
  return axis < 0 ? axis + rank : axis;
}

/** Axes counted from the front, sorted, each at most once; `undefined` means all. */
export function normalizeAxes(
  op: string,
  axes: number | readonly number[] | undefined,
  rank: number,
): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, d) => d);
  const list = typeof axes === "number" ? [axes] : axes;
  const normalized = list.map((axis) => normalizeAxis(op, axis, rank)).sort((a, b) => a - b);
  for (let i = 1; i < normalized.length; i++) {
    if (normalized[i] === normalized[i - 1]) {
      throw new ShapeError(`${op}: axis ${normalized[i]} is named twice in [${list.join(", ")}]`);
    }
  }
  return normalized;
}

/** Replaces one −1 in `shape` by the size that makes it hold `size` elements. */
export function inferShape(op: string, from: Shape, shape: Shape): number[] {
  const size = sizeOf(from);
  const unknown = shape.indexOf(-1);
  const result = [...shape];
  const fail = () => {
    throw new ShapeError(
      `${op}: can't view ${formatShape(from)} (${size} elements) as ${formatShape(shape)}; the products of the sizes must agree`,
    );
  };
  if (unknown >= 0) {
    result[unknown] = 1;
    const rest = sizeOf(result);
    if (rest === 0 || size % rest !== 0 || result.includes(-1)) fail();
    result[unknown] = size / rest;
  }
  checkShape(op, result);
  if (sizeOf(result) !== size) fail();
  return result;
}
