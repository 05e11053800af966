// Weights of a convolution packed once for all threads into the panels that tiles read, in the order of the plan's steps, and
// transformed where the plan says so. Knows strides, nothing of images.
import type { ConvKernel } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, type Prepare, param } from "./codegen.ts";
import type { ConvPlan, Sweep } from "./convPlan.ts";
import { addScaled, storeLanes, takeLocals } from "./tile.ts";
import { emitTransform } from "./winograd.ts";

/** Shape of a panel: `width` floats a step, of which `valid` exist (the others get any value). */
export interface PanelShape {
  readonly width: number;
  readonly valid: number;
}

/**
 * Floats of one point's packed weights of one group in a sweep; channels are filled up to whole vectors where vectors run
 * along them.
 */
export function pointFloats({ geometry }: ConvPlan, sweep: Sweep): number {
  const channels = sweep.form === "channels" ? Math.ceil(geometry.outChannels / 4) * 4 : geometry.outChannels;
  return channels * sweep.steps;
}

/** Floats of all points' packed weights of one group, for all sweeps or for those before one. */
export function groupFloats(plan: ConvPlan, before = plan.sweeps.length): number {
  const floats = plan.sweeps.slice(0, before).reduce((sum, sweep) => sum + pointFloats(plan, sweep), 0);
  return floats * (plan.transform?.filter.n ?? 1);
}

/** How a group's output channels are cut: full blocks, and a narrower last one (width 0 for none). */
function blocksOf(sweep: Sweep): { full: PanelShape; count: number; rest: PanelShape } {
  const { form, vectors, fullTiles, restVectors, lastLanes, rows } = sweep;
  const [width, count, rest, valid] =
    form === "channels"
      ? [vectors * 4, fullTiles, restVectors * 4, lastLanes]
      : [rows.size, rows.full, rows.rest, rows.rest];
  return { full: { width, valid: width }, count, rest: { width: rest, valid } };
}

/** Calls `body` in a loop over the full channel blocks of a group, then for a narrower last one. */
export function eachChannelBlock(
  f: FunctionBuilder,
  sweep: Sweep,
  channel: Local,
  body: (block: PanelShape) => void,
): void {
  const { full, count, rest } = blocksOf(sweep);
  f.i32(0).set(channel);
  if (count > 0) f.for(channel, 0, count * full.width, full.width, () => body(full));
  if (rest.width > 0) body(rest);
}

/** Packs all weights as `[group][sweep][point][channel block][step][channel]`; a unit is one block of output channels. */
export function packWeights(env: CodegenEnv, kernel: ConvKernel, plan: ConvPlan): Prepare {
  const { weight } = kernel;
  const { geometry: g } = plan;
  const floats = g.groups * groupFloats(plan);
  return {
    units: g.groups * mostBlocks(plan),
    cost: floats * 0.6 + 100,
    // Vectors may be written up to three floats too far.
    bytes: floats * 4 + 16,
    reads: [weight.buffer],
    write(f, pushTarget) {
      new WeightPacker(f, env, kernel, plan).write(pushTarget);
    },
  };
}

/** Blocks of channels of the sweep that has most of them. */
function mostBlocks({ sweeps }: ConvPlan): number {
  const counts = sweeps.map((sweep) => {
    const { count, rest } = blocksOf(sweep);
    return count + (rest.width > 0 ? 1 : 0);
  });
  return Math.max(...counts);
}

class WeightPacker {
  readonly #f: FunctionBuilder;
  readonly #env: CodegenEnv;
  readonly #kernel: ConvKernel;
  readonly #plan: ConvPlan;
  /** Addresses of the present channel's weights of the block's first output channel, and of the block's panel at its steps. */
  readonly #source: Local;
  readonly #target: Local;

  constructor(f: FunctionBuilder, env: CodegenEnv, kernel: ConvKernel, plan: ConvPlan) {
    this.#f = f;
    this.#env = env;
    this.#kernel = kernel;
    this.#plan = plan;
    this.#source = f.local("i32");
    this.#target = f.local("i32");
  }

  write(pushTarget: (f: FunctionBuilder) => void): void {
    const f = this.#f;
    const { weight } = this.#kernel;
    const { sweeps } = this.#plan;
    const [groupStride, outStride] = weight.strides as [number, number];
    const blocks = mostBlocks(this.#plan);
    const [unit, group, index] = takeLocals(f, "i32", 3);
    f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => {
      f.get(unit).i32(blocks).op("i32.div_u").set(group);
      f.get(unit).i32(blocks).op("i32.rem_u").set(index);
      sweeps.forEach((sweep, k) => {
        const { full, count, rest } = blocksOf(sweep);
        const panel = (block: PanelShape) => {
          this.#env.pushAddress(f, weight.buffer, weight.offset);
          addScaled(f, group, groupStride * 4);
          addScaled(f, index, full.width * outStride * 4);
          f.set(this.#source);
          pushTarget(f);
          f.i32(groupFloats(this.#plan, k) * 4).op("i32.add");
          addScaled(f, group, groupFloats(this.#plan) * 4);
          addScaled(f, index, sweep.steps * full.width * 4);
          f.set(this.#target);
          this.#panel(sweep, block);
        };
        const whole = () => {
          f.get(index).i32(count).op("i32.lt_s");
          f.if(() => panel(full));
        };
        if (count > 0 && blocks === count) panel(full);
        else if (count > 0) whole();
        if (rest.width > 0) {
          f.get(index).i32(count).op("i32.eq");
          f.if(() => panel(rest));
        }
      });
    });
    f.release(unit, group, index);
  }

  /** All steps of one block of output channels. */
  #panel(sweep: Sweep, block: PanelShape): void {
    const f = this.#f;
    const { geometry: g, transform } = this.#plan;
    const inStride = this.#kernel.weight.strides[2]!;
    // Steps of a channel lie side by side, unless kernel rows stand outside.
    const steps = sweep.columns.length * (sweep.clip || transform ? 1 : g.kernelH);
    const c = f.local("i32");
    f.for(c, 0, g.inChannels, 1, () => {
      this.#block(sweep, block);
      f.increment(this.#source, inStride * 4);
      f.increment(this.#target, steps * block.width * 4);
    });
    f.release(c);
  }

  /** All taps of one input channel for one block of output channels. */
  #block(sweep: Sweep, block: PanelShape): void {
    const f = this.#f;
    const { geometry: g, taps, transform } = this.#plan;
    const { columns, clip } = sweep;
    const [, , , rowStride, columnStride] = this.#kernel.weight.strides as [
      number,
      number,
      number,
      number,
      number,
    ];
    const j = f.local("i32");
    const source = f.local("i32");
    const target = f.local("i32");
    // Kernel columns of a sweep are evenly spaced.
    const [column = 0, next = column + 1] = columns;
    f.get(this.#source).set(source).get(this.#target).set(target);
    f.increment(source, column * columnStride * 4);
    f.for(j, 0, columns.length, 1, () => {
      // Groups of four channels go from the last to the first: what a partial group writes too far into the next step is
      // written again by that step.
      for (let first = Math.ceil(block.width / 4) * 4 - 4; first >= 0; first -= 4) {
        if (transform) this.#points(sweep, source, target, block, first);
        else {
          taps.forEach((i, place) => {
            const value = this.#load(source, block, first, i * rowStride);
            // Rows stand one channel's columns apart, or all channels' where they are outside.
            const step = place * columns.length * (clip ? g.inChannels : 1);
            this.#store(target, value, block, first, step * block.width);
            f.release(value);
          });
        }
      }
      f.increment(source, (next - column) * columnStride * 4).increment(target, block.width * 4);
    });
    f.release(j, source, target);
  }

  /** The column of taps of four output channels, as points. */
  #points(sweep: Sweep, source: Local, target: Local, block: PanelShape, first: number): void {
    const f = this.#f;
    const { geometry: g, transform } = this.#plan;
    const rowStride = this.#kernel.weight.strides[3]!;
    const taps = Array.from({ length: g.kernelH }, (_, i) => {
      return this.#load(source, block, first, i * rowStride);
    });
    const values = emitTransform(f, this.#env.relaxed, transform!.filter.g, taps);
    values.forEach((value, p) => {
      this.#store(target, value, block, first, p * pointFloats(this.#plan, sweep));
    });
    f.release(...taps, ...values);
  }

  /** Four output channels of one tap in a fresh local; those that do not exist repeat the last. */
  #load(source: Local, { valid }: PanelShape, first: number, elements: number): Local {
    const f = this.#f;
    const outStride = this.#kernel.weight.strides[1]!;
    const value = f.local("v128");
    for (let lane = 0; lane < 4; lane++) {
      const at = (elements + Math.min(first + lane, valid - 1) * outStride) * 4;
      f.get(source);
      if (at < 0) f.i32(at).op("i32.add");
      if (lane === 0) f.mem("v128.load32_splat", Math.max(at, 0));
      else f.get(value).memLane("v128.load32_lane", lane, Math.max(at, 0));
      f.set(value);
    }
    return value;
  }

  #store(target: Local, value: Local, { width }: PanelShape, first: number, floats: number): void {
    storeLanes(this.#f, target, value, Math.min(4, width - first), (floats + first) * 4);
  }
}
