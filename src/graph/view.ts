// Movement of elements without copying: how each kind of view changes a strided window. Knows no buffers.
import { contiguousStrides, type Shape } from "../base/shape.ts";

/** A change of shape that moves no data. */
export type View =
  | { readonly kind: "reshape"; readonly shape: Shape }
  | { readonly kind: "permute"; readonly axes: readonly number[] }
  /** Repeats axes of size 1, and adds axes in front, up to `shape`. */
  | { readonly kind: "expand"; readonly shape: Shape }
  /** Element i of axis d is element `starts[d] + steps[d] · i` of the source; steps may be negative. */
  | {
      readonly kind: "slice";
      readonly starts: readonly number[];
      readonly steps: readonly number[];
      readonly shape: Shape;
    };

/** A strided window of a given shape on contiguous elements; offset and strides count elements. */
export interface Window {
  readonly shape: Shape;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** The window on all of a contiguous tensor. */
export function fullWindow(shape: Shape): Window {
  return { shape, offset: 0, strides: contiguousStrides(shape) };
}

/** The shape that a view gives to a source of shape `from`. */
export function viewShape(view: View, from: Shape): Shape {
  return view.kind === "permute" ? view.axes.map((axis) => from[axis]!) : view.shape;
}

/** The window after a view, or null where only a copy could give it (a reshape across strides). */
export function applyView(view: View, window: Window): Window | null {
  switch (view.kind) {
    case "permute":
      return {
        shape: view.axes.map((axis) => window.shape[axis]!),
        offset: window.offset,
        strides: view.axes.map((axis) => window.strides[axis]!),
      };
    case "expand": {
      const added = view.shape.length - window.shape.length;
      const strides = view.shape.map((size, d) => {
        if (d < added) return 0;
        return window.shape[d - added] === 1 && size !== 1 ? 0 : window.strides[d - added]!;
      });
      return { shape: view.shape, offset: window.offset, strides };
    }
    case "slice": {
      let offset = window.offset;
      const strides = window.strides.map((stride, d) => {
        offset += view.starts[d]! * stride;
        return stride * view.steps[d]!;
      });
      return { shape: view.shape, offset, strides };
    }
    case "reshape": {
      const strides = reshapeStrides(window.shape, window.strides, view.shape);
      return strides && { shape: view.shape, offset: window.offset, strides };
    }
  }
}

/** Strides that show the same elements in the same order under another shape, or null. */
function reshapeStrides(from: Shape, strides: readonly number[], to: Shape): number[] | null {
  if (to.includes(0)) return contiguousStrides(to);
  // Runs of axes that lie evenly in memory, outermost first: [size, stride of its innermost axis].
  const runs: { size: number; stride: number }[] = [];
  for (let d = 0; d < from.length; d++) {
    if (from[d] === 1) continue;
    const last = runs.at(-1);
    if (last && last.stride === strides[d]! * from[d]!) {
      last.size *= from[d]!;
      last.stride = strides[d]!;
    } else {
      runs.push({ size: from[d]!, stride: strides[d]! });
    }
  }
  const result = new Array<number>(to.length).fill(0);
  let run = runs.length - 1;
  let left = runs[run]?.size ?? 1;
  let stride = runs[run]?.stride ?? 0;
  for (let d = to.length - 1; d >= 0; d--) {
    if (to[d] === 1) continue;
    if (left === 1) {
      run--;
      if (run < 0) return null;
      left = runs[run]!.size;
      stride = runs[run]!.stride;
    }
    if (left % to[d]! !== 0) return null;
    result[d] = stride;
    stride *= to[d]!;
    left /= to[d]!;
  }
  return result;
}

/** True where the window is all of its elements in row-major order from offset 0. */
export function isFull(window: Window): boolean {
  if (window.offset !== 0) return false;
  const contiguous = contiguousStrides(window.shape);
  return window.shape.every((size, d) => size === 1 || window.strides[d] === contiguous[d]);
}
