// The transforms of rows before and after the products of a convolution by Winograd's algorithm. Knows layouts of points,
// nothing of weights.
import type { ConvGeometry } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import type { PointLayout } from "./convCosts.ts";
import type { ConvPlan } from "./convPlan.ts";
import { type ImageLayout, windowWidth } from "./stage.ts";
import { storeLanes, takeLocals } from "./tile.ts";
import { emitTransform, loadVectors, transformVectors, type Winograd } from "./winograd.ts";

/** Transforms runs of rows of every channel at `source` to points at `target`. */
export function transformRows(
  f: FunctionBuilder,
  relaxed: boolean,
  geometry: ConvGeometry,
  { filter, runs }: { readonly filter: Winograd; readonly runs: number },
  layout: Pick<ImageLayout, "channel" | "row">,
  points: PointLayout,
  source: Local,
  target: Local,
): void {
  const vectors = Math.ceil(windowWidth(geometry) / 4);
  const [channel, run, x, channelFrom, runFrom, from, to] = takeLocals(f, "i32", 7);
  f.get(source).set(channelFrom).get(target).set(to);
  f.for(channel, 0, geometry.inChannels, 1, () => {
    f.get(channelFrom).set(runFrom);
    f.for(run, 0, runs, 1, () => {
      f.get(runFrom).set(from);
      f.for(x, 0, vectors, 1, () => {
        transformVectors(f, relaxed, filter.bt, from, layout.row * 4, to, points.point * 4);
        f.increment(from, 16).increment(to, 16);
      });
      f.increment(to, points.row * 4 - vectors * 16);
      f.increment(runFrom, filter.m * layout.row * 4);
    });
    f.increment(to, (points.channel - points.row * runs) * 4);
    f.increment(channelFrom, layout.channel * 4);
  });
  f.release(channel, run, x, channelFrom, runFrom, from, to);
}

/** Transforms points of the results at `source` to rows at `target`, whose channels lie `channelFloats` apart. */
export function gatherRows(
  f: FunctionBuilder,
  relaxed: boolean,
  { geometry: g, transform }: ConvPlan,
  source: Local,
  target: Local,
  channelFloats: number,
): void {
  const { filter, runs, output } = transform!;
  const [channel, run, x, channelFrom, runFrom, goal, from, to] = takeLocals(f, "i32", 8);
  const vector = (lanes: number) => {
    const points = loadVectors(f, from, filter.n, output.point * 4);
    const results = emitTransform(f, relaxed, filter.a, points);
    results.forEach((value, q) => {
      storeLanes(f, to, value, lanes, q * g.outW * 4);
    });
    f.release(...points, ...results);
  };
  f.get(source).set(channelFrom).get(target).set(goal);
  f.for(channel, 0, g.outChannels, 1, () => {
    f.get(channelFrom).set(runFrom).get(goal).set(to);
    f.for(run, 0, runs, 1, () => {
      f.get(runFrom).set(from);
      f.for(x, 0, Math.floor(g.outW / 4), 1, () => {
        vector(4);
        f.increment(from, 16).increment(to, 16);
      });
      if (g.outW % 4 > 0) vector(g.outW % 4);
      f.increment(runFrom, output.row * 4);
      f.increment(to, (filter.m * g.outW - Math.floor(g.outW / 4) * 4) * 4);
    });
    f.increment(channelFrom, output.channel * 4).increment(goal, channelFloats * 4);
  });
  f.release(channel, run, x, channelFrom, runFrom, goal, from, to);
}
