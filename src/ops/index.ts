// All ops; importing this file gives Tensor its methods.
import "../autograd/backward.ts";

export { adaptiveAvgPool2d } from "./adaptivePool.ts";
export {
  add,
  and,
  div,
  eq,
  ge,
  gt,
  le,
  lt,
  maximum,
  minimum,
  mul,
  ne,
  or,
  pow,
  sub,
  where,
} from "./binary.ts";
export { type ConvOptions, conv2d, type Pair } from "./conv.ts";
export type { Operand } from "./define.ts";
export { arange, eye, full, ones, onesLike, rand, randn, zeros, zerosLike } from "./factory.ts";
export { indexSelect, oneHot } from "./indexing.ts";
export { matmul } from "./linalg.ts";
export {
  cat,
  contiguous,
  expand,
  flatten,
  flip,
  pad,
  permute,
  reshape,
  select,
  slice,
  squeeze,
  stack,
  transpose,
  unsqueeze,
} from "./movement.ts";
export { batchNorm, channelMoments } from "./norm.ts";
export {
  type AvgPoolOptions,
  avgPool2d,
  type MaxPoolOptions,
  maxPool2d,
  type PoolOptions,
} from "./pool.ts";
export {
  type Axes,
  amax,
  amin,
  argmax,
  argmin,
  type Moments,
  mean,
  moments,
  prod,
  type ReduceOptions,
  sum,
  variance,
} from "./reduce.ts";
export {
  abs,
  cast,
  ceil,
  cos,
  erf,
  exp,
  finite as isFinite,
  floor,
  log,
  neg,
  not,
  reciprocal,
  relu,
  round,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  tanh,
} from "./unary.ts";
