// Tensors made from nothing: constants, ranges and seeded random numbers.

import { allocate, type DType } from "../base/dtype.ts";
import { OptionError } from "../base/errors.ts";
import { checkShape, type Shape, sizeOf } from "../base/shape.ts";
import { Node } from "../graph/node.ts";
import { apply, cast, type Expr, load } from "../kernel/expr.ts";
import { defaultRandom, drawKey } from "../tensor/random.ts";
import { Tensor } from "../tensor/tensor.ts";

/** Options of a factory. */
export interface FactoryOptions {
  /** Element type; float32 unless given. */
  dtype?: DType;
  requiresGrad?: boolean;
}

/** A tensor of one value. */
export function full(
  shape: Shape,
  value: number,
  { dtype = "float32", requiresGrad = false }: FactoryOptions = {},
): Tensor {
  checkShape("full", shape);
  const result = Tensor.fromArray(allocate(dtype, sizeOf(shape)).fill(value), shape, dtype);
  if (requiresGrad) result.requiresGrad = true;
  return result;
}

/** A tensor of zeros. */
export function zeros(shape: Shape, options?: FactoryOptions): Tensor {
  return full(shape, 0, options);
}

/** A tensor of ones. */
export function ones(shape: Shape, options?: FactoryOptions): Tensor {
  return full(shape, 1, options);
}

/** Zeros of the shape and dtype of `x`. */
export function zerosLike(x: Tensor): Tensor {
  return full(x.shape, 0, { dtype: x.dtype });
}

/** Ones of the shape and dtype of `x`. */
export function onesLike(x: Tensor): Tensor {
  return full(x.shape, 1, { dtype: x.dtype });
}

/** start, start + step, … below `end`; `arange(n)` counts from 0. int32 unless given. */
export function arange(
  start: number,
  end?: number,
  step = 1,
  { dtype = "int32" }: FactoryOptions = {},
): Tensor {
  const [from, to] = end === undefined ? [0, start] : [start, end];
  if (step === 0 || !Number.isFinite(step)) throw new OptionError(`arange: step must not be 0; got ${step}`);
  const length = Math.max(0, Math.ceil((to - from) / step));
  const data = allocate(dtype, length);
  for (let i = 0; i < length; i++) data[i] = from + i * step;
  return Tensor.fromArray(data, [length], dtype);
}

/** The identity matrix. */
export function eye(n: number, { dtype = "float32" }: FactoryOptions = {}): Tensor {
  const data = allocate(dtype, n * n);
  for (let i = 0; i < n; i++) data[i * n + i] = 1;
  return Tensor.fromArray(data, [n, n], dtype);
}

/** Uniform random numbers in [0, 1), drawn inside the kernel; seeded by `manualSeed`. */
export function rand(shape: Shape): Tensor {
  checkShape("rand", shape);
  const size = sizeOf(shape);
  const keys = drawKey().map((key) => Node.scalar(key, "int32"));
  const bits = apply(
    "threefry",
    { kind: "index", axis: 0, dtype: "int32" },
    load(0, "int32"),
    load(1, "int32"),
  );
  // 24 random bits as a fraction: every value is exact in float32
  const expr: Expr = apply("mul", cast(apply("shiftRight", bits, 8), "float32"), 2 ** -24);
  const node = Node.make("rand", "", { kind: "map", expr }, keys, [size], "float32");
  return new Tensor(node).reshape(shape);
}

/** Normal random numbers with mean 0 and deviation 1; seeded by `manualSeed`. */
export function randn(shape: Shape): Tensor {
  checkShape("randn", shape);
  const random = defaultRandom();
  const data = Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
  return Tensor.fromArray(data, shape);
}
