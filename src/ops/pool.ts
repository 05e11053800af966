// Two-dimensional max and average pooling.

import { allocate, type DType } from "../base/dtype.ts";
import { OptionError, ShapeError } from "../base/errors.ts";
import { formatShape, type Shape } from "../base/shape.ts";
import { type Form, form, Node } from "../graph/node.ts";
import { Tensor } from "../tensor/tensor.ts";
import { type Pair, pair } from "./conv.ts";
import { type OpRecord, requireFloat, result } from "./define.ts";

/** Options of a pooling, PyTorch's defaults. */
export interface PoolOptions {
  /** Step between windows. Default: the kernel's size. */
  stride?: Pair;
  /** Added on each side: never the maximum, zeros for the average; at most half the kernel. Default 0. */
  padding?: Pair;
}

/** Options of a max pooling. */
export interface MaxPoolOptions extends PoolOptions {
  /** Distance between the window's elements. Default 1. */
  dilation?: Pair;
}

/** Options of an average pooling. */
export interface AvgPoolOptions extends PoolOptions {
  /** Whether padding counts into the divisor. Default true. */
  countIncludePad?: boolean;
}

/** A pooling with all its sizes: the forms of its nodes. Made once for each combination of shapes and options. */
interface Pooling {
  readonly shape: Shape;
  readonly inputShape: Shape;
  readonly max: Form;
  readonly maxGrad: Form;
  readonly maxPick: Form;
  readonly avg: Form;
  readonly avgGrad: Form;
}

const poolings = new Map<string, Pooling>();

/** The pooling of x, worked out and checked on the first call with this shape and these options. */
function poolingFor(op: string, x: Tensor, kernel: Pair, options: MaxPoolOptions & AvgPoolOptions): Pooling {
  const { stride = kernel, padding = 0, dilation = 1, countIncludePad = true } = options;
  const key = `${op}|${x.dtype}|${x.node.shapeId}|${kernel}|${stride}|${padding}|${dilation}|${countIncludePad}`;
  let pooling = poolings.get(key);
  if (!pooling) {
    pooling = makePooling(op, x, kernel, options);
    poolings.set(key, pooling);
  }
  return pooling;
}

function makePooling(op: string, x: Tensor, kernel: Pair, options: MaxPoolOptions & AvgPoolOptions): Pooling {
  requireFloat(op, { x });
  if (x.rank !== 4) throw new ShapeError(`${op}: x must be [N, C, H, W]; got ${formatShape(x.shape)}`);
  const [kernelH, kernelW] = pair(op, "kernel size", kernel, 1);
  const [strideH, strideW] = pair(op, "stride", options.stride ?? kernel, 1);
  const [padTop, padLeft] = pair(op, "padding", options.padding ?? 0, 0);
  const [dilationH, dilationW] = pair(op, "dilation", options.dilation ?? 1, 1);
  if (padTop > kernelH / 2 || padLeft > kernelW / 2) {
    throw new OptionError(
      `${op}: padding may be at most half of the kernel; got padding ${padTop}, ${padLeft} for a kernel of ${kernelH}×${kernelW}`,
    );
  }
  const [n, c, inH, inW] = x.shape as [number, number, number, number];
  const outH = Math.floor((inH + 2 * padTop - dilationH * (kernelH - 1) - 1) / strideH) + 1;
  const outW = Math.floor((inW + 2 * padLeft - dilationW * (kernelW - 1) - 1) / strideW) + 1;
  if (outH < 1 || outW < 1) {
    throw new ShapeError(
      `${op}: a window of ${kernelH}×${kernelW} does not fit into the padded input of ${inH + 2 * padTop}×${inW + 2 * padLeft}; got x ${formatShape(x.shape)}`,
    );
  }
  const geometry = {
    planes: n * c,
    inH,
    inW,
    outH,
    outW,
    kernelH,
    kernelW,
    strideH,
    strideW,
    padTop,
    padLeft,
    dilationH,
    dilationW,
  };
  const countPadding = options.countIncludePad ?? true;
  const pool = { geometry, countPadding, padBottom: padTop, padRight: padLeft };
  const key = `${Object.values(geometry)}|${countPadding}`;
  const { dtype } = x;
  return {
    shape: [n, c, outH, outW],
    inputShape: x.shape,
    max: form("maxPool2d", key, { kind: "pool2d", mode: "max", pool }, dtype),
    maxGrad: form("maxPool2dGrad", key, { kind: "pool2dGrad", mode: "max", pool }, dtype),
    maxPick: form("maxPool2dPick", key, { kind: "pool2d", mode: "maxPick", pool }, dtype),
    avg: form("avgPool2d", key, { kind: "pool2d", mode: "avg", pool }, dtype),
    avgGrad: form("avgPool2dGrad", key, { kind: "pool2dGrad", mode: "avg", pool }, dtype),
  };
}

/**
 * The largest element of each window. Shapes: x `[N, C, H, W]`, result `[N, C, H', W']` with
 * `H' = ⌊(H + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`. Equal largest elements: the first has the gradient.
 */
export function maxPool2d(x: Tensor, kernel: Pair, options: MaxPoolOptions = {}): Tensor {
  const pooling = poolingFor("maxPool2d", x, kernel, options);
  const node = Node.of(pooling.max, [x.node], pooling.shape);
  return result(node, "maxPool2d", [x], (dy) => [maxPoolGrad(x.detach(), dy, pooling)]);
}

/** dx of max pooling: dy goes to each window's first maximum. Linear in dy; flat in x. */
function maxPoolGrad(x: Tensor, dy: Tensor, pooling: Pooling): Tensor {
  const node = Node.of(pooling.maxGrad, [x.node, dy.node], pooling.inputShape);
  return result(node, "maxPool2dGrad", [dy], (ddx) => [maxPoolPick(x, ddx, pooling)]);
}

/** The elements of `values` where each window of x has its first maximum; linear in values. */
function maxPoolPick(x: Tensor, values: Tensor, pooling: Pooling): Tensor {
  const node = Node.of(pooling.maxPick, [x.node, values.node], pooling.shape);
  return result(node, "maxPool2dPick", [values], (dy) => [maxPoolGrad(x, dy, pooling)]);
}

/** The mean of each window; shapes as in `maxPool2d`. */
export function avgPool2d(x: Tensor, kernel: Pair, options: AvgPoolOptions = {}): Tensor {
  return average(x, poolingFor("avgPool2d", x, kernel, options));
}

function average(x: Tensor, pooling: Pooling): Tensor {
  const node = Node.of(pooling.avg, [x.node], pooling.shape);
  return result(node, "avgPool2d", [x], (dy) => [averageGrad(dy, pooling)]);
}

/** dx of average pooling: dy spread evenly over its window. */
function averageGrad(dy: Tensor, pooling: Pooling): Tensor {
  const node = Node.of(pooling.avgGrad, [dy.node], pooling.inputShape);
  return result(node, "avgPool2dGrad", [dy], (ddx) => [average(ddx, pooling)]);
}

/**
 * The mean of each of `outputSize` bins that cover the picture evenly: bin i of n along an axis of size s holds elements
 * `⌊i·s / n⌋ … ⌈(i + 1)·s / n⌉ − 1`, so that bins overlap where n does not divide s, and repeat elements where it is larger.
 * `outputSize` 1 is global average pooling. Shapes: x `[N, C, H, W]`, result `[N, C, ...outputSize]`.
 * Where bins differ in size they are averaged by a matrix product, so a NaN or infinity reaches all bins of its picture and channel.
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: Pair): Tensor {
  requireFloat("adaptiveAvgPool2d", { x });
  const [outH, outW] = pair("adaptiveAvgPool2d", "output size", outputSize, 1);
  const [, , inH, inW] = x.shape;
  if (x.rank !== 4 || !inH || !inW) {
    throw new ShapeError(
      `adaptiveAvgPool2d: x must be [N, C, H, W] with a picture of at least 1×1; got ${formatShape(x.shape)}`,
    );
  }
  if (outH === inH && outW === inW) return x;
  if (outH === 1 && outW === 1) return x.mean([2, 3], { keepdim: true });
  if (inH % outH === 0 && inW % outW === 0) return avgPool2d(x, [inH / outH, inW / outW]);
  const columns = x.matmul(binAverages(inW, outW, x.dtype).t()); // [N, C, H, outW]
  return binAverages(inH, outH, x.dtype).matmul(columns); // [N, C, outH, outW]
}

/** Row i averages bin i: `[bins, size]`. */
function binAverages(size: number, bins: number, dtype: DType): Tensor {
  const data = allocate(dtype, bins * size);
  for (let i = 0; i < bins; i++) {
    const start = Math.floor((i * size) / bins);
    const end = Math.ceil(((i + 1) * size) / bins);
    data.fill(1 / (end - start), i * size + start, i * size + end);
  }
  return Tensor.fromArray(data, [bins, size], dtype);
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
      ],
    },
    {
      name: "adaptiveAvgPool2d",
      differentiable: true,
      domain: [-3, 3],
      samples: [
        { shapes: [[2, 3, 5, 4]], call: (x) => adaptiveAvgPool2d(x!, 1).sin() },
        { shapes: [[2, 1, 6, 4]], call: (x) => adaptiveAvgPool2d(x!, [3, 2]).sin() },
        { shapes: [[1, 2, 5, 4]], call: (x) => adaptiveAvgPool2d(x!, [3, 3]).sin() },
        { shapes: [[2, 2, 2, 1]], call: (x) => adaptiveAvgPool2d(x!, [3, 7]).sin() },
      ],
    },
  ];
}
