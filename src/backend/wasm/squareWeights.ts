// Weights of a convolution by squares, transformed to points and packed once for all threads. Knows strides, nothing of
// pictures.
import type { ConvKernel } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, type Prepare, param } from "./codegen.ts";
import { type SquarePlan, spaced } from "./squarePlan.ts";
import { addScaled, takeLocals } from "./tile.ts";
import { emitTransform } from "./winograd.ts";

/** Floats of a group's packed weights at one point; the last panel has room for as many vectors as the others. */
export function squarePointFloats({ products }: SquarePlan, inChannels: number): number {
  const panels = products.panels + (products.restVectors > 0 ? 1 : 0);
  return spaced(panels * products.vectors * 4 * inChannels);
}

/** Packs all weights as `[group][point][panel][input channel][output channel]`; a unit is four output channels. */
export function packSquareWeights(env: CodegenEnv, kernel: ConvKernel, plan: SquarePlan): Prepare {
  const { geometry: g, weight } = kernel;
  const floats = g.groups * plan.squares.filter.n ** 2 * squarePointFloats(plan, g.inChannels);
  return {
    units: (g.groups * plan.outputs.floats) / 4,
    cost: floats * 1.5 + 100,
    bytes: floats * 4,
    reads: [weight.buffer],
    write(f, pushTarget) {
      writePacking(f, env, kernel, plan, pushTarget);
    },
  };
}

function writePacking(
  f: FunctionBuilder,
  env: CodegenEnv,
  { geometry: g, weight }: ConvKernel,
  plan: SquarePlan,
  pushTarget: (f: FunctionBuilder) => void,
): void {
  const { outputs, squares } = plan;
  const { vectors } = plan.products;
  const point = squarePointFloats(plan, g.inChannels) * 4;
  const quads = outputs.floats / 4;
  const [groupStride, outStride, inStride] = weight.strides as [number, number, number];
  const [unit, group, quad, c, to] = takeLocals(f, "i32", 5);
  const from = takeLocals(f, "i32", 4);
  f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => {
    f.get(unit).i32(quads).op("i32.div_u").set(group);
    f.get(unit).i32(quads).op("i32.rem_u").set(quad);
    from.forEach((pointer, lane) => {
      // Channels that do not exist repeat the last.
      f.get(quad).i32(4).op("i32.mul").i32(lane).op("i32.add").set(c);
      f.lesser(c, g.outChannels - 1).set(c);
      env.pushAddress(f, weight.buffer, weight.offset);
      addScaled(f, group, groupStride * 4);
      addScaled(f, c, outStride * 4);
      f.set(pointer);
    });
    // Within its panel a quad is one of the vectors of each step.
    pushTarget(f);
    addScaled(f, group, squares.filter.n ** 2 * point);
    f.get(quad).i32(vectors).op("i32.div_u");
    f.i32(vectors * g.inChannels * 16);
    f.op("i32.mul").op("i32.add").get(quad).i32(vectors).op("i32.rem_u").i32(16);
    f.op("i32.mul").op("i32.add").set(to);
    f.for(c, 0, g.inChannels, 1, () => {
      writePoints(f, env, weight.strides, plan, point, from, to);
      for (const pointer of from) f.increment(pointer, inStride * 4);
      f.increment(to, vectors * 16);
    });
  });
  f.release(unit, group, quad, c, to, ...from);
}

/** The points of four output channels' taps of one input channel. */
function writePoints(
  f: FunctionBuilder,
  env: CodegenEnv,
  strides: readonly number[],
  plan: SquarePlan,
  pointBytes: number,
  from: readonly Local[],
  to: Local,
): void {
  const { filter } = plan.squares;
  const [, , , rowStride, columnStride] = strides as [number, number, number, number, number];
  const size = filter.r;
  // The transpose of a convolution runs through the taps backwards.
  const tap = (k: number) => (plan.kind === "gather" ? k : size - 1 - k);
  const columns = Array.from({ length: size }, (_, j) => {
    const taps = Array.from({ length: size }, (_, i) => {
      const value = f.local("v128");
      const at = (tap(i) * rowStride + tap(j) * columnStride) * 4;
      from.forEach((pointer, lane) => {
        f.get(pointer);
        if (at < 0) f.i32(at).op("i32.add");
        if (lane === 0) f.mem("v128.load32_splat", Math.max(at, 0));
        else f.get(value).memLane("v128.load32_lane", lane, Math.max(at, 0));
        f.set(value);
      });
      return value;
    });
    const points = emitTransform(f, env.relaxed, filter.g, taps);
    f.release(...taps);
    return points;
  });
  for (let p = 0; p < filter.n; p++) {
    const row = columns.map((points) => points[p]!);
    const points = emitTransform(f, env.relaxed, filter.g, row);
    points.forEach((value, q) => {
      f.get(to)
        .get(value)
        .mem("v128.store", (p * filter.n + q) * pointBytes);
    });
    f.release(...points);
  }
  f.release(...columns.flat());
}
