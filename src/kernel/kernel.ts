// Kernels and programs: the language between the graph and the backends. Everything is plain data with all
// shapes known, so a backend can render it, and a cache can compare it. Knows nothing of ops or gradients.
import type { DType } from "../base/dtype.ts";
import type { Expr } from "./expr.ts";

/** Index of a buffer in `Program.buffers`. */
export type BufferId = number;

/**
 * A strided window on a buffer: the element at index `i` of a kernel's dims is
 * `buffer[offset + Σ strides[d] · i[d]]`, offsets and strides counted in elements. Strides may be 0 or negative.
 */
export interface Access {
  readonly buffer: BufferId;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** One result of a kernel: `expr` evaluated for every index and stored through `access`. */
export interface Output {
  readonly access: Access;
  readonly expr: Expr;
}

/** How a reduction combines values; `argmax` and `argmin` give the flat index (over the reduced dims) of the first best. */
export type Reduction = "sum" | "prod" | "max" | "min" | "argmax" | "argmin";

/**
 * A loop nest. For each index of `dims`, without a reduction: every output's `expr` is evaluated and stored.
 * With one: `reduction.body` is evaluated over `reduction.dims` and combined, then the outputs are evaluated,
 * where `result` stands for the combined value (float max and min keep NaN; an empty sum is 0, an empty
 * product 1). `loads[i].strides` cover `dims` followed by the reduced dims; output accesses cover `dims` alone, and a load that
 * an output uses has stride 0 along the reduced dims. Outputs never overlap; an output may be the very
 * element that a load of the same kernel reads (in place).
 */
export interface LoopKernel {
  readonly kind: "loop";
  readonly dims: readonly number[];
  readonly loads: readonly Access[];
  readonly reduction: {
    readonly kind: Reduction;
    readonly dims: readonly number[];
    readonly body: Expr;
  } | null;
  readonly outputs: readonly Output[];
}

/**
 * What a contraction or pooling does with each element of its result before it is stored: the outputs'
 * expressions, in which `result` is that element and `loads` are windows over the result's dims. Every output
 * is stored contiguously in the order of the result's dims unless its strides say otherwise.
 */
export interface Epilogue {
  readonly loads: readonly Access[];
  readonly outputs: readonly Output[];
}

/** What a contraction reads through: an expression of one load (load 0), evaluated for each element of its input. */
export type Prologue = Expr | null;

/**
 * Batched matrix product: result `[...batch, m, n]`, `result[b, i, j] = Σ_k a[b, i, k] · b[b, k, j]`.
 * `a.strides` cover `[...batch, m, k]` and `b.strides` cover `[...batch, k, n]`; float32 (float64 on the reference).
 */
export interface MatmulKernel {
  readonly kind: "matmul";
  readonly batch: readonly number[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Access;
  readonly b: Access;
  readonly epilogue: Epilogue;
}

/**
 * Geometry of a two-dimensional convolution, general enough for its input gradient too:
 * `result[n, g·O + o, y, x] = Σ_{c, i, j} input'[n, g·C + c, y·strideH + i·dilationH − padTop, x·strideW + j·dilationW − padLeft] · w[g, o, c, i, j]`
 * where `input'` is the input with `inputDilation − 1` zeros put between neighbouring rows and columns, and is
 * zero outside. C and O are channels per group. Padding at the bottom and right follows from `outH`, `outW`;
 * padTop and padLeft may be negative.
 */
export interface ConvGeometry {
  readonly batch: number;
  readonly groups: number;
  /** Input channels per group. */
  readonly inChannels: number;
  /** Output channels per group. */
  readonly outChannels: number;
  readonly inH: number;
  readonly inW: number;
  readonly kernelH: number;
  readonly kernelW: number;
  readonly outH: number;
  readonly outW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly dilationH: number;
  readonly dilationW: number;
  readonly inputDilationH: number;
  readonly inputDilationW: number;
}

/**
 * Convolution; result `[batch, groups·outChannels, outH, outW]`. `input.strides` cover `[n, channel (over all groups), y, x]`,
 * `weight.strides` cover `[group, o, c, i, j]` (swapped or negative strides express the transposed and flipped
 * kernel of an input gradient).
 */
export interface ConvKernel {
  readonly kind: "conv2d";
  readonly geometry: ConvGeometry;
  readonly input: Access;
  readonly inputDType: DType;
  readonly prologue: Prologue;
  readonly weight: Access;
  readonly epilogue: Epilogue;
}

/**
 * Weight gradient of a convolution of the same geometry, summed over the batch in `chunks` parts that are cut
 * by the shape alone: result `[chunks, groups, outChannels, inChannels, kernelH, kernelW]`,
 * `result[q, g, o, c, i, j] = Σ_{n in chunk q, y, x} dy[n, g·O + o, y, x] · input'[n, g·C + c, y·strideH + i·dilationH − padTop, …]`;
 * chunk q holds samples `⌊q·batch/chunks⌋ … ⌊(q+1)·batch/chunks⌋ − 1`. `dy.strides` cover `[n, channel, y, x]`.
 */
export interface ConvWeightGradKernel {
  readonly kind: "conv2dWeightGrad";
  readonly geometry: ConvGeometry;
  readonly chunks: number;
  readonly input: Access;
  readonly inputDType: DType;
  readonly prologue: Prologue;
  readonly dy: Access;
  readonly epilogue: Epilogue;
}

/** Geometry of a two-dimensional pooling over `planes` planes (batch × channels). */
export interface PoolGeometry {
  readonly planes: number;
  readonly inH: number;
  readonly inW: number;
  readonly outH: number;
  readonly outW: number;
  readonly kernelH: number;
  readonly kernelW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly dilationH: number;
  readonly dilationW: number;
}

/**
 * Pooling; result `[planes, outH, outW]`; inputs are contiguous `[planes, inH, inW]` float buffers.
 * - `max`: the largest element of the window inside the plane; NaN wins.
 * - `maxPick`: the element of `values` at the place of the window's first maximum of `input`.
 * - `avg`: the window's sum over the plane divided by the window's size: `kernelH·kernelW` with
 *   `countPadding` (the padded plane's edge cuts it off as PyTorch does: padBottom and padRight are given), else the number of its
 *   elements inside the plane.
 */
export interface PoolKernel {
  readonly kind: "pool2d";
  readonly mode: "max" | "maxPick" | "avg";
  readonly geometry: PoolGeometry;
  readonly countPadding: boolean;
  readonly padBottom: number;
  readonly padRight: number;
  readonly input: Access;
  readonly values: Access | null;
  readonly epilogue: Epilogue;
}

/**
 * Gradient of a pooling with respect to its input; result `[planes, inH, inW]`. For `max`, `dy` of each window goes to
 * the place of its first maximum in `input`; for `avg` it is spread evenly by the same divisor as forward
 * (`input` is null). `dy` is contiguous `[planes, outH, outW]`. Contributions add up in window order.
 */
export interface PoolGradKernel {
  readonly kind: "pool2dGrad";
  readonly mode: "max" | "avg";
  readonly geometry: PoolGeometry;
  readonly countPadding: boolean;
  readonly padBottom: number;
  readonly padRight: number;
  readonly input: Access | null;
  readonly dy: Access;
  readonly epilogue: Epilogue;
}

/**
 * Selection along one axis: `output[o, j, i] = source[o, index[j], i]`, all contiguous, 4- or 1-byte dtypes alike.
 * An index outside `[0, size)` gives NaN for floats and 0 otherwise; callers check indices before.
 */
export interface GatherKernel {
  readonly kind: "gather";
  readonly outer: number;
  readonly size: number;
  readonly count: number;
  readonly inner: number;
  readonly source: Access;
  readonly index: Access;
  readonly output: Access;
  readonly dtype: DType;
}

/**
 * The transpose of a gather: `output[o, index[j], i] += source[o, j, i]` over a zeroed output
 * `[outer, size, inner]`, contributions added in the order of j; indices outside are left out.
 */
export interface ScatterAddKernel {
  readonly kind: "scatterAdd";
  readonly outer: number;
  readonly size: number;
  readonly count: number;
  readonly inner: number;
  readonly source: Access;
  readonly index: Access;
  readonly output: Access;
  readonly dtype: DType;
}

/**
 * Cross-entropy of logits against class indices, and its derivative: over rows `[outer, classes, inner]`,
 * `loss[o, i] = ln Σ_c e^x[o, c, i] − x[o, target[o, i], i]` and `grad[o, c, i] = softmax(x)[o, c, i] − (c = target[o, i])`.
 * Everything is contiguous; a class outside `[0, classes)` gives NaN. Either result may be left out.
 */
export interface SoftmaxLossKernel {
  readonly kind: "softmaxLoss";
  readonly outer: number;
  readonly classes: number;
  readonly inner: number;
  readonly logits: Access;
  /** int32 or uint8. */
  readonly target: Access;
  readonly loss: Access | null;
  readonly grad: Access | null;
}

/** Any kernel. */
export type Kernel =
  | LoopKernel
  | MatmulKernel
  | ConvKernel
  | ConvWeightGradKernel
  | PoolKernel
  | PoolGradKernel
  | GatherKernel
  | ScatterAddKernel
  | SoftmaxLossKernel;

/**
 * One buffer of a program.
 * - `input`: filled from a host array before the run; `variable`: memory that outlives the run, read and maybe written;
 * - `output`: handed to the caller as a host array after the run; `temp`: used inside the run alone.
 * All but variables live in the arena at `offset` (bytes, 64-aligned), where buffers with disjoint lifetimes
 * share space; every buffer may be read and written up to 64 bytes past its end without harm to others.
 */
export interface BufferSpec {
  readonly role: "input" | "variable" | "output" | "temp";
  readonly dtype: DType;
  readonly size: number;
  readonly offset: number;
}

/**
 * A whole step. `stages` cut the kernels into runs: kernels of one stage are independent of each other and may
 * run at the same time, a stage begins when the one before has ended.
 */
export interface Program {
  readonly buffers: readonly BufferSpec[];
  readonly stages: readonly (readonly Kernel[])[];
  /** Dtypes of the run-time scalars. */
  readonly scalars: readonly DType[];
  /** Size of the arena in bytes. */
  readonly arenaBytes: number;
  /** For each stage and kernel: the names of the ops it came from, for errors and profiles. */
  readonly labels: readonly (readonly string[])[];
}
