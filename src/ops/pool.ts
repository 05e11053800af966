// Max and average pooling of pictures and of sequences, which are pictures of one row.

import { OptionError, ShapeError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { formatShape, type Shape } from "../base/shape.ts";
import { type Form, form, Node } from "../graph/node.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type OpRecord, requireFloat, result } from "./define.ts";
import { type Axes, asPicture, type Pair, sizesOf } from "./sizes.ts";

/** Options of a pooling, PyTorch's defaults; sizes are numbers for sequences, and pairs may stand for pictures. */
export interface PoolOptions<Size = Pair> {
  /** Step between windows. Default: the kernel's size. */
  stride?: Size;
  /** Added on each side: never the maximum, zeros for the average; at most half the kernel. Default 0. */
  padding?: Size;
  /**
   * Whether a last window may reach beyond the padded input, so that no element is left out: the number of windows is then rounded
   * up. It still has to begin inside the input or the padding before it. Default false.
   */
  ceilMode?: boolean;
}

/** Options of a max pooling. */
export interface MaxPoolOptions<Size = Pair> extends PoolOptions<Size> {
  /** Distance between the window's elements. Default 1. */
  dilation?: Size;
}

/** Options of an average pooling. */
export interface AvgPoolOptions<Size = Pair> extends PoolOptions<Size> {
  /** Whether padding counts into the divisor; what a last window holds beyond the padding never does. Default true. */
  countIncludePad?: boolean;
  /** Divides the sums of all windows in place of their sizes. Default null: the sizes. */
  divisorOverride?: number | null;
}

/** All options of both kinds. */
type AnyPoolOptions = MaxPoolOptions & AvgPoolOptions;

const sharedNames = ["stride", "padding", "ceilMode"];
const maxNames = [...sharedNames, "dilation"];
const avgNames = [...sharedNames, "countIncludePad", "divisorOverride"];

/** A pooling with all its sizes: the forms of its nodes. Made once for each combination of shapes and options. */
export interface Pooling {
  readonly shape: Shape;
  readonly inputShape: Shape;
  readonly value: Form;
  readonly grad: Form;
  /** Takes elements of another tensor from where the windows' maxima are; null for an average. */
  readonly pick: Form | null;
  /** What the windows' means are multiplied by: not 1 where the divisor is given. */
  readonly scale: number;
}

const poolings = new Map<string, Pooling>();

/** The pooling of x over its last `axes` axes, worked out and checked on the first call with this shape and these options. */
export function poolingFor(
  op: string,
  axes: Axes,
  x: Tensor,
  kernel: Pair,
  options: AnyPoolOptions,
): Pooling {
  const { stride = kernel, padding = 0, dilation = 1, ceilMode, countIncludePad, divisorOverride } = options;
  const sizes = `${kernel}|${stride}|${padding}|${dilation}`;
  const key = `${op}|${x.dtype}|${x.node.shapeId}|${sizes}|${ceilMode}|${countIncludePad}|${divisorOverride}`;
  let pooling = poolings.get(key);
  if (!pooling) {
    pooling = makePooling(op, axes, x, kernel, options);
    poolings.set(key, pooling);
  }
  return pooling;
}

/** Throws OptionError where a pooling's kernel or options break a rule; gives the sizes that they hold for each axis. */
export function checkPool(
  op: string,
  mode: "max" | "avg",
  axes: Axes,
  kernelSize: Pair,
  options: AnyPoolOptions,
) {
  checkOptions(op, options, mode === "max" ? maxNames : avgNames);
  const kernel = sizesOf(op, "kernel size", kernelSize, 1, axes);
  const stride = sizesOf(op, "stride", options.stride ?? kernelSize, 1, axes);
  const padding = sizesOf(op, "padding", options.padding ?? 0, 0, axes);
  const dilation = sizesOf(op, "dilation", options.dilation ?? 1, 1, axes);
  if (padding.some((size, d) => size > kernel[d]! / 2)) {
    throw new OptionError(
      `${op}: padding may be at most half of the kernel; got padding ${padding.join(", ")} for a kernel of ${kernel.join("×")}`,
    );
  }
  const { divisorOverride = null } = options;
  if (divisorOverride !== null && (!Number.isInteger(divisorOverride) || divisorOverride === 0)) {
    throw new OptionError(
      `${op}: divisorOverride must be an integer other than 0, or null for the windows' sizes; got ${divisorOverride}`,
    );
  }
  return { kernel, stride, padding, dilation, divisorOverride };
}

function makePooling(op: string, axes: Axes, x: Tensor, kernelSize: Pair, options: AnyPoolOptions): Pooling {
  requireFloat(op, { x });
  if (x.rank !== axes + 2) {
    throw new ShapeError(
      `${op}: x must be ${axes === 1 ? "[N, C, L]" : "[N, C, H, W]"}; got ${formatShape(x.shape)}. Add an axis with x.unsqueeze(0)`,
    );
  }
  const mode = op.startsWith("max") ? "max" : "avg";
  const { kernel, stride, padding, dilation, divisorOverride } = checkPool(
    op,
    mode,
    axes,
    kernelSize,
    options,
  );
  const input = x.shape.slice(2);
  const span = (d: number) => dilation[d]! * (kernel[d]! - 1) + 1;
  const output = input.map((size, d) => {
    const steps = (size + 2 * padding[d]! - span(d)) / stride[d]!;
    if (!options.ceilMode) return Math.floor(steps) + 1;
    // The last window has to begin before the input's end.
    return Math.ceil(steps) * stride[d]! < size + padding[d]! ? Math.ceil(steps) + 1 : Math.ceil(steps);
  });
  if (output.some((size) => size < 1)) {
    throw new ShapeError(
      `${op}: a window of ${kernel.map((_, d) => span(d)).join("×")} does not fit into the padded input of ` +
        `${input.map((size, d) => size + 2 * padding[d]!).join("×")}; got x ${formatShape(x.shape)}. Use a smaller window or more padding`,
    );
  }
  const windows = asPicture({ input, output, kernel, stride, dilation, before: padding });
  const geometry = { planes: x.shape[0]! * x.shape[1]!, ...windows };
  const { kernelH, kernelW, padTop, padLeft } = windows;
  // With a divisor of its own every window counts whole, also what of it lies beyond the padding.
  const isWhole = divisorOverride !== null;
  const padBottom = isWhole ? kernelH + windows.strideH : padTop;
  const padRight = isWhole ? kernelW + windows.strideW : padLeft;
  const countPadding = isWhole || (options.countIncludePad ?? true);
  const pool = { geometry, countPadding, padBottom, padRight };
  const key = `${Object.values(geometry)}|${countPadding}|${padBottom}|${padRight}`;
  const { dtype } = x;
  return {
    shape: [...x.shape.slice(0, 2), ...output],
    inputShape: x.shape,
    value: form(op, key, { kind: "pool2d", mode, pool }, dtype),
    grad: form(`${op}Grad`, key, { kind: "pool2dGrad", mode, pool }, dtype),
    pick: mode === "avg" ? null : form(`${op}Pick`, key, { kind: "pool2d", mode: "maxPick", pool }, dtype),
    scale: isWhole ? (kernelH * kernelW) / divisorOverride : 1,
  };
}

/**
 * The largest element of each window. Shapes: x `[N, C, H, W]`, result `[N, C, H', W']` with
 * `H' = ⌊(H + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`, rounded up where `ceilMode` is true.
 * Equal largest elements: the first has the gradient.
 */
export function maxPool2d(x: Tensor, kernel: Pair, options: MaxPoolOptions = {}): Tensor {
  return maximum("maxPool2d", x, poolingFor("maxPool2d", 2, x, kernel, options));
}

/** The largest element of each window that a pooling takes from x. */
export function maximum(op: string, x: Tensor, pooling: Pooling): Tensor {
  const node = Node.of(pooling.value, [x.node], pooling.shape);
  return result(node, op, [x], (dy) => [maxPoolGrad(op, x.detach(), dy, pooling)]);
}

/** dx of max pooling: dy goes to each window's first maximum. Linear in dy; flat in x. */
function maxPoolGrad(op: string, x: Tensor, dy: Tensor, pooling: Pooling): Tensor {
  const node = Node.of(pooling.grad, [x.node, dy.node], pooling.inputShape);
  return result(node, `${op}Grad`, [dy], (ddx) => [maxPoolPick(op, x, ddx, pooling)]);
}

/** The elements of `values` where each window of x has its first maximum; linear in values. */
function maxPoolPick(op: string, x: Tensor, values: Tensor, pooling: Pooling): Tensor {
  const node = Node.of(pooling.pick!, [x.node, values.node], pooling.shape);
  return result(node, `${op}Pick`, [values], (dy) => [maxPoolGrad(op, x, dy, pooling)]);
}

/** The mean of each window; shapes as in `maxPool2d`. */
export function avgPool2d(x: Tensor, kernel: Pair, options: AvgPoolOptions = {}): Tensor {
  return average("avgPool2d", x, poolingFor("avgPool2d", 2, x, kernel, options));
}

/** The mean of each window that a pooling takes from x, or its sum over the pooling's own divisor. */
export function average(op: string, x: Tensor, pooling: Pooling): Tensor {
  const y = means(op, x, pooling);
  return pooling.scale === 1 ? y : y.mul(pooling.scale);
}

function means(op: string, x: Tensor, pooling: Pooling): Tensor {
  const node = Node.of(pooling.value, [x.node], pooling.shape);
  return result(node, op, [x], (dy) => [meansGrad(op, dy, pooling)]);
}

/** dx of average pooling: dy spread evenly over its window. */
function meansGrad(op: string, dy: Tensor, pooling: Pooling): Tensor {
  const node = Node.of(pooling.grad, [dy.node], pooling.inputShape);
  return result(node, `${op}Grad`, [dy], (ddx) => [means(op, ddx, pooling)]);
}

/** What the checks try these ops with. */
export function poolRecords(): OpRecord[] {
  return [
    {
      name: "maxPool2d",
      differentiable: true,
      domain: [-3, 3],
      samples: [
        { shapes: [[2, 3, 6, 8]], call: (x) => maxPool2d(x!, 2) },
        { shapes: [[2, 3, 6, 8]], call: (x) => maxPool2d(x!.sin(), 2).sigmoid() },
        { shapes: [[1, 2, 7, 5]], call: (x) => maxPool2d(x!, 3, { stride: 2, padding: 1 }) },
        { shapes: [[1, 2, 9, 9]], call: (x) => maxPool2d(x!, [2, 3], { stride: 1, dilation: 2 }) },
        { shapes: [[1, 1, 5, 6]], call: (x) => maxPool2d(x!, 2, { ceilMode: true }).sin() },
        { shapes: [[1, 2, 6, 3]], call: (x) => maxPool2d(x!, 3, { stride: 2, ceilMode: true }).sin() },
      ],
    },
    {
      name: "avgPool2d",
      differentiable: true,
      domain: [-3, 3],
      samples: [
        { shapes: [[2, 3, 6, 8]], call: (x) => avgPool2d(x!, 2) },
        { shapes: [[1, 2, 7, 5]], call: (x) => avgPool2d(x!, 3, { stride: 2, padding: 1 }) },
        {
          shapes: [[1, 2, 7, 5]],
          call: (x) => avgPool2d(x!, 3, { stride: 1, padding: 1, countIncludePad: false }).sin(),
        },
        {
          shapes: [[1, 1, 6, 5]],
          call: (x) => avgPool2d(x!, [3, 2], { stride: 2, padding: 1, ceilMode: true }).sin(),
        },
        {
          shapes: [[1, 1, 6, 5]],
          call: (x) => avgPool2d(x!, 2, { padding: 1, ceilMode: true, divisorOverride: 3 }).sin(),
        },
      ],
    },
  ];
}
