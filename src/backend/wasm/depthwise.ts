// Depthwise convolutions and their weight gradients: one channel a group, so that there is no product of matrices to be made
// of them. Vectors run along rows; weights, or the sums that become their gradients, stay in registers.

import { byteSize, type DType } from "../../base/dtype.ts";
import type {
  Access,
  ConvGeometry,
  ConvKernel,
  ConvWeightGradKernel,
  Prologue,
} from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, type KernelCode, param } from "./codegen.ts";
import { align } from "./heap.ts";
import { applyEpilogue, product, rawTarget, setOutputPointer } from "./result.ts";
import {
  clearScratch,
  type ImageLayout,
  type StageLayout,
  stageLayout,
  stageWindow,
  windowWidth,
} from "./stage.ts";
import { addScaled, storeLanes, takeLocals } from "./tile.ts";
import { isPaired, splitRows } from "./tiles.ts";

/** What both kernels read. */
interface Picture {
  readonly geometry: ConvGeometry;
  readonly input: Access;
  readonly inputDType: DType;
  readonly prologue: Prologue;
}

/** True for convolutions of single channels without zeros between their inputs. */
export function isDepthwise({ geometry: g }: Picture): boolean {
  return (
    g.inChannels === 1 &&
    g.outChannels === 1 &&
    g.groups > 1 &&
    g.inputDilationH === 1 &&
    g.inputDilationW === 1
  );
}

/** Where windows are read: staged, or null for the input itself. */
interface Source {
  readonly stage: StageLayout | null;
  readonly layout: ImageLayout;
}

function sourceOf({ geometry: g, input, inputDType, prologue }: Picture): Source {
  const height = (g.outH - 1) * g.strideH + (g.kernelH - 1) * g.dilationH + 1;
  const [, channel, row, column] = input.strides as [number, number, number, number];
  const inPlace =
    inputDType === "float32" &&
    prologue === null &&
    g.strideW === 1 &&
    column === 1 &&
    row >= 0 &&
    g.padTop === 0 &&
    g.padLeft === 0 &&
    height <= g.inH &&
    windowWidth(g) <= g.inW;
  if (inPlace) return { stage: null, layout: { channel, row, column: (q) => q } };
  const stage = stageLayout(g, Math.max(0, height), g.strideW, 4);
  return { stage, layout: stage };
}

/** Emits what points `origin` at the first window of a plane, staged if need be. */
function emitSource(
  f: FunctionBuilder,
  env: CodegenEnv,
  { geometry, input, inputDType, prologue }: Picture,
  { stage }: Source,
  image: Local,
  group: Local,
  origin: Local,
): void {
  const [imageStride, channel, row, column] = input.strides as [number, number, number, number];
  const size = byteSize(inputDType);
  env.pushAddress(f, input.buffer, input.offset);
  addScaled(f, image, imageStride * size);
  addScaled(f, group, channel * size);
  f.set(origin);
  if (!stage) return;
  const first = f.local("i32");
  f.i32(-geometry.padTop).set(first);
  const source = { geometry, dtype: inputDType, prologue, strides: [channel, row, column] as const };
  stageWindow(f, env, source, stage, origin, first);
  f.get(param.scratch).set(origin);
  f.release(first);
}

/** Bytes of each tap from a window's first element, row by row. */
function tapBytes(g: ConvGeometry, layout: ImageLayout): number[] {
  const rows = Array.from({ length: g.kernelH }, (_, i) => i * g.dilationH * layout.row);
  const columns = Array.from({ length: g.kernelW }, (_, j) => layout.column(j * g.dilationW));
  return rows.flatMap((row) => columns.map((column) => (row + column) * 4));
}

/** Emits `sum += value · factor`. */
function emitAdd(
  f: FunctionBuilder,
  env: CodegenEnv,
  sum: Local,
  factor: Local,
  pushValue: () => void,
): void {
  if (env.relaxed) {
    pushValue();
    f.get(factor).get(sum).op("f32x4.relaxed_madd").set(sum);
  } else {
    f.get(sum);
    pushValue();
    f.get(factor).op("f32x4.mul").op("f32x4.add").set(sum);
  }
}

/** Code of a depthwise convolution; a unit is one channel of one image. */
export function depthwiseKernel(kernel: ConvKernel, env: CodegenEnv): KernelCode {
  const { geometry: g, weight, epilogue } = kernel;
  const dims = [g.batch, g.groups, g.outH, g.outW];
  const source = sourceOf(kernel);
  const target = rawTarget(env, epilogue, dims);
  const rawAt = align(source.stage ? source.stage.bytes + 16 : 0);
  const taps = g.kernelH * g.kernelW;
  return {
    units: g.batch * g.groups,
    cost: (product(dims) * (taps + 4)) / 12,
    scratchBytes: rawAt + (target.direct ? 0 : align(g.outH * g.outW * 4 + 16)),
    write(f) {
      const [unit, image, group, origin, raw] = takeLocals(f, "i32", 5);
      const weights = takeLocals(f, "v128", taps);
      f.get(param.lo).get(param.hi).op("i32.ge_s");
      f.if(() => f.op("return"));
      if (source.stage) clearScratch(f, 0, source.stage.bytes);
      f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => {
        f.get(unit).i32(g.groups).op("i32.div_u").set(image);
        f.get(unit).i32(g.groups).op("i32.rem_u").set(group);
        emitSource(f, env, kernel, source, image, group, origin);
        const [groupStride, , , rowStride, columnStride] = weight.strides as [
          number,
          number,
          number,
          number,
          number,
        ];
        weights.forEach((local, tap) => {
          const [i, j] = [Math.floor(tap / g.kernelW), tap % g.kernelW];
          env.pushAddress(f, weight.buffer, weight.offset + i * rowStride + j * columnStride);
          addScaled(f, group, groupStride * 4);
          f.mem("v128.load32_splat").set(local);
        });
        if (target.direct) setOutputPointer(f, env, epilogue, raw, [[unit, g.outH * g.outW]]);
        else f.plus(param.scratch, rawAt).set(raw);
        emitPlane(f, env, g, source.layout, origin, raw, weights);
        if (!target.final) applyEpilogue(f, env, epilogue, dims, raw, [image, group]);
      });
      f.release(unit, image, group, origin, raw, ...weights);
    },
  };
}

/** Emits all pixels of one plane. */
function emitPlane(
  f: FunctionBuilder,
  env: CodegenEnv,
  g: ConvGeometry,
  layout: ImageLayout,
  origin: Local,
  raw: Local,
  weights: readonly Local[],
): void {
  const [y, row, from, to, x] = takeLocals(f, "i32", 5);
  const places = tapBytes(g, layout);
  // Engines that pair vectors find the pairs where both are stored together.
  const together = isPaired(env.tiles) ? 2 : 1;
  const vectors = (lanes: readonly number[]) => {
    const sums = takeLocals(f, "v128", lanes.length);
    for (const sum of sums) f.f32x4(0).set(sum);
    places.forEach((place, tap) => {
      sums.forEach((sum, v) => {
        emitAdd(f, env, sum, weights[tap]!, () => f.get(from).mem("v128.load", place + v * 16, 2));
      });
    });
    sums.forEach((sum, v) => {
      storeLanes(f, to, sum, lanes[v]!, v * 16);
    });
    f.release(...sums);
  };
  const step = together * 4;
  const whole = g.outW - (g.outW % step);
  f.get(origin).set(row).get(raw).set(to);
  f.for(y, 0, g.outH, 1, () => {
    f.get(row).set(from);
    if (whole > 0) {
      f.for(x, 0, whole, step, () => {
        vectors(Array.from({ length: together }, () => 4));
        f.increment(from, step * 4).increment(to, step * 4);
      });
    }
    for (let left = g.outW - whole; left > 0; left -= 4) {
      const lanes = Math.min(4, left);
      vectors([lanes]);
      f.increment(from, 16).increment(to, lanes * 4);
    }
    f.increment(row, g.strideH * layout.row * 4);
  });
  f.release(y, row, from, to, x);
}

/** Code of a depthwise convolution's weight gradient; a unit is one channel of one chunk of samples. */
export function depthwiseWeightGradKernel(kernel: ConvWeightGradKernel, env: CodegenEnv): KernelCode {
  const { geometry: g, chunks, dy, epilogue } = kernel;
  const taps = g.kernelH * g.kernelW;
  const dims = [chunks, g.groups, 1, 1, g.kernelH, g.kernelW];
  const source = sourceOf(kernel);
  const target = rawTarget(env, epilogue, dims);
  const sumsAt = align(source.stage ? source.stage.bytes + 16 : 0);
  const rawAt = sumsAt + align(taps * 16);
  const split = splitRows(env.tiles, taps, 1);
  return {
    units: chunks * g.groups,
    cost: (g.batch * g.groups * g.outH * g.outW * (taps + 4)) / 12,
    scratchBytes: rawAt + align(taps * 4 + 16),
    write(f) {
      const [unit, chunk, group, sample, end, origin, gradient, raw] = takeLocals(f, "i32", 8);
      const [imageStride, channelStride, rowStride] = dy.strides as [number, number, number];
      const pushSample = (add: number) =>
        f.plus(chunk, add).i32(g.batch).op("i32.mul").i32(chunks).op("i32.div_u");
      f.get(param.lo).get(param.hi).op("i32.ge_s");
      f.if(() => f.op("return"));
      if (source.stage) clearScratch(f, 0, source.stage.bytes);
      f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => {
        f.get(unit).i32(g.groups).op("i32.div_u").set(chunk);
        f.get(unit).i32(g.groups).op("i32.rem_u").set(group);
        for (let tap = 0; tap < taps; tap++) {
          f.get(param.scratch)
            .f32x4(0)
            .mem("v128.store", sumsAt + tap * 16);
        }
        pushSample(1).set(end);
        pushSample(0).set(sample);
        f.for(sample, { local: sample }, { local: end }, 1, () => {
          emitSource(f, env, kernel, source, sample, group, origin);
          env.pushAddress(f, dy.buffer, dy.offset);
          addScaled(f, sample, imageStride * 4);
          addScaled(f, group, channelStride * 4);
          f.set(gradient);
          for (let first = 0; first < taps; first += split.size) {
            const count = Math.min(split.size, taps - first);
            emitTaps(f, env, g, source.layout, origin, gradient, rowStride, first, count, sumsAt);
          }
        });
        if (target.direct) setOutputPointer(f, env, epilogue, raw, [[unit, taps]]);
        else f.plus(param.scratch, rawAt).set(raw);
        for (let tap = 0; tap < taps; tap++) emitLaneSum(f, sumsAt + tap * 16, raw, tap * 4);
        if (!target.final) applyEpilogue(f, env, epilogue, dims, raw, [chunk, group]);
      });
      f.release(unit, chunk, group, sample, end, origin, gradient, raw);
    },
  };
}

/** Emits the sums of one plane for `count` taps from `first` on, four partial sums each. */
function emitTaps(
  f: FunctionBuilder,
  env: CodegenEnv,
  g: ConvGeometry,
  layout: ImageLayout,
  origin: Local,
  gradient: Local,
  gradientRow: number,
  first: number,
  count: number,
  sumsAt: number,
): void {
  const [y, row, from, dyRow, dyFrom, x] = takeLocals(f, "i32", 6);
  const places = tapBytes(g, layout).slice(first, first + count);
  const sums = takeLocals(f, "v128", count);
  const dy = f.local("v128");
  sums.forEach((sum, k) => {
    f.get(param.scratch)
      .mem("v128.load", sumsAt + (first + k) * 16)
      .set(sum);
  });
  const vector = (lanes: number) => {
    f.get(dyFrom).mem("v128.load", 0, 2);
    // Beyond the row's end anything may lie, in the gradients and in the picture.
    const mask = () => f.i32x4(...[0, 1, 2, 3].map((lane) => (lane < lanes ? -1 : 0))).op("v128.and");
    if (lanes < 4) mask();
    f.set(dy);
    places.forEach((place, k) => {
      emitAdd(f, env, sums[k]!, dy, () => {
        f.get(from).mem("v128.load", place, 2);
        if (lanes < 4) mask();
      });
    });
  };
  const whole = Math.floor(g.outW / 4);
  f.get(origin).set(row).get(gradient).set(dyRow);
  f.for(y, 0, g.outH, 1, () => {
    f.get(row).set(from).get(dyRow).set(dyFrom);
    if (whole > 0) {
      f.for(x, 0, whole, 1, () => {
        vector(4);
        f.increment(from, 16).increment(dyFrom, 16);
      });
    }
    if (g.outW % 4 > 0) vector(g.outW % 4);
    f.increment(row, g.strideH * layout.row * 4).increment(dyRow, gradientRow * 4);
  });
  sums.forEach((sum, k) => {
    f.get(param.scratch)
      .get(sum)
      .mem("v128.store", sumsAt + (first + k) * 16);
  });
  f.release(y, row, from, dyRow, dyFrom, x, dy, ...sums);
}

/** Emits the sum of the four floats at `scratch + at`, stored at `target + bytes`. */
function emitLaneSum(f: FunctionBuilder, at: number, target: Local, bytes: number): void {
  const v = f.local("v128");
  f.get(param.scratch).mem("v128.load", at).set(v);
  f.get(v).get(v).shuffle32(2, 3, 2, 3).get(v).op("f32x4.add").set(v);
  f.get(target).get(v).get(v).shuffle32(1, 1, 1, 1).get(v).op("f32x4.add");
  f.lane("f32x4.extract_lane", 0).mem("f32.store", bytes);
  f.release(v);
}
