// Reductions: loop nests that combine values over some dims and evaluate outputs from what they give. Vectorised
// along a reduced dim (lanes are partial results, combined last) or along a parallel one (lanes are outputs).
// The order of combination follows from shapes and strides alone, never from units.
import type { Expr } from "../../kernel/expr.ts";
import type { Access, Output, Reduction } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import type { CodegenEnv } from "./codegen.ts";
import { indexedAxes, product, withStrides } from "./collapse.ts";
import { type Combiner, combinerOf } from "./combine.ts";
import { Cursor, type Start, type Stream } from "./cursor.ts";
import { type Computed, computeAhead, ExprWriter, invariantParts, type Leaves, shareEqual } from "./expr.ts";
import type { Lanes } from "./lanes.ts";
import { compute, emitFixed, type Position, pushPositions, unrolling, usedLoads } from "./nest.ts";
import type { UnitIndices } from "./units.ts";

/** A reduction in final form: dims are collapsed, and lanes run along the last dim of one of the two kinds. */
export interface ReductionPlan {
  /** Parallel dims; outputs have strides over these. */
  readonly dims: readonly number[];
  /** Reduced dims; loads have strides over the parallel dims, then these. */
  readonly reduced: readonly number[];
  readonly loads: readonly Access[];
  readonly outputs: readonly Output[];
  readonly kind: Reduction;
  readonly body: Expr;
  /** Which last dim the lanes run along. */
  readonly lanesAlong: "reduced" | "parallel";
}

/** Longest run that is summed into one accumulator before it is added to the next level's. */
const longestRun = 2048;
/** Accumulators along a reduced dim: enough to hide an addition's latency. */
const accumulators = 4;
/** Most vectors of outputs that are reduced side by side. */
const tileVectors = 8;

/** The vectors side by side for `count` outputs along the last parallel dim. */
export function tileOf(count: number): number {
  return Math.max(1, Math.min(tileVectors, Math.ceil(count / 4)));
}

/** Emits the reduction for one unit's indices. */
export function emitReduction(
  f: FunctionBuilder,
  env: CodegenEnv,
  plan: ReductionPlan,
  indices: UnitIndices,
): void {
  new ReductionWriter(f, env, plan).write(indices);
}

/** Accumulators, and for arg reductions the index of each best value. */
interface State {
  readonly value: Local;
  readonly index: Local | null;
}

class ReductionWriter {
  readonly #f: FunctionBuilder;
  readonly #env: CodegenEnv;
  readonly #plan: ReductionPlan;
  readonly #cursor: Cursor;
  readonly #loads: readonly (Stream | null)[];
  readonly #outputs: readonly Stream[];
  readonly #body: Expr;
  readonly #roots: readonly Expr[];
  readonly #combiner: Combiner;
  /** Loop counters by axis, parallel ones first. */
  readonly #counters = new Map<number, Local>();
  /** The index over all reduced dims, for arg reductions. */
  readonly #flat: Local | null;

  constructor(f: FunctionBuilder, env: CodegenEnv, plan: ReductionPlan) {
    this.#f = f;
    this.#env = env;
    this.#plan = plan;
    this.#cursor = new Cursor(f, env);
    this.#body = shareEqual([plan.body])[0]!;
    this.#roots = shareEqual(plan.outputs.map((o) => o.expr));
    const used = usedLoads([this.#body, ...this.#roots]);
    this.#loads = plan.loads.map((a, i) => (used.has(i) ? this.#cursor.add(a) : null));
    const none = plan.reduced.map(() => 0);
    this.#outputs = plan.outputs.map((o) =>
      this.#cursor.add(withStrides(o.access, [...o.access.strides, ...none])),
    );
    this.#combiner = combinerOf(plan.kind, plan.body.dtype);
    this.#flat = this.#combiner.picks ? f.local("i32") : null;
  }

  write({ outer, span }: UnitIndices): void {
    const starts: Start[] = outer.map((local, dim) => ({ dim, local, factor: 1 }));
    outer.forEach((local, axis) => {
      this.#counters.set(axis, local);
    });
    if (span) starts.push({ dim: outer.length, local: span.from, factor: 1 });
    this.#cursor.start(starts);
    this.#walk(outer.length, span);
    this.#cursor.drop();
    this.#cursor.release();
    if (this.#flat !== null) this.#f.release(this.#flat);
  }

  /** Loops over the parallel dims. */
  #walk(dim: number, span?: UnitIndices["span"]): void {
    const f = this.#f;
    const { dims, lanesAlong } = this.#plan;
    const last = dims.length - 1;
    const count = dims[dim]!;
    if (dim === last && lanesAlong === "parallel") {
      this.#tiles(count, span);
      return;
    }
    const counter = f.local("i32");
    this.#counters.set(dim, counter);
    const [from, to] = span ? [{ local: span.from }, { local: span.to }] : [0, count];
    f.for(counter, from, to, 1, () => {
      if (dim === last) this.#single();
      else this.#walk(dim + 1);
      this.#cursor.move(dim, 1);
      this.#cursor.flush();
    });
    if (!span) this.#cursor.move(dim, -count);
    f.release(counter);
  }

  /** One output, its reduced dim in lanes. */
  #single(): void {
    const f = this.#f;
    const { dims, reduced } = this.#plan;
    const inner = dims.length + reduced.length - 1;
    const total = this.#newStates(accumulators);
    this.#runs(total, (run, states) => {
      const parts = this.#invariants(inner, (axis) => axis === inner);
      const unroll = Math.max(unrolling([this.#body]), this.#plan.body.dtype === "float32" ? 2 : 1);
      let next = 0;
      emitFixed(f, this.#cursor, inner, run, unroll, (positions) => {
        for (const position of positions) {
          const state = states[next++ % states.length]!;
          f.get(state.value);
          this.#pushBody(inner, position, parts);
          this.#combiner.fill(f, position.lanes);
          this.#combiner.combine(f);
          f.set(state.value);
        }
      });
      f.release(...parts.values());
    });
    const [result, ...others] = total.map((s) => s.value);
    for (const other of others) {
      f.get(result!).get(other);
      this.#combiner.combine(f);
      f.set(result!);
    }
    // Each step combines lanes with their mirror images, so that all lanes end up with the same value.
    f.get(result!).get(result!).get(result!).shuffle32(2, 3, 0, 1);
    this.#combiner.combine(f);
    f.set(result!);
    f.get(result!).get(result!).get(result!).shuffle32(1, 0, 3, 2);
    this.#combiner.combine(f);
    f.set(result!);
    this.#combiner.finish(f, result!);
    const base = this.#counters.get(dims.length - 1)!;
    this.#store({ element: 0, lanes: 1, base }, result!);
    this.#releaseStates(total);
  }

  /** The last parallel dim in lanes, several vectors of outputs at a time. */
  #tiles(count: number, span: UnitIndices["span"]): void {
    const f = this.#f;
    const dim = this.#plan.dims.length - 1;
    const vectors = tileOf(count);
    const step = vectors * 4;
    const full = Math.floor(count / step) * step;
    const rest = count - full;
    if (!span && full === step && rest === 0) {
      this.#tile(step, { constant: 0 });
      return;
    }
    const counter = f.local("i32");
    const end = f.local("i32");
    if (span) {
      f.get(span.from).set(counter);
      // A span ends at a multiple of a tile or at the end of the dim.
      f.i32(full).get(span.to).get(span.to).i32(full).op("i32.gt_s").op("select").set(end);
    } else {
      f.i32(0).set(counter).i32(full).set(end);
    }
    if (full > 0) {
      f.for(counter, { local: counter }, { local: end }, step, () => {
        this.#tile(step, counter);
        this.#cursor.move(dim, step);
        this.#cursor.flush();
      });
    }
    const partial = () => {
      if (rest > 0) this.#tile(rest, counter);
      this.#cursor.flush();
    };
    if (span)
      f.get(span.to)
        .i32(count)
        .op("i32.eq")
        .get(span.from)
        .get(span.to)
        .op("i32.lt_s")
        .op("i32.and")
        .if(partial);
    else partial();
    this.#cursor.move(dim, -full);
    f.release(counter, end);
  }

  /** Up to a tile of outputs along the last parallel dim. */
  #tile(count: number, base: Position["base"]): void {
    const f = this.#f;
    const { dims, reduced } = this.#plan;
    const lanesDim = dims.length - 1;
    const positions: Position[] = [];
    for (let at = 0; at < count; at += 4) {
      positions.push({ element: at, lanes: Math.min(4, count - at) as Lanes, base });
    }
    const total = this.#newStates(positions.length);
    if (this.#flat !== null) f.i32(0).set(this.#flat);
    this.#runs(total, (run, states) => {
      const inner = dims.length + reduced.length - 1;
      // What changes along neither the lanes nor the run is computed once for all of the tile.
      const parts = this.#invariants(inner, (axis) => axis === inner || axis === lanesDim);
      const counter = f.local("i32");
      this.#counters.set(inner, counter);
      this.#cursor.flush();
      f.for(counter, 0, run, 1, () => {
        positions.forEach((position, i) => {
          this.#accumulate(states[i]!, position, lanesDim, parts);
        });
        if (this.#flat !== null) f.increment(this.#flat, 1);
        this.#cursor.move(inner, 1);
        this.#cursor.flush();
      });
      this.#cursor.move(inner, -run);
      f.release(counter, ...parts.values());
    });
    positions.forEach((position, i) => {
      const { value, index } = total[i]!;
      if (index === null) this.#combiner.finish(f, value);
      this.#store(position, index ?? value);
    });
    this.#releaseStates(total);
  }

  #accumulate(state: State, position: Position, lanesDim: number, parts: Computed): void {
    const f = this.#f;
    if (state.index === null) {
      f.get(state.value);
      this.#pushBody(lanesDim, position, parts);
      this.#combiner.combine(f);
      f.set(state.value);
      return;
    }
    const value = f.local("v128");
    const better = f.local("v128");
    this.#pushBody(lanesDim, position, parts);
    f.set(value);
    this.#combiner.pushBetter(f, value, state.value);
    f.set(better);
    f.get(value).get(state.value).get(better).op("v128.bitselect").set(state.value);
    f.get(this.#flat!).op("i32x4.splat").get(state.index).get(better).op("v128.bitselect").set(state.index);
    f.release(value, better);
  }

  /**
   * Loops over the reduced dims but the last, and cuts the last into runs. Float sums of many terms go through a
   * second level of accumulators, which keeps the rounding error from growing with the number of terms.
   */
  #runs(total: readonly State[], write: (run: number, states: readonly State[]) => void): void {
    const f = this.#f;
    const { dims, reduced } = this.#plan;
    const last = reduced.length - 1;
    const size = reduced[last]!;
    const count = product(reduced);
    if (count === 0) return;
    const levels = this.#combiner.rounds && count > longestRun;
    // A run's counter starts at 0, which is the index along the dim only where the dim is one run.
    const indexed = indexedAxes([this.#body]).has(dims.length + last);
    const chunk = levels && !indexed ? Math.min(size, longestRun) : size;
    const run = (length: number) => {
      if (!levels) {
        write(length, total);
        return;
      }
      const states = this.#newStates(total.length);
      write(length, states);
      total.forEach(({ value }, i) => {
        f.get(value).get(states[i]!.value);
        this.#combiner.combine(f);
        f.set(value);
      });
      this.#releaseStates(states);
    };
    const walk = (level: number): void => {
      const dim = dims.length + level;
      const loop = (times: number, step: number, body: () => void) => {
        const counter = f.local("i32");
        this.#counters.set(dim, counter);
        this.#cursor.flush();
        f.for(counter, 0, times, 1, () => {
          body();
          this.#cursor.move(dim, step);
          this.#cursor.flush();
        });
        f.release(counter);
      };
      if (level < last) {
        loop(reduced[level]!, 1, () => walk(level + 1));
        this.#cursor.move(dim, -reduced[level]!);
        return;
      }
      const chunks = Math.floor(size / chunk);
      if (chunks > 1) {
        loop(chunks, chunk, () => run(chunk));
        if (size % chunk > 0) run(size % chunk);
        this.#cursor.move(dim, -chunks * chunk);
      } else {
        run(chunk);
        if (size % chunk > 0) {
          this.#cursor.move(dim, chunk);
          run(size % chunk);
          this.#cursor.move(dim, -chunk);
        }
      }
    };
    walk(0);
  }

  #leaves(dim: number, position: Position, result: Local | null): Leaves {
    const f = this.#f;
    return {
      lanes: position.lanes,
      load: (i) => this.#cursor.load(this.#loads[i]!, dim, position.element, position.lanes),
      index: (axis) => {
        if (axis === dim) pushPositions(f, position);
        else f.get(this.#counters.get(axis)!).op("i32x4.splat");
      },
      result: () => {
        if (result === null) throw new Error("wasm: a reduction's body reads its own result");
        f.get(result);
      },
    };
  }

  #pushBody(dim: number, position: Position, parts: Computed): void {
    const writer = new ExprWriter(this.#f, this.#env, this.#leaves(dim, position, null), [this.#body], parts);
    writer.push(this.#body);
    writer.release();
  }

  /** The body's parts that do not change along the given axes, computed. */
  #invariants(inner: number, changing: (axis: number) => boolean): Map<Expr, Local> {
    const axes = [...this.#plan.dims, ...this.#plan.reduced].map((_, axis) => axis).filter(changing);
    const parts = invariantParts([this.#body], (leaf) => {
      if (leaf.kind === "load") return axes.some((axis) => this.#plan.loads[leaf.load]!.strides[axis] !== 0);
      return leaf.kind === "index" && changing(leaf.axis);
    });
    const leaves = this.#leaves(inner, { element: 0, lanes: 4, base: { constant: 0 } }, null);
    return computeAhead(this.#f, this.#env, leaves, parts);
  }

  #store(position: Position, result: Local): void {
    const dim = this.#plan.dims.length - 1;
    const leaves = this.#leaves(dim, position, result);
    const values = compute(this.#f, this.#env, leaves, this.#roots, new Map());
    values.forEach((value, i) => {
      this.#cursor.store(this.#outputs[i]!, value, dim, position.element, position.lanes);
    });
    this.#f.release(...values);
  }

  #newStates(count: number): State[] {
    const f = this.#f;
    return Array.from({ length: count }, () => {
      const value = f.local("v128");
      this.#combiner.pushIdentity(f);
      f.set(value);
      if (!this.#combiner.picks) return { value, index: null };
      const index = f.local("v128");
      f.i32x4(0).set(index);
      return { value, index };
    });
  }

  #releaseStates(states: readonly State[]): void {
    for (const { value, index } of states) this.#f.release(value, ...(index === null ? [] : [index]));
  }
}
