// The transforms of rows before and after the products of a convolution by Winograd's algorithm. Knows layouts of points,
// nothing of weights.
import type { FunctionBuilder, Local } from "./assembler.ts";
import type { CodegenEnv } from "./codegen.ts";
import type { ConvPlan, PointLayout, RowTransform } from "./convPlan.ts";
import { type ImageLayout, windowWidth } from "./stage.ts";
import { storeLanes, takeLocals } from "./tile.ts";
import { emitTransform, type Matrix, transposed } from "./winograd.ts";

/** Where the raw results of a group go. */
export interface RawRows {
  /** Address of the first channel's first row: that of `rows.from`, or of the first scattered row. */
  readonly pointer: Local;
  /** Floats from one channel to the next. */
  readonly channel: number;
  /** Output rows of the unit. */
  readonly rows: { readonly from: Local; readonly to: Local };
}

/** Which rows of an image become points. */
export interface RowRuns {
  /** From the rows of a run to its points. */
  readonly matrix: Matrix;
  readonly channels: number;
  readonly runs: number;
  /** Rows from one run's first to the next's. */
  readonly runRows: number;
  readonly vectors: number;
}

/** Transforms runs of rows of every channel at `source` to points at `target`. */
export function transformRows(
  f: FunctionBuilder,
  relaxed: boolean,
  { matrix, channels, runs, runRows, vectors }: RowRuns,
  layout: Pick<ImageLayout, "channel" | "row">,
  points: PointLayout,
  source: Local,
  target: Local,
): void {
  const [channel, run, x, channelFrom, runFrom, from, to] = takeLocals(f, "i32", 7) as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  f.get(source).set(channelFrom).get(target).set(to);
  f.for(channel, 0, channels, 1, () => {
    f.get(channelFrom).set(runFrom);
    f.for(run, 0, runs, 1, () => {
      f.get(runFrom).set(from);
      f.for(x, 0, vectors, 1, () => {
        transformVectors(f, relaxed, matrix, from, layout.row * 4, to, points.point * 4);
        f.increment(from, 16).increment(to, 16);
      });
      f.increment(to, points.row * 4 - vectors * 16);
      f.increment(runFrom, runRows * layout.row * 4);
    });
    f.increment(to, (points.channel - points.row * runs) * 4);
    f.increment(channelFrom, layout.channel * 4);
  });
  f.release(channel, run, x, channelFrom, runFrom, from, to);
}

/** Transforms the vectors that lie `sourceStep` bytes apart to points `targetStep` bytes apart. */
export function transformVectors(
  f: FunctionBuilder,
  relaxed: boolean,
  matrix: Matrix,
  source: Local,
  sourceStep: number,
  target: Local,
  targetStep: number,
  bytes = 0,
): void {
  const values = loadVectors(f, source, matrix[0]!.length, sourceStep, bytes);
  const results = emitTransform(f, relaxed, matrix, values);
  results.forEach((value, p) => {
    f.get(target)
      .get(value)
      .mem("v128.store", p * targetStep + bytes, 2);
  });
  f.release(...values, ...results);
}

/** Vectors that lie `step` bytes apart, in fresh locals. */
function loadVectors(f: FunctionBuilder, pointer: Local, count: number, step: number, bytes = 0): Local[] {
  return Array.from({ length: count }, (_, k) => {
    const value = f.local("v128");
    f.get(pointer)
      .mem("v128.load", k * step + bytes, 2)
      .set(value);
    return value;
  });
}

/** Rows of up to this many vectors are written out instead of looped over. */
const unrolledVectors = 2;

/** Emits the transforms of one convolution. */
export class RowTransformer {
  readonly #f: FunctionBuilder;
  readonly #env: CodegenEnv;
  readonly #plan: ConvPlan;
  readonly #transform: RowTransform;

  constructor(f: FunctionBuilder, env: CodegenEnv, plan: ConvPlan) {
    this.#f = f;
    this.#env = env;
    this.#plan = plan;
    this.#transform = plan.transform!;
  }

  /** Input rows from `source` on, `layout.row` apart, to points at `target`. */
  forth(source: Local, target: Local): void {
    const { geometry: g, layout } = this.#plan;
    const { kind, filter, runs, input } = this.#transform;
    const rows: RowRuns = {
      matrix: kind === "gather" ? filter.bt : transposed(filter.a),
      channels: g.inChannels,
      runs,
      runRows: filter.m,
      vectors: Math.ceil(windowWidth(g) / 4),
    };
    transformRows(this.#f, this.#env.relaxed, rows, layout, input, source, target);
  }

  /** Points of the results at `source` to raw rows. */
  back(source: Local, raw: RawRows): void {
    const f = this.#f;
    const { geometry: g } = this.#plan;
    const { kind, runs, output } = this.#transform;
    const [channel, from, to] = takeLocals(f, "i32", 3) as [Local, Local, Local];
    f.get(source).set(from).get(raw.pointer).set(to);
    f.for(channel, 0, g.outChannels, 1, () => {
      if (kind === "gather") this.#gatherRows(from, to, raw.rows);
      else this.#eachVector([from, to], (lanes, bytes) => this.#scatterColumn(from, to, lanes, bytes));
      f.increment(from, output.row * runs * 4).increment(to, raw.channel * 4);
    });
    f.release(channel, from, to);
  }

  /** Runs of m rows of one channel. */
  #gatherRows(source: Local, target: Local, rows: RawRows["rows"]): void {
    const f = this.#f;
    const { geometry: g, rowBlock } = this.#plan;
    const { filter, runs, output } = this.#transform;
    const [run, left, from, to] = takeLocals(f, "i32", 4) as [Local, Local, Local, Local];
    // Where the last run has rows beyond the unit's, those are left out.
    const isEven = g.outH % filter.m === 0 && rowBlock % filter.m === 0 && g.outH % rowBlock === 0;
    f.get(source).set(from).get(target).set(to);
    f.get(rows.to).get(rows.from).op("i32.sub").set(left);
    f.for(run, 0, runs, 1, () => {
      this.#eachVector([from, to], (lanes, bytes) => {
        const points = loadVectors(f, from, filter.n, output.point * 4, bytes);
        const results = emitTransform(f, this.#env.relaxed, filter.a, points);
        results.forEach((value, q) => {
          const store = () => storeLanes(f, to, value, lanes, q * g.outW * 4 + bytes);
          if (isEven) store();
          else {
            f.get(left).i32(q).op("i32.gt_s");
            f.if(store);
          }
        });
        f.release(...points, ...results);
      });
      f.increment(from, output.row * 4).increment(to, filter.m * g.outW * 4);
      f.increment(left, -filter.m);
    });
    f.release(run, left, from, to);
  }

  /** All runs of one vector's columns: the rows in which a run reaches into the next are carried over. */
  #scatterColumn(source: Local, target: Local, lanes: number, bytes: number): void {
    const f = this.#f;
    const { geometry: g } = this.#plan;
    const { filter, runs, output } = this.#transform;
    const [run, from, to] = takeLocals(f, "i32", 3) as [Local, Local, Local];
    const carried = takeLocals(f, "v128", filter.r - 1);
    const store = (value: Local, row: number) => storeLanes(f, to, value, lanes, row * g.outW * 4 + bytes);
    for (const local of carried) f.f32x4(0).set(local);
    f.get(source).set(from).get(target).set(to);
    f.for(run, 0, runs, 1, () => {
      const points = loadVectors(f, from, filter.n, output.point * 4, bytes);
      const results = emitTransform(f, this.#env.relaxed, transposed(filter.bt), points);
      results.forEach((value, k) => {
        const before = carried[k];
        if (before !== undefined) f.get(value).get(before).op("f32x4.add").set(value);
        if (k < filter.m) store(value, k);
      });
      // A run may be shorter than what it reaches into, so that some rows are carried on.
      carried.forEach((local, i) => {
        f.get(results[filter.m + i]!).set(local);
      });
      f.release(...points, ...results);
      f.increment(from, output.row * 4).increment(to, filter.m * g.outW * 4);
    });
    carried.forEach((value, k) => {
      store(value, k);
    });
    f.release(run, from, to, ...carried);
  }

  /** Calls `body` for the vectors of a row, the last of which may be narrower, with their distance in bytes from the pointers. */
  #eachVector(pointers: readonly Local[], body: (lanes: number, bytes: number) => void): void {
    const f = this.#f;
    const { outW } = this.#plan.geometry;
    const whole = Math.floor(outW / 4);
    const isLoop = whole > unrolledVectors;
    if (isLoop) {
      const v = f.local("i32");
      f.for(v, 0, whole, 1, () => {
        body(4, 0);
        for (const pointer of pointers) f.increment(pointer, 16);
      });
      f.release(v);
    } else {
      for (let v = 0; v < whole; v++) body(4, v * 16);
    }
    if (outW % 4 > 0) body(outW % 4, isLoop ? 0 : whole * 16);
    if (isLoop) for (const pointer of pointers) f.increment(pointer, -16 * whole);
  }
}
