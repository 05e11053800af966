// Transposed convolution: the map that takes a convolution's gradient back to its input, as a layer of its own.

import { OptionError, ShapeError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkBias, convSizes, shownInputs } from "./conv.ts";
import { Correlation, correlate, geometryOf } from "./correlation.ts";
import { type OpRecord, requireFloat } from "./define.ts";
import { type Axes, type Pair, sizesOf } from "./sizes.ts";

/** Options of a transposed convolution, PyTorch's names and defaults. */
export interface ConvTransposeOptions<Size = Pair> {
  /** How far the windows of neighbouring inputs lie apart in the output. Default 1. */
  stride?: Size;
  /** Taken away on each side of the output: the padding of the convolution whose gradient this is. Default 0. */
  padding?: Size;
  /** Added to the output's size at the end, where a convolution with a stride gives the same size for several inputs. Default 0. */
  outputPadding?: Size;
  /** Distance between the kernel's taps. Default 1. */
  dilation?: Size;
  /** Input and output channels are cut into this many independent groups. Default 1. */
  groups?: number;
}

/** The names of a transposed convolution's options. */
export const convTransposeOptionNames: readonly string[] = [
  "stride",
  "padding",
  "outputPadding",
  "dilation",
  "groups",
];

/** The sizes that options hold for a kernel; throws OptionError where one breaks a rule. */
export function convTransposeSizes(op: string, kernel: readonly number[], options: ConvTransposeOptions) {
  const { padding = 0, outputPadding = 0 } = options;
  if (typeof padding === "string") {
    throw new OptionError(
      `${op}: padding must be a number; "${padding}" has no meaning for a transposed convolution`,
    );
  }
  const sizes = convSizes(op, kernel, options);
  const added = sizesOf(op, "outputPadding", outputPadding, 0, kernel.length as Axes);
  if (added.some((size, d) => size >= Math.max(sizes.stride[d]!, sizes.dilation[d]!))) {
    throw new OptionError(
      `${op}: outputPadding must be smaller than stride or dilation; got ${added.join(", ")} with stride ${sizes.stride.join(", ")} ` +
        `and dilation ${sizes.dilation.join(", ")}. A larger output needs a larger stride`,
    );
  }
  return { ...sizes, added };
}

/**
 * Transposed convolution: each element of x puts a copy of the kernel, multiplied by it, into y:
 * `y[n, o, i·stride + u·dilation − padding, …] += x[n, c, i, j] · weight[c, o, u, v]`, and bias[o] is added. It is the gradient of the
 * `conv2d` with the same weight and options with respect to that convolution's input.
 * Shapes: x `[N, C, H, W]`, weight `[C, O / groups, kh, kw]`, bias `[O]`, y `[N, O, H', W']` with
 * `H' = (H − 1)·stride − 2·padding + dilation·(kh − 1) + outputPadding + 1`.
 * Throws ShapeError where channels, groups or sizes do not fit.
 */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor {
  return correlate(x, weight, transposedFor("convTranspose2d", x, weight, bias, options), bias);
}

/**
 * Transposed convolution of sequences; see `convTranspose2d`. Shapes: x `[N, C, L]`, weight `[C, O / groups, k]`, bias `[O]`,
 * y `[N, O, L']` with `L' = (L − 1)·stride − 2·padding + dilation·(k − 1) + outputPadding + 1`.
 */
export function convTranspose1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions<number> = {},
): Tensor {
  const correlation = transposedFor("convTranspose1d", x, weight, bias, options);
  return correlate(x.unsqueeze(2), weight.unsqueeze(2), correlation, bias).squeeze(2);
}

const known = new Map<string, Correlation>();

/** The correlation that a transposed convolution is, worked out and checked on the first call with these shapes and options. */
function transposedFor(
  op: string,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvTransposeOptions,
): Correlation {
  const { stride, padding, outputPadding, dilation, groups } = options;
  const dtypes = `${x.dtype},${weight.dtype},${bias?.dtype}`;
  const shapes = `${x.node.shapeId},${weight.node.shapeId},${bias?.node.shapeId}`;
  const key = `${op}|${dtypes}|${shapes}|${stride}|${padding}|${outputPadding}|${dilation}|${groups}`;
  let correlation = known.get(key);
  if (!correlation) {
    correlation = makeTransposed(op, x, weight, bias, options);
    known.set(key, correlation);
  }
  return correlation;
}

function makeTransposed(
  op: string,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvTransposeOptions,
): Correlation {
  requireFloat(op, bias ? { x, weight, bias } : { x, weight });
  checkOptions(op, options, convTransposeOptionNames);
  const axes = op === "convTranspose1d" ? 1 : 2;
  const shown = () => shownInputs(x, weight, bias);
  if (x.rank !== axes + 2 || weight.rank !== axes + 2) {
    const wanted = axes === 1 ? ["[N, C, L]", "[C, O/groups, k]"] : ["[N, C, H, W]", "[C, O/groups, kh, kw]"];
    throw new ShapeError(`${op}: x must be ${wanted[0]} and weight ${wanted[1]}; ${shown()}`);
  }
  const [batch, channels, ...input] = x.shape as [number, number, ...number[]];
  const [inputs, perGroup, ...kernel] = weight.shape as [number, number, ...number[]];
  const { added, ...sizes } = convTransposeSizes(op, kernel, options);
  const groups = options.groups ?? 1;
  if (!Number.isInteger(groups) || groups < 1 || inputs % groups !== 0) {
    throw new ShapeError(
      `${op}: groups must be a whole number that divides the input channels; groups ${groups}, ${shown()}`,
    );
  }
  if (inputs !== channels) {
    throw new ShapeError(`${op}: weight expects ${inputs} input channels, x has ${channels}; ${shown()}`);
  }
  checkBias(op, perGroup * groups, x, weight, bias);
  const before = sizes.padding.map(([first]) => first);
  const output = input.map(
    (size, d) =>
      (size - 1) * sizes.stride[d]! - 2 * before[d]! + sizes.dilation[d]! * (kernel[d]! - 1) + added[d]! + 1,
  );
  if ([...input, ...kernel, ...output].some((size) => size < 1)) {
    throw new ShapeError(
      `${op}: the output would be ${output.join("×")}; ${shown()}. Use less padding, or a larger input or kernel`,
    );
  }
  const channelsOf = { batch, groups, inChannels: perGroup, outChannels: inputs / groups };
  // The convolution whose gradient this is: from the output to the input.
  const { stride, dilation } = sizes;
  const geometry = geometryOf(channelsOf, { input: output, output: input, kernel, stride, dilation, before });
  return new Correlation(op, geometry, false, x.dtype).dual;
}

/** What the checks try these ops with. */
export function convTransposeRecords(): OpRecord[] {
  return [
    {
      name: "convTranspose2d",
      differentiable: true,
      domain: [-1, 1],
      samples: [
        {
          shapes: [[2, 3, 4, 5], [3, 4, 3, 2], [4]],
          call: (x, w, b) => convTranspose2d(x!, w!, b!).sigmoid(),
        },
        {
          shapes: [[1, 2, 3, 2], [2, 2, 2, 3], [2]],
          call: (x, w, b) => convTranspose2d(x!, w!, b!, { stride: 2, padding: [0, 1], outputPadding: 1 }),
        },
        {
          shapes: [
            [1, 4, 3, 3],
            [4, 1, 2, 2],
          ],
          call: (x, w) => convTranspose2d(x!, w!, null, { groups: 2, dilation: 2 }).sin(),
        },
        {
          shapes: [
            [1, 2, 2, 3],
            [2, 1, 2, 2],
          ],
          call: (x, w) => convTranspose2d(x!, w!, null, { stride: [3, 1], groups: 2 }).square(),
        },
        {
          shapes: [
            [0, 2, 2, 3],
            [2, 1, 2, 2],
          ],
          call: (x, w) => convTranspose2d(x!, w!),
        },
      ],
    },
    {
      name: "convTranspose1d",
      differentiable: true,
      domain: [-1, 1],
      samples: [
        {
          shapes: [[2, 2, 5], [2, 3, 3], [3]],
          call: (x, w, b) => convTranspose1d(x!, w!, b!, { stride: 2, padding: 1 }).sin(),
        },
      ],
    },
  ];
}
