// Which stretch of each input's picture axes the elements of a lazy node see: one rule for each kind of node, none for layers.

import type { Shape } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import { bandOf, constantOf } from "./constant.ts";
import {
  broadcast,
  type Extent,
  everywhere,
  joined,
  reshaped,
  still,
  union,
  type WindowOf,
  windows,
} from "./extent.ts";

/** An axis of an input along which pixels are counted. */
export interface PictureAxis {
  readonly input: number;
  readonly axis: number;
  readonly size: number;
}

/** For each picture axis the extents that a node's elements see; none where they do not depend on that input. */
export type Extents = readonly (readonly Extent[])[];

/** The extents of all nodes that are computed from some inputs. */
export class ExtentMap {
  readonly axes: readonly PictureAxis[];
  readonly #known = new Map<Node, Extents>();
  readonly #nothing: Extents;

  constructor(inputs: readonly Node[], axes: readonly PictureAxis[]) {
    this.axes = axes;
    this.#nothing = axes.map(() => []);
    for (const [i, node] of inputs.entries()) {
      this.#known.set(
        node,
        axes.map(({ input, axis }) => (input === i ? [ownPixel(node.shape, axis)] : [])),
      );
    }
  }

  /** The extents of a node; works out those below it first. */
  of(root: Node): Extents {
    const stack = [root];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      const missing = this.#known.has(node) ? [] : node.inputs.filter((input) => !this.#known.has(input));
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      stack.pop();
      if (!this.#known.has(node)) this.#known.set(node, this.#work(node));
    }
    return this.#known.get(root)!;
  }

  #work(node: Node): Extents {
    const inputs = node.inputs.map((input) => this.#known.get(input)!);
    if (inputs.every((extents) => extents.every((list) => list.length === 0))) return this.#nothing;
    return this.axes.map((_, a) =>
      union(inputs.flatMap((extents, i) => extents[a]!.map((extent) => through(node, i, extent)))),
    );
  }
}

function ownPixel(shape: Shape, axis: number): Extent {
  return { start: 0, length: 1, axes: shape.map((size, d) => [{ size, step: d === axis ? 1 : 0 }]) };
}

/** What a node's elements see by way of input i, whose elements see `extent`. */
function through(node: Node, i: number, extent: Extent): Extent {
  const { op, shape, inputs } = node;
  switch (op.kind) {
    case "leaf":
    case "scalar":
      return extent;
    case "map":
      return broadcast(extent, shape);
    case "reduce": {
      const { start, length, axes } = op.axes.reduce((whole, axis) => joined(whole, axis), extent);
      const gone = shape.length === axes.length ? [still(1)] : [];
      return { start, length, axes: axes.flatMap((digits, d) => (op.axes.includes(d) ? gone : [digits])) };
    }
    case "view":
      switch (op.view.kind) {
        case "reshape":
          return reshaped(extent, shape);
        case "permute":
          return { ...extent, axes: op.view.axes.map((axis) => extent.axes[axis]!) };
        case "expand":
          return broadcast(extent, shape);
        case "slice": {
          const { starts, steps } = op.view;
          return perAxis(extent, inputs[i]!.shape, (d) => ({
            scale: steps[d]!,
            offset: starts[d]!,
            reach: 0,
            size: shape[d]!,
          }));
        }
      }
      break;
    case "assemble": {
      const { starts, steps } = op.parts[i]!;
      return perAxis(extent, inputs[i]!.shape, (d) => ({
        scale: 1 / steps[d]!,
        offset: -starts[d]! / steps[d]!,
        reach: 0,
        size: shape[d]!,
      }));
    }
    case "matmul":
      return throughProduct(node, i, extent);
    case "conv2d": {
      if (i > 0) return everywhere(extent, shape);
      const g = op.geometry;
      const channels = joined(extent, 1);
      const rows = windows(channels, 2, {
        scale: g.strideH / g.inputDilationH,
        offset: -g.padTop / g.inputDilationH,
        reach: ((g.kernelH - 1) * g.dilationH) / g.inputDilationH,
        size: g.outH,
      });
      const both = windows(rows, 3, {
        scale: g.strideW / g.inputDilationW,
        offset: -g.padLeft / g.inputDilationW,
        reach: ((g.kernelW - 1) * g.dilationW) / g.inputDilationW,
        size: g.outW,
      });
      return { ...both, axes: both.axes.with(1, still(shape[1]!)) };
    }
    case "pool2d": {
      const g = op.pool.geometry;
      const rows = windows(extent, 2, {
        scale: g.strideH,
        offset: -g.padTop,
        reach: (g.kernelH - 1) * g.dilationH,
        size: g.outH,
      });
      return windows(rows, 3, {
        scale: g.strideW,
        offset: -g.padLeft,
        reach: (g.kernelW - 1) * g.dilationW,
        size: g.outW,
      });
    }
    case "gather": {
      if (i === 1) {
        return { ...extent, axes: shape.map((size, d) => (d === op.axis ? extent.axes[0]! : still(size))) };
      }
      const places = constantOf(inputs[1]!);
      if (places) return windows(extent, op.axis, straightest(places, places));
      const { start, length, axes } = joined(extent, op.axis);
      return { start, length, axes: axes.with(op.axis, still(shape[op.axis]!)) };
    }
    case "scatterAdd":
    case "conv2dWeightGrad":
    case "pool2dGrad":
    case "softmaxLoss":
      return everywhere(extent, shape);
  }
}

/** A window of one element along every axis; axes that are taken as they are keep their digits. */
function perAxis(extent: Extent, from: Shape, windowOf: (axis: number) => WindowOf): Extent {
  return from.reduce((result: Extent, size, d) => {
    const window = windowOf(d);
    const isWhole = window.scale === 1 && window.offset === 0 && window.size === size;
    return isWhole ? result : windows(result, d, window);
  }, extent);
}

/** Rows of the left and columns of the right operand stay where they are; what is summed over is seen as a whole, or in bands. */
function throughProduct(node: Node, i: number, extent: Extent): Extent {
  const { op, shape, inputs } = node;
  if (op.kind !== "matmul") throw new Error(`extents: ${op.kind} is no matrix product`);
  if (i === 2) return broadcast(extent, shape);
  const rank = shape.length;
  const isLeft = i === 0;
  const isTransposed = isLeft ? op.transposeA : op.transposeB;
  const [rows, columns] = isTransposed ? [rank - 1, rank - 2] : [rank - 2, rank - 1];
  const [kept, summed] = isLeft ? [rows, columns] : [columns, rows];
  const size = shape[isLeft ? rank - 1 : rank - 2]!;
  // Where the other operand is a constant with a band of numbers other than 0, as in resizing, each sum sees its band alone.
  const other = inputs[1 - i]!;
  const band = bandOf(other, isLeft ? !op.transposeB : op.transposeA);
  const { start, length, axes } = band
    ? windows(extent, summed, straightest(band.first, band.last))
    : joined(extent, summed);
  const along = band ? axes[summed]! : still(size);
  const [m, n] = isLeft ? [axes[kept]!, along] : [along, axes[kept]!];
  return { start, length, axes: [...axes.slice(0, -2), m, n] };
}

/** The evenly moving window around the intervals `first[i] … last[i]`. */
function straightest(first: ArrayLike<number>, last: ArrayLike<number>): WindowOf {
  const size = first.length;
  const middle = (i: number) => (first[i]! + last[i]!) / 2;
  const scale = size > 1 ? (middle(size - 1) - middle(0)) / (size - 1) : 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < size; i++) {
    low = Math.min(low, first[i]! - scale * i);
    high = Math.max(high, last[i]! - scale * i);
  }
  return { scale, offset: size > 0 ? low : 0, reach: size > 0 ? high - low : 0, size };
}
