// Convolution of pictures and of sequences.

import { nearest, OptionError, ShapeError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { formatShape } from "../base/shape.ts";
import type { ConvGeometry } from "../kernel/kernel.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Correlation, correlate, geometryOf } from "./correlation.ts";
import { type OpRecord, requireFloat } from "./define.ts";
import { linear } from "./linalg.ts";
import { type Axes, type Pair, sizesOf } from "./sizes.ts";

export { type Pair, pair } from "./sizes.ts";

/** Options of a convolution, PyTorch's names and defaults; sizes are numbers for sequences, and pairs may stand for pictures. */
export interface ConvOptions<Size = Pair> {
  /** Step between neighbouring windows. Default 1. */
  stride?: Size;
  /**
   * Zeros added on each side; "valid" adds none, and "same" as many as give the result the input's size, one more at the end where
   * their number is odd. Default 0.
   */
  padding?: Size | "same" | "valid";
  /** Distance between the kernel's taps. Default 1. */
  dilation?: Size;
  /** Input and output channels are cut into this many independent groups. Default 1. */
  groups?: number;
}

/** The names of a convolution's options. */
export const convOptionNames: readonly string[] = ["stride", "padding", "dilation", "groups"];

/** What a convolution's options say for each axis; `padding` is [before, after]. */
export interface ConvSizes {
  readonly stride: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
  readonly dilation: readonly number[];
}

/** The sizes that options hold for a kernel; throws OptionError where one breaks a rule. */
export function convSizes(op: string, kernel: readonly number[], options: ConvOptions): ConvSizes {
  const axes = kernel.length as Axes;
  const stride = sizesOf(op, "stride", options.stride ?? 1, 1, axes);
  const dilation = sizesOf(op, "dilation", options.dilation ?? 1, 1, axes);
  const { padding = 0 } = options;
  if (padding === "same") {
    if (stride.some((step) => step !== 1)) {
      throw new OptionError(
        `${op}: padding "same" keeps the input's size, which needs stride 1; got stride ${stride.join(", ")}. Give padding as a number`,
      );
    }
    const around = kernel.map((taps, d) => dilation[d]! * (taps - 1));
    return {
      stride,
      dilation,
      padding: around.map((sum) => [Math.floor(sum / 2), Math.ceil(sum / 2)] as const),
    };
  }
  if (typeof padding === "string" && padding !== "valid") {
    const near = nearest(padding, ["same", "valid"]);
    throw new OptionError(
      `${op}: padding must be a number, "same" or "valid"; got "${padding}"${near ? `. Did you mean "${near}"?` : ""}`,
    );
  }
  const sides = sizesOf(op, "padding", padding === "valid" ? 0 : padding, 0, axes);
  return { stride, dilation, padding: sides.map((size) => [size, size] as const) };
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
  const correlation = correlationFor("conv2d", x, weight, bias, options);
  return wholeProduct(x, weight, bias, correlation.geometry) ?? correlate(x, weight, correlation, bias);
}

/**
 * Cross-correlation of sequences: `y[n, o, i] = bias[o] + Σ x[n, c, i·stride + u·dilation − padding] · weight[o, c, u]`.
 * Shapes: x `[N, C, L]`, weight `[O, C / groups, k]`, bias `[O]`, y `[N, O, L']` with
 * `L' = ⌊(L + 2·padding − dilation·(k − 1) − 1) / stride⌋ + 1`.
 * Throws ShapeError where channels, groups or sizes do not fit.
 */
export function conv1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvOptions<number> = {},
): Tensor {
  const correlation = correlationFor("conv1d", x, weight, bias, options);
  const whole = wholeProduct(x, weight, bias, correlation.geometry);
  return whole ?? correlate(x.unsqueeze(2), weight.unsqueeze(2), correlation, bias).squeeze(2);
}

/** A convolution whose kernel covers the input, as one matrix product; null for any other. */
function wholeProduct(x: Tensor, weight: Tensor, bias: Tensor | null, geometry: ConvGeometry): Tensor | null {
  const { groups, inChannels, inH, inW, kernelH, kernelW, outH, outW, padTop, padLeft } = geometry;
  const covers = outH === 1 && outW === 1 && kernelH === inH && kernelW === inW && groups === 1;
  if (!covers || padTop > 0 || padLeft > 0 || kernelH * kernelW === 1) return null;
  const columns = inChannels * inH * inW;
  const y = linear(x.reshape([x.shape[0]!, columns]), weight.reshape([-1, columns]), bias);
  return y.reshape([...y.shape, ...x.shape.slice(2).map(() => 1)]);
}

/** What x, weight and bias of a convolution are, for errors. */
export function shownInputs(x: Tensor, weight: Tensor, bias: Tensor | null): string {
  return `got x ${formatShape(x.shape)}, weight ${formatShape(weight.shape)}${bias ? `, bias ${formatShape(bias.shape)}` : ""}`;
}

/** Throws ShapeError where bias isn't one number for each output channel. */
export function checkBias(op: string, outputs: number, x: Tensor, weight: Tensor, bias: Tensor | null): void {
  if (bias && (bias.rank !== 1 || bias.shape[0] !== outputs)) {
    throw new ShapeError(
      `${op}: bias must be [${outputs}], one for each output channel; ${shownInputs(x, weight, bias)}`,
    );
  }
}

function convGeometry(
  op: string,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvOptions,
): ConvGeometry {
  requireFloat(op, bias ? { x, weight, bias } : { x, weight });
  checkOptions(op, options, convOptionNames);
  const axes = op === "conv1d" ? 1 : 2;
  const shown = () => shownInputs(x, weight, bias);
  if (x.rank !== axes + 2 || weight.rank !== axes + 2) {
    const wanted = axes === 1 ? ["[N, C, L]", "[O, C/groups, k]"] : ["[N, C, H, W]", "[O, C/groups, kh, kw]"];
    throw new ShapeError(`${op}: x must be ${wanted[0]} and weight ${wanted[1]}; ${shown()}`);
  }
  const [batch, channels, ...input] = x.shape as [number, number, ...number[]];
  const [outputs, perGroup, ...kernel] = weight.shape as [number, number, ...number[]];
  const { stride, padding, dilation } = convSizes(op, kernel, options);
  const groups = options.groups ?? 1;
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0 || outputs % groups !== 0) {
    throw new ShapeError(`${op}: groups must divide input and output channels; groups ${groups}, ${shown()}`);
  }
  if (perGroup !== channels / groups) {
    throw new ShapeError(
      `${op}: weight expects ${perGroup * groups} input channels (${perGroup} in each of ${groups} groups), x has ${channels}; ${shown()}`,
    );
  }
  checkBias(op, outputs, x, weight, bias);
  const padded = input.map((size, d) => size + padding[d]![0] + padding[d]![1]);
  const spans = kernel.map((taps, d) => dilation[d]! * (taps - 1) + 1);
  const output = padded.map((size, d) => Math.floor((size - spans[d]!) / stride[d]!) + 1);
  if (output.some((size) => size < 1) || kernel.includes(0)) {
    throw new ShapeError(
      `${op}: a kernel of ${spans.join("×")} does not fit into the padded input of ` +
        `${padded.join("×")}; ${shown()}. Use a smaller kernel or more padding`,
    );
  }
  const channelsOf = { batch, groups, inChannels: perGroup, outChannels: outputs / groups };
  const before = padding.map(([first]) => first);
  return geometryOf(channelsOf, { input, output, kernel, stride, dilation, before });
}

const correlations = new Map<string, Correlation>();

/** The convolution of x with a weight, worked out and checked on the first call with these shapes and options. */
function correlationFor(
  op: string,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvOptions,
): Correlation {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const dtypes = `${x.dtype},${weight.dtype},${bias?.dtype}`;
  const shapes = `${x.node.shapeId},${weight.node.shapeId},${bias ? bias.node.shapeId : ""}`;
  const key = `${op}|${dtypes}|${shapes}|${stride}|${padding}|${dilation}|${groups}`;
  let correlation = correlations.get(key);
  if (!correlation) {
    correlation = new Correlation(op, convGeometry(op, x, weight, bias, options), false, x.dtype);
    correlations.set(key, correlation);
  }
  return correlation;
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
        {
          shapes: [
            [1, 2, 4, 5],
            [2, 1, 2, 4],
          ],
          call: (x, w) => conv2d(x!, w!, null, { padding: "same", groups: 2 }).sin(),
        },
      ],
    },
    {
      name: "conv1d",
      differentiable: true,
      domain: [-1, 1],
      samples: [
        {
          shapes: [[2, 3, 9], [4, 3, 3], [4]],
          call: (x, w, b) => conv1d(x!, w!, b!, { stride: 2, padding: 1 }).sigmoid(),
        },
        {
          shapes: [
            [2, 2, 6],
            [2, 1, 4],
          ],
          call: (x, w) => conv1d(x!, w!, null, { padding: "same", groups: 2 }).sin(),
        },
        { shapes: [[2, 3, 4], [2, 3, 4], [2]], call: (x, w, b) => conv1d(x!, w!, b!).sin() },
      ],
    },
  ];
}
