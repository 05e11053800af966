// What convolutions of all kinds are made of: a correlation with all its sizes, and its derivatives, which are correlations again.

import type { DType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import { type Form, form, Node } from "../graph/node.ts";
import type { ConvGeometry } from "../kernel/kernel.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { result } from "./define.ts";
import { asPicture, type Windows } from "./sizes.ts";

/** A convolution's geometry from its channels and windows. */
export function geometryOf(
  channels: Pick<ConvGeometry, "batch" | "groups" | "inChannels" | "outChannels">,
  windows: Windows,
): ConvGeometry {
  return { ...channels, ...asPicture(windows), inputDilationH: 1, inputDilationW: 1 };
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
export class Correlation {
  readonly op: string;
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

  constructor(
    op: string,
    geometry: ConvGeometry,
    transposed: boolean,
    dtype: DType,
    dualOf: Correlation | null = null,
  ) {
    const { batch, groups, outChannels, inChannels, outH, outW, kernelH, kernelW } = geometry;
    const key = Object.values(geometry).join();
    const chunks = weightGradChunks(geometry);
    this.op = op;
    this.geometry = geometry;
    this.transposed = transposed;
    this.name = transposed === op.startsWith("convTranspose") ? op : `${op}InputGrad`;
    this.form = form(this.name, key, { kind: "conv2d", geometry, transposed }, dtype);
    this.shape = [batch, groups * outChannels, outH, outW];
    this.weightShape = [groups * outChannels, inChannels, kernelH, kernelW];
    this.partialShape = [chunks, ...this.weightShape];
    const weightGrad = { kind: "conv2dWeightGrad", geometry, chunks } as const;
    this.weightGradForm = form(`${op}WeightGrad`, key, weightGrad, dtype);
    this.#dual = dualOf;
  }

  /** The convolution that takes this one's gradient back to its input. */
  get dual(): Correlation {
    this.#dual ??= new Correlation(this.op, dual(this.geometry), !this.transposed, this.form.dtype, this);
    return this.#dual;
  }
}

/** The convolution of x with a weight, and the bias added to each channel. */
export function correlate(x: Tensor, weight: Tensor, c: Correlation, bias: Tensor | null = null): Tensor {
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
  const partial = result(node, `${c.op}WeightGrad`, [x, dy], (dpartial) => {
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
