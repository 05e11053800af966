// How each op of the stored cases is called here; the other half of torch_ops.py.
import {
  adaptiveAvgPool2d,
  add,
  and,
  avgPool2d,
  batchNorm,
  cat,
  channelMoments,
  conv2d,
  type DType,
  div,
  eq,
  ge,
  gt,
  le,
  lt,
  type MaxPoolOptions,
  maximum,
  maxPool2d,
  minimum,
  mul,
  ne,
  nn,
  type Operand,
  oneHot,
  or,
  type Pair,
  pow,
  stack,
  sub,
  type Tensor,
  where,
} from "../../src/index.ts";
import { type Call, type Inputs, missing } from "./harness.ts";

/** Arguments by name, as the rows hold them; every call knows the types of its own. */
interface Args {
  readonly axes?: number | readonly number[];
  readonly axis?: number;
  readonly keepdim?: boolean;
  readonly correction?: number;
  readonly dtype?: DType;
  readonly low?: number;
  readonly high?: number;
  readonly start?: number;
  readonly end?: number;
  readonly index?: number;
  readonly classes?: number;
  readonly pads?: readonly (readonly [number, number])[];
  readonly value?: number;
  readonly kernel?: Pair;
  readonly outputSize?: Pair;
  readonly eps?: number;
  readonly reduction?: nn.LossReduction;
  readonly with?: readonly unknown[];
}

type TensorCall = (inputs: readonly Tensor[], args: Args) => Tensor;

/** A call whose inputs are all tensors. */
function onTensors(call: TensorCall): Call {
  return (inputs, args) => call(inputs.map(tensorOf), args);
}

function tensorOf(x: Tensor | number): Tensor {
  if (typeof x === "number") throw new TypeError(`this op takes tensors only; got ${x}`);
  return x;
}

/** A method without arguments. */
function plain(name: UnaryName): Call {
  return onTensors(([x]) => x![name]());
}

/** A function of two operands, either of which may be a number; two tensors go through the method. */
function twoSided(name: BinaryName, op: (a: Operand, b: Operand) => Tensor): Call {
  return ([a, b]: Inputs) => (typeof a === "number" ? op(a, b!) : a![name](b!));
}

/** A method whose arguments the row lists in order. */
function listed(name: ListedName): Call {
  return onTensors(([x], args) => {
    const method = x![name] as (...rest: unknown[]) => Tensor;
    return method.apply(x, missing(args.with!));
  });
}

/** Options without those that are left out, as exact optional properties want it. */
function some<T extends object>(options: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

const unaryNames = [
  ...([
    "neg",
    "abs",
    "sign",
    "floor",
    "ceil",
    "round",
    "sqrt",
    "reciprocal",
    "square",
    "exp",
    "log",
  ] as const),
  ...(["sin", "cos", "tanh", "sigmoid", "erf", "relu", "isFinite", "not", "t"] as const),
];
type UnaryName = (typeof unaryNames)[number];

const binary = { add, sub, mul, div, pow, maximum, minimum, eq, ne, lt, le, gt, ge, and, or };
type BinaryName = keyof typeof binary;

const listedNames = ["slice", "permute", "expand", "transpose", "flip", "reshape"] as const;
type ListedName = (typeof listedNames)[number];

const reductions = ["sum", "mean", "prod", "amax", "amin"] as const;

/** Options that convolutions and poolings share. */
type WindowOptions = Pick<MaxPoolOptions, "stride" | "padding" | "dilation">;

/** Options of a convolution or pooling: everything in the row that is not the kernel. */
function windowOptions({ kernel, ...options }: Args): WindowOptions {
  return options as WindowOptions;
}

/** By the moments of x itself, as in training. */
function batchNormOwn(x: Tensor, weight?: Tensor, bias?: Tensor, eps?: number): Tensor {
  const { mean, variance } = channelMoments(x);
  return batchNorm(x, mean, variance, weight, bias, eps);
}

const spread =
  (name: "var" | "std"): TensorCall =>
  ([x], { axes, keepdim, correction }) =>
    x![name](axes, some<{ keepdim?: boolean; correction?: number }>({ keepdim, correction }));

const position =
  (name: "argmax" | "argmin"): TensorCall =>
  ([x], { axis, keepdim }) =>
    x![name](axis, some<{ keepdim?: boolean }>({ keepdim }));

/** Every op of the cases. */
export const calls: ReadonlyMap<string, Call> = new Map<string, Call>([
  ...unaryNames.map((name) => [name, plain(name)] as const),
  ...Object.entries(binary).map(([name, op]) => [name, twoSided(name as BinaryName, op)] as const),
  ...listedNames.map((name) => [name, listed(name)] as const),
  ...reductions.map((name) => {
    const call: TensorCall = ([x], { axes, keepdim }) =>
      x![name](axes, some<{ keepdim?: boolean }>({ keepdim }));
    return [name, onTensors(call)] as const;
  }),
  ["var", onTensors(spread("var"))],
  ["std", onTensors(spread("std"))],
  ["argmax", onTensors(position("argmax"))],
  ["argmin", onTensors(position("argmin"))],
  ["where", ([condition, a, b]) => where(tensorOf(condition!), a!, b!)],
  ["clamp", onTensors(([x], { low, high }) => x!.clamp(low ?? Number.NEGATIVE_INFINITY, high))],
  ["cast", onTensors(([x], { dtype }) => x!.cast(dtype!))],
  ["flatten", onTensors(([x], { start, end }) => x!.flatten(start, end))],
  ["squeeze", onTensors(([x], { axis }) => x!.squeeze(axis))],
  ["unsqueeze", onTensors(([x], { axis }) => x!.unsqueeze(axis!))],
  ["select", onTensors(([x], { axis, index }) => x!.select(axis!, index!))],
  ["indexSelect", onTensors(([x, index], { axis }) => x!.indexSelect(axis!, index!))],
  ["oneHot", onTensors(([index], { classes }) => oneHot(index!, classes!))],
  ["cat", onTensors((inputs, { axis }) => cat(inputs, axis))],
  ["stack", onTensors((inputs, { axis }) => stack(inputs, axis))],
  ["pad", onTensors(([x], { pads, value }) => x!.pad(pads!, value))],
  ["matmul", onTensors(([a, b]) => a!.matmul(b!))],
  ["linear", onTensors(([x, weight, bias]) => nn.linear(x!, weight!, bias))],
  ["conv2d", onTensors(([x, weight, bias], args) => conv2d(x!, weight!, bias, windowOptions(args)))],
  ["maxPool2d", onTensors(([x], args) => maxPool2d(x!, args.kernel!, windowOptions(args)))],
  ["avgPool2d", onTensors(([x], args) => avgPool2d(x!, args.kernel!, windowOptions(args)))],
  ["batchNorm", onTensors(([x, m, v, w, b], { eps }) => batchNorm(x!, m!, v!, w, b, eps))],
  ["batchNormOwn", onTensors(([x, w, b], { eps }) => batchNormOwn(x!, w, b, eps))],
  ["adaptiveAvgPool2d", onTensors(([x], { outputSize }) => adaptiveAvgPool2d(x!, outputSize!))],
  ["softmax", onTensors(([x], { axis }) => nn.softmax(x!, axis!))],
  ["logSoftmax", onTensors(([x], { axis }) => nn.logSoftmax(x!, axis!))],
  [
    "mseLoss",
    onTensors(([x, y], { reduction }) =>
      nn.mseLoss(x!, y!, some<{ reduction?: nn.LossReduction }>({ reduction })),
    ),
  ],
  [
    "crossEntropy",
    onTensors(([logits, target], { reduction }) =>
      nn.crossEntropy(logits!, target!, some<{ reduction?: nn.LossReduction }>({ reduction })),
    ),
  ],
  // Expressions of several ops.
  [
    "normalized",
    onTensors(([x, scale, shift]) => {
      const centred = x!.sub(x!.mean(-1, { keepdim: true }));
      const deviation = centred.square().mean(-1, { keepdim: true }).add(0.125).sqrt();
      return centred.div(deviation).mul(scale!).add(shift!);
    }),
  ],
  [
    "perceptron",
    onTensors(([x, w1, b1, w2, b2]) => nn.linear(nn.linear(x!, w1!, b1!).sigmoid(), w2!, b2!).tanh()),
  ],
  [
    "attention",
    onTensors(([q, k, v]) => nn.softmax(q!.matmul(k!.transpose(-1, -2)).mul(0.5), -1).matmul(v!)),
  ],
  [
    "convolved",
    onTensors(([x, w1, b1, w2, b2]) => {
      const h = maxPool2d(conv2d(x!, w1!, b1!).sigmoid(), 2).sigmoid();
      return conv2d(h, w2!, b2!).flatten(1);
    }),
  ],
  [
    "residual",
    onTensors(([x, w1, w2]) => {
      const h = conv2d(x!, w1!, null, { padding: 1 }).relu();
      return conv2d(h, w2!, null, { padding: 1 }).add(x!);
    }),
  ],
  [
    "reused",
    onTensors(([x]) =>
      x!
        .exp()
        .mul(x!.sin())
        .add(x!.exp().sum(0, { keepdim: true }))
        .div(x!.exp().add(1)),
    ),
  ],
  [
    "logSumExp",
    onTensors(([x]) =>
      x!
        .sub(x!.amax(1, { keepdim: true }))
        .exp()
        .sum(1)
        .log()
        .add(x!.amax(1)),
    ),
  ],
  ["outer", onTensors(([a, b]) => a!.unsqueeze(1).mul(b!.unsqueeze(0)).sum(1).sub(a!.cos()))],
  [
    "cropped",
    onTensors(([x, scale]) => {
      const padded = x!.pad([
        [2, 0],
        [1, 1],
      ]);
      return padded.flip(1).slice(1, 1, 4).mul(scale!).permute([1, 0]).tanh();
    }),
  ],
  [
    "joined",
    onTensors(([a, b]) =>
      cat([a!.sigmoid(), b!.mul(2), a!.mul(b!)], 1)
        .square()
        .mean(0),
    ),
  ],
]);
