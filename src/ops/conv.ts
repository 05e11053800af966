// Two-dimensional convolution and its derivatives, which are convolutions again.

import type { DType } from "../base/dtype.ts";
import { OptionError, ShapeError } from "../base/errors.ts";
import { formatShape, type Shape } from "../base/shape.ts";
import { type Form, form, Node } from "../graph/node.ts";
import type { ConvGeometry } from "../kernel/kernel.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type OpRecord, requireFloat, result } from "./define.ts";
import { linear } from "./linalg.ts";

/** One number for both axes, or [vertical, horizontal]. */
export type Pair = number | readonly [number, number];

/** Options of a convolution, PyTorch's names and defaults. */
export interface ConvOptions {
  /** Step between neighbouring windows. Default 1. */
  stride?: Pair;
  /** Zeros added on each side. Default 0. */
  padding?: Pair;
  /** Distance between the kernel's taps. Default 1. */
  dilation?: Pair;
  /** Input and output channels are cut into this many independent groups. Default 1. */
  groups?: number;
}

/** A number for each of `axes` axes, checked to be integers of at least `least`. */
export function sizesOf(
  op: string,
  name: string,
  value: Pair,
  least: number,
  axes: number,
): readonly number[] {
  const sizes = typeof value === "number" ? new Array<number>(axes).fill(value) : value;
  if (
    !Array.isArray(sizes) ||
    sizes.length !== axes ||
    sizes.some((n) => !Number.isInteger(n) || n < least)
  ) {
    const several = axes === 1 ? "" : ", or two of them";
    throw new OptionError(
      `${op}: ${name} must be an integer of at least ${least}${several}; got ${JSON.stringify(value) ?? value}`,
    );
  }
  return sizes;
}

/** Both numbers of a pair, checked to be integers of at least `least`. */
export function pair(op: string, name: string, value: Pair, least: number): [number, number] {
  return [...sizesOf(op, name, value, least, 2)] as [number, number];
}

/**
 * Cross-correlation as in PyTorch: `y[n, o, i, j] = bias[o] + Σ x[n, c, i·stride + u·dilation − padding, …] · weight[o, c, u, v]`.
 * Shapes: x `[N, C, H, W]`, weight `[O, C / groups, kh, kw]`, bias `[O]`, y `[N, O, H', W']` with
 * `H' = ⌊(H + 2·padding − dilation·(kh − 1) − 1) / stride⌋ + 1`.
 * Throws ShapeError where channels, groups or sizes do not fit.
 */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvOptions = {},
): Tensor {
  requireFloat("conv2d", bias ? { x, weight, bias } : { x, weight });
  const correlation = correlationFor(x, weight, bias, options);
  const { geometry } = correlation;
  const { groups, inChannels, inH, inW, kernelH, kernelW, outH, outW } = geometry;
  const whole = outH === 1 && outW === 1 && kernelH === inH && kernelW === inW && groups === 1;
  const unpadded = geometry.padTop === 0 && geometry.padLeft === 0;
  if (whole && unpadded && kernelH * kernelW > 1) {
    // The kernel covers the picture: one matrix product.
    const columns = inChannels * inH * inW;
    const y = linear(x.reshape([x.shape[0]!, columns]), weight.reshape([-1, columns]), bias);
    return y.reshape([x.shape[0]!, weight.shape[0]!, 1, 1]);
  }
  return correlate(x, weight, correlation, bias);
}

function convGeometry(x: Tensor, weight: Tensor, bias: Tensor | null, options: ConvOptions): ConvGeometry {
  const shown = () =>
    `got x ${formatShape(x.shape)}, weight ${formatShape(weight.shape)}${bias ? `, bias ${formatShape(bias.shape)}` : ""}`;
  if (x.rank !== 4 || weight.rank !== 4) {
    throw new ShapeError(`conv2d: x must be [N, C, H, W] and weight [O, C/groups, kh, kw]; ${shown()}`);
  }
  const [strideH, strideW] = pair("conv2d", "stride", options.stride ?? 1, 1);
  const [padTop, padLeft] = pair("conv2d", "padding", options.padding ?? 0, 0);
  const [dilationH, dilationW] = pair("conv2d", "dilation", options.dilation ?? 1, 1);
  const groups = options.groups ?? 1;
  const [batch, channels, inH, inW] = x.shape as [number, number, number, number];
  const [outputs, perGroup, kernelH, kernelW] = weight.shape as [number, number, number, number];
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0 || outputs % groups !== 0) {
    throw new ShapeError(
      `conv2d: groups must divide input and output channels; groups ${groups}, ${shown()}`,
    );
  }
  if (perGroup !== channels / groups) {
    throw new ShapeError(
      `conv2d: weight expects ${perGroup * groups} input channels (${perGroup} in each of ${groups} groups), x has ${channels}; ${shown()}`,
    );
  }
  if (bias && (bias.rank !== 1 || bias.shape[0] !== outputs)) {
    throw new ShapeError(`conv2d: bias must be [${outputs}], one for each output channel; ${shown()}`);
  }
  const outH = Math.floor((inH + 2 * padTop - dilationH * (kernelH - 1) - 1) / strideH) + 1;
  const outW = Math.floor((inW + 2 * padLeft - dilationW * (kernelW - 1) - 1) / strideW) + 1;
  if (outH < 1 || outW < 1 || kernelH < 1 || kernelW < 1) {
    throw new ShapeError(
      `conv2d: a kernel of ${dilationH * (kernelH - 1) + 1}×${dilationW * (kernelW - 1) + 1} does not fit into the padded input of ` +
        `${inH + 2 * padTop}×${inW + 2 * padLeft}; ${shown()}. Use a smaller kernel or more padding`,
    );
  }
  return {
    batch,
    groups,
    inChannels: perGroup,
    outChannels: outputs / groups,
    inH,
    inW,
    kernelH,
    kernelW,
    outH,
    outW,
    strideH,
    strideW,
    padTop,
    padLeft,
    dilationH,
    dilationW,
    inputDilationH: 1,
    inputDilationW: 1,
  };
}

/** The geometry of the input gradient: stride and input dilation change places, the kernel is read backwards. */
function dual(g: ConvGeometry): ConvGeometry {
  return {
    ...g,
    inChannels: g.outChannels,
    outChannels: g.inChannels,
    inH: g.outH,
    inW: g.outW,
    outH: g.inH,
    outW: g.inW,
    strideH: g.inputDilationH,
    strideW: g.inputDilationW,
    inputDilationH: g.strideH,
    inputDilationW: g.strideW,
    padTop: g.dilationH * (g.kernelH - 1) - g.padTop,
    padLeft: g.dilationW * (g.kernelW - 1) - g.padLeft,
  };
}

/**
 * A convolution with all its sizes: the forms of its nodes, and its dual. Made once for each combination of shapes and
 * options, so that a training step does not work them out again.
 */
class Correlation {
  readonly geometry: ConvGeometry;
  /** Whether the weight is read as the input gradient reads it. */
  readonly transposed: boolean;
  readonly name: string;
  readonly form: Form;
  readonly shape: Shape;
  readonly weightShape: Shape;
  readonly partialShape: Shape;
  readonly weightGradForm: Form;
  #dual: Correlation | null;

  constructor(geometry: ConvGeometry, transposed: boolean, dtype: DType, dualOf: Correlation | null = null) {
    const { batch, groups, outChannels, inChannels, outH, outW, kernelH, kernelW } = geometry;
    const key = Object.values(geometry).join();
    const chunks = weightGradChunks(geometry);
    this.geometry = geometry;
    this.transposed = transposed;
    this.name = transposed ? "conv2dInputGrad" : "conv2d";
    this.form = form(this.name, key, { kind: "conv2d", geometry, transposed }, dtype);
    this.shape = [batch, groups * outChannels, outH, outW];
    this.weightShape = [groups * outChannels, inChannels, kernelH, kernelW];
    this.partialShape = [chunks, ...this.weightShape];
    this.weightGradForm = form(
      "conv2dWeightGrad",
      key,
      { kind: "conv2dWeightGrad", geometry, chunks },
      dtype,
    );
    this.#dual = dualOf;
  }

  /** The convolution that takes this one's gradient back to its input. */
  get dual(): Correlation {
    this.#dual ??= new Correlation(dual(this.geometry), !this.transposed, this.form.dtype, this);
    return this.#dual;
  }
}

const correlations = new Map<string, Correlation>();

/** The convolution of x with a weight, worked out and checked on the first call with these shapes and options. */
function correlationFor(x: Tensor, weight: Tensor, bias: Tensor | null, options: ConvOptions): Correlation {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const shapes = `${x.node.shapeId},${weight.node.shapeId},${bias ? bias.node.shapeId : ""}`;
  const key = `${x.dtype}|${shapes}|${stride}|${padding}|${dilation}|${groups}`;
  let correlation = correlations.get(key);
  if (!correlation) {
    correlation = new Correlation(convGeometry(x, weight, bias, options), false, x.dtype);
    correlations.set(key, correlation);
  }
  return correlation;
}

/** The convolution of x with a weight, and the bias added to each channel. */
function correlate(x: Tensor, weight: Tensor, c: Correlation, bias: Tensor | null = null): Tensor {
  const inputs = bias ? [x, weight, bias] : [x, weight];
  const node = Node.of(
    c.form,
    inputs.map((input) => input.node),
    c.shape,
  );
  return result(node, c.name, inputs, (dy) => [
    // dx: the dual convolution of dy
    x.requiresGrad ? correlate(dy, weight, c.dual) : null,
    // dw: x correlated with dy; for the transposed form x and dy change roles
    weight.requiresGrad ? (c.transposed ? weightGrad(dy, x, c.dual) : weightGrad(x, dy, c)) : null,
    bias?.requiresGrad ? dy.sum([0, 2, 3]) : null, // dbias = Σ dy over samples and places
  ]);
}

/** The weight gradient `[groups·O, C, kh, kw]` of a convolution that is not transposed, summed over fixed parts of the batch. */
function weightGrad(x: Tensor, dy: Tensor, c: Correlation): Tensor {
  const node = Node.of(c.weightGradForm, [x.node, dy.node], c.partialShape);
  const partial = result(node, "conv2dWeightGrad", [x, dy], (dpartial) => {
    // The sum over parts repeats one gradient, so any part of it is the gradient of the whole.
    const dw = dpartial.select(0, 0);
    return [
      x.requiresGrad ? correlate(dy, dw, c.dual) : null, // dx: as if dw were the weight
      dy.requiresGrad ? correlate(x, dw, c) : null, // d(dy): the convolution of x with dw
    ];
  });
  return partial.sum(0);
}

/** How many parts the batch is cut into, by the shape alone: work for many threads, but little to add up. */
function weightGradChunks({
  batch,
  groups,
  outChannels,
  inChannels,
  kernelH,
  kernelW,
}: ConvGeometry): number {
  const weights = groups * outChannels * inChannels * kernelH * kernelW;
  return Math.max(1, Math.min(batch, weights <= 65536 ? 16 : 8));
}

/** What the checks try these ops with. */
export function convRecords(): OpRecord[] {
  return [
    {
      name: "conv2d",
      differentiable: true,
      domain: [-1, 1],
      samples: [
        { shapes: [[2, 3, 6, 5], [4, 3, 3, 2], [4]], call: (x, w, b) => conv2d(x!, w!, b!) },
        {
          shapes: [
            [2, 2, 7, 7],
            [4, 2, 3, 3],
          ],
          call: (x, w) => conv2d(x!, w!, null, { stride: 2, padding: 1 }),
        },
        {
          shapes: [[1, 4, 6, 6], [4, 2, 3, 3], [4]],
          call: (x, w, b) => conv2d(x!, w!, b!, { groups: 2, padding: [0, 2] }).sigmoid(),
        },
        {
          shapes: [
            [2, 3, 8, 8],
            [3, 1, 3, 3],
          ],
          call: (x, w) => conv2d(x!, w!, null, { groups: 3, dilation: 2 }),
        },
        {
          shapes: [
            [2, 3, 5, 5],
            [4, 3, 1, 1],
          ],
          call: (x, w) => conv2d(x!, w!),
        },
        { shapes: [[2, 3, 4, 4], [5, 3, 4, 4], [5]], call: (x, w, b) => conv2d(x!, w!, b!).tanh() },
        { shapes: [[3, 1, 9, 12], [6, 1, 5, 5], [6]], call: (x, w, b) => conv2d(x!, w!, b!).sigmoid() },
        {
          shapes: [
            [0, 1, 5, 5],
            [2, 1, 3, 3],
          ],
          call: (x, w) => conv2d(x!, w!),
        },
      ],
    },
  ];
}
