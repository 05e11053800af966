// Weight gradients of convolutions: vectors run along output channels, rows of a tile are kernel taps, and the
// steps are output pixels. Knows strides and staging, nothing of how the chunks are summed later.

import { byteSize } from "../../base/dtype.ts";
import type { ConvWeightGradKernel } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, type KernelCode, param } from "./codegen.ts";
import { transformRows } from "./convTransform.ts";
import type { WeightGradPlan, WeightGradTransform } from "./convWeightGradPlan.ts";
import { align } from "./heap.ts";
import { type PanelShape, packRows, panelBytes } from "./pack.ts";
import { applyEpilogue, product, rawTarget, setOutputPointer } from "./result.ts";
import { clearScratch, dilatedHeight, pushImage, stageRows, stageSource, stageWindow } from "./stage.ts";
import { addScaled, closeTile, openTile, outerProductStep, takeLocals } from "./tile.ts";
import { type Split, splitRows } from "./tiles.ts";
import { storeSums } from "./weightSums.ts";
import { transformVectors, transposed } from "./winograd.ts";

/** Code of a weight gradient by sweeps; a unit is one group of one chunk of samples. */
export function sweptWeightGradKernel(
  kernel: ConvWeightGradKernel,
  plan: WeightGradPlan,
  env: CodegenEnv,
): KernelCode {
  const g = kernel.geometry;
  const dims = [kernel.chunks, g.groups, g.outChannels, g.inChannels, g.kernelH, g.kernelW];
  const { transform } = plan;
  const target = rawTarget(env, kernel.epilogue, dims);
  const taps = g.inChannels * g.kernelH * g.kernelW;
  const channels = Math.ceil(g.outChannels / 4) * 4;
  let scratch = 0;
  const place = (bytes: number) => {
    const at = scratch;
    scratch += align(bytes);
    return at;
  };
  place(plan.stage ? plan.stage.bytes + 16 : 0);
  const places = {
    // Rows packed one by one may each run up to three steps over.
    gradients: place(panelBytes(plan.vectors * 4, plan.rowBlock * g.outW + 3)),
    pointRows: place(transform ? (transform.input.point * transform.filter.n + 16) * 4 : 0),
    pointGradients: place(transform ? transform.gradientPoint * transform.filter.n * 4 : 0),
    pointSums: place(transform ? transform.sumPoint * transform.filter.n * 4 : 0),
    sums: place(taps * channels * 4 + 64),
    raw: place(target.direct ? 0 : g.outChannels * taps * 4 + 64),
    pixels: env.table(plan.offsets.map((offset) => offset * 4)),
  };
  return {
    units: kernel.chunks * g.groups,
    cost: (g.batch * g.groups * plan.cost) / 4 + product(dims),
    scratchBytes: scratch,
    write(f) {
      new WeightGradWriter(f, env, kernel, plan, places).write(dims, target);
    },
  };
}

/** Places of the parts of scratch memory, and the table of pixels. */
interface Places {
  /** A panel's packed gradients, `[pixel][channel]`. */
  readonly gradients: number;
  /** Points of the input, of a panel's gradients, and of the sums, the last `[point][panel][tap][channel]`. */
  readonly pointRows: number;
  readonly pointGradients: number;
  readonly pointSums: number;
  /** The sums, `[panel][tap][channel]`. */
  readonly sums: number;
  readonly raw: number;
  readonly pixels: (f: FunctionBuilder) => void;
}

class WeightGradWriter {
  readonly #f: FunctionBuilder;
  readonly #env: CodegenEnv;
  readonly #kernel: ConvWeightGradKernel;
  readonly #plan: WeightGradPlan;
  readonly #places: Places;
  readonly #group: Local;
  readonly #sample: Local;
  /** Address of the window at output pixel (0, 0) in the group's first channel. */
  readonly #origin: Local;
  /** First output row of the present block, its first entry in the table of pixels, and its number of pixels. */
  readonly #row: Local;
  readonly #entry: Local;
  readonly #pixels: Local;

  constructor(
    f: FunctionBuilder,
    env: CodegenEnv,
    kernel: ConvWeightGradKernel,
    plan: WeightGradPlan,
    places: Places,
  ) {
    this.#f = f;
    this.#env = env;
    this.#kernel = kernel;
    this.#plan = plan;
    this.#places = places;
    this.#group = f.local("i32");
    this.#sample = f.local("i32");
    this.#origin = f.local("i32");
    this.#row = f.local("i32");
    this.#entry = f.local("i32");
    this.#pixels = f.local("i32");
  }

  write(dims: readonly number[], target: { direct: boolean; final: boolean }): void {
    const f = this.#f;
    const { geometry: g, chunks, epilogue } = this.#kernel;
    const { stage, transform } = this.#plan;
    const taps = g.inChannels * g.kernelH * g.kernelW;
    const [unit, chunk, end, raw] = takeLocals(f, "i32", 4);
    f.get(param.lo).get(param.hi).op("i32.ge_s");
    f.if(() => f.op("return"));
    if (stage) clearScratch(f, 0, stage.bytes);
    const pushSample = (add: number) =>
      f.plus(chunk, add).i32(g.batch).op("i32.mul").i32(chunks).op("i32.div_u");
    f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => {
      f.get(unit).i32(g.groups).op("i32.div_u").set(chunk);
      f.get(unit).i32(g.groups).op("i32.rem_u").set(this.#group);
      this.#clearSums();
      pushSample(1).set(end);
      pushSample(0).set(this.#sample);
      if (transform) {
        this.#addTransformed(transform, end);
      } else {
        f.for(this.#sample, { local: this.#sample }, { local: end }, 1, () => {
          this.#setOrigin();
          this.#addSample();
        });
      }
      if (target.direct) setOutputPointer(f, this.#env, epilogue, raw, [[unit, g.outChannels * taps]]);
      else f.plus(param.scratch, this.#places.raw).set(raw);
      const store = (shape: PanelShape, channel: Local, sums: Local) =>
        storeSums(f, shape, taps, sums, () => {
          f.get(raw);
          addScaled(f, channel, taps * 4);
        });
      this.#panels(this.#places.sums, store, taps);
      if (!target.final) applyEpilogue(f, this.#env, epilogue, dims, raw, [chunk, this.#group]);
    });
  }

  #clearSums(): void {
    const { transform, depth } = this.#plan;
    const channels = Math.ceil(this.#kernel.geometry.outChannels / 4) * 4;
    const floats = transform ? transform.sumPoint * transform.filter.n : depth * channels;
    clearScratch(this.#f, transform ? this.#places.pointSums : this.#places.sums, floats * 4);
  }

  /** Points `origin` at the sample's window, staged if need be. */
  #setOrigin(): void {
    const f = this.#f;
    const { geometry: g, input, inputDType } = this.#kernel;
    const { stage } = this.#plan;
    pushImage(f, this.#env, this.#kernel, this.#sample, this.#group);
    f.set(this.#origin);
    if (!stage) return;
    // Input rows that some window touches: those whose place below the padded top edge is inside the stage.
    const first = Math.max(0, Math.ceil(-g.padTop / g.inputDilationH));
    const room = stage.rows - g.padTop - first * g.inputDilationH;
    const rows = Math.max(0, Math.min(g.inH - first, Math.ceil(room / g.inputDilationH)));
    const target = f.local("i32");
    f.increment(this.#origin, first * input.strides[2]! * byteSize(inputDType));
    f.plus(param.scratch, (g.padTop + first * g.inputDilationH) * stage.row * 4).set(target);
    if (dilatedHeight(g) > 0)
      stageRows(f, this.#env, stageSource(this.#kernel), stage, this.#origin, target, rows);
    f.get(param.scratch).set(this.#origin);
    f.release(target);
  }

  /** Adds the samples of a chunk, up to `end`, by way of points, and makes the sums of them. */
  #addTransformed(transform: WeightGradTransform, end: Local): void {
    const f = this.#f;
    const { geometry: g } = this.#kernel;
    const { runs, filter, input, gradientPoint, sumPoint } = transform;
    const [point, window, gradients, sums] = takeLocals(f, "i32", 4);
    this.#places.pixels(f);
    f.set(this.#entry)
      .i32(runs * g.outW)
      .set(this.#pixels);
    f.for(this.#sample, { local: this.#sample }, { local: end }, 1, () => {
      f.for(this.#row, 0, g.outH, this.#plan.rowBlock, () => {
        this.#transformInput(transform);
        this.#panels(this.#places.pointSums, (shape, channel, panelSums) => {
          this.#transformGradients(transform, shape, channel);
          f.plus(param.scratch, this.#places.pointGradients).set(gradients);
          f.plus(param.scratch, this.#places.pointRows).set(window);
          f.get(panelSums).set(sums);
          f.for(point, 0, filter.n, 1, () => {
            this.#addPanel(shape, window, gradients, sums);
            f.increment(window, input.point * 4);
            f.increment(gradients, gradientPoint * 4);
            f.increment(sums, sumPoint * 4);
          });
        });
      });
    });
    f.release(point, window, gradients, sums);
    this.#transformSums(transform);
  }

  /** The points of a sample's rows for the present block. */
  #transformInput(transform: WeightGradTransform): void {
    const f = this.#f;
    const { geometry: g } = this.#kernel;
    const { stage, layout } = this.#plan;
    const [first, target] = takeLocals(f, "i32", 2);
    pushImage(f, this.#env, this.#kernel, this.#sample, this.#group);
    f.set(this.#origin).plus(this.#row, -g.padTop).set(first);
    stageWindow(f, this.#env, stageSource(this.#kernel), stage!, this.#origin, first);
    f.get(param.scratch).set(this.#origin);
    f.plus(param.scratch, this.#places.pointRows).set(target);
    transformRows(f, this.#env.relaxed, g, transform, layout, transform.input, this.#origin, target);
    f.release(first, target);
  }

  /** The points of a sample's gradients for the present block and a panel. */
  #transformGradients(
    { filter, runs, gradientPoint }: WeightGradTransform,
    shape: PanelShape,
    channel: Local,
  ): void {
    const f = this.#f;
    const { geometry: g } = this.#kernel;
    const [run, x, source, target] = takeLocals(f, "i32", 4);
    const rowBytes = g.outW * shape.width * 4;
    f.i32(this.#plan.rowBlock).set(x);
    this.#packGradients(shape, channel, this.#row, x);
    f.plus(param.scratch, this.#places.gradients).set(source);
    f.plus(param.scratch, this.#places.pointGradients).set(target);
    f.for(run, 0, runs, 1, () => {
      f.for(x, 0, rowBytes, 16, () => {
        const matrix = transposed(filter.a);
        transformVectors(f, this.#env.relaxed, matrix, source, rowBytes, target, gradientPoint * 4);
        f.increment(source, 16).increment(target, 16);
      });
      f.increment(source, (filter.m - 1) * rowBytes);
    });
    f.release(run, x, source, target);
  }

  /** Makes the sums of those at the points: `[panel][point][column]` to `[panel][row][column]` of every channel. */
  #transformSums({ filter, sumPoint }: WeightGradTransform): void {
    const f = this.#f;
    const { geometry: g } = this.#kernel;
    const [c, from, to] = takeLocals(f, "i32", 3);
    f.plus(param.scratch, this.#places.sums).set(to);
    this.#panels(this.#places.pointSums, (shape, _, sums) => {
      const columnBytes = g.kernelW * shape.width * 4;
      const j = f.local("i32");
      f.get(sums).set(from);
      f.for(c, 0, g.inChannels, 1, () => {
        f.for(j, 0, columnBytes, 16, () => {
          transformVectors(f, this.#env.relaxed, transposed(filter.g), from, sumPoint * 4, to, columnBytes);
          f.increment(from, 16).increment(to, 16);
        });
        f.increment(to, (g.kernelH - 1) * columnBytes);
      });
      f.release(j);
    });
    f.release(c, from, to);
  }

  /** Adds one sample's products to the sums, block of rows by block of rows. */
  #addSample(): void {
    const f = this.#f;
    const { geometry: g } = this.#kernel;
    const { rowBlock } = this.#plan;
    const rows = f.local("i32");
    const gradients = f.local("i32");
    f.plus(param.scratch, this.#places.gradients).set(gradients);
    f.for(this.#row, 0, g.outH, rowBlock, () => {
      f.i32(g.outH).get(this.#row).op("i32.sub").set(rows);
      f.lesser(rows, rowBlock).tee(rows);
      f.i32(g.outW).op("i32.mul").set(this.#pixels);
      this.#places.pixels(f);
      addScaled(f, this.#row, g.outW * 4);
      f.set(this.#entry);
      this.#panels(this.#places.sums, (shape, channel, sums) => {
        this.#packGradients(shape, channel, this.#row, rows);
        this.#addPanel(shape, this.#origin, gradients, sums);
      });
    });
    f.release(rows, gradients);
  }

  /** Calls `body` for each panel of output channels, with its first channel and the address of its sums, `taps` a panel. */
  #panels(
    place: number,
    body: (shape: PanelShape, channel: Local, sums: Local) => void,
    taps = this.#plan.depth,
  ): void {
    const f = this.#f;
    const { vectors, panels, restWidth, rest } = this.#plan;
    const width = vectors * 4;
    const channel = f.local("i32");
    const sums = f.local("i32");
    f.plus(param.scratch, place).set(sums).i32(0).set(channel);
    if (panels > 0) {
      f.for(channel, 0, panels * width, width, () => {
        body({ width, valid: width }, channel, sums);
        f.increment(sums, taps * width * 4);
      });
    }
    if (rest > 0) body({ width: restWidth, valid: rest }, channel, sums);
    f.release(channel, sums);
  }

  /** Packs `rows` rows of a panel's gradients from row `first` on as `[pixel][channel]`. */
  #packGradients(shape: PanelShape, channel: Local, first: Local, rows: Local): void {
    const f = this.#f;
    const { geometry: g, dy } = this.#kernel;
    const [imageStride, across, rowStride, along] = dy.strides as [number, number, number, number];
    const [source, target] = takeLocals(f, "i32", 2);
    this.#env.pushAddress(f, dy.buffer, dy.offset);
    addScaled(f, this.#sample, imageStride * 4);
    addScaled(f, this.#group, g.outChannels * across * 4);
    addScaled(f, channel, across * 4);
    addScaled(f, first, rowStride * 4);
    f.set(source);
    f.plus(param.scratch, this.#places.gradients).set(target);
    packRows(f, { pointer: source, along, across, row: rowStride }, target, shape, rows, g.outW);
    f.release(source, target);
  }

  /** Adds the block's products for one panel: the taps of all input channels from `window` on. */
  #addPanel(shape: PanelShape, window: Local, gradients: Local, sums: Local): void {
    const f = this.#f;
    const { geometry: g } = this.#kernel;
    const { together, tapRows, vectors } = this.#plan;
    const taps = tapRows * g.kernelW;
    const channelFloats = (this.#plan.transform?.input ?? this.#plan.layout).channel;
    const [channel, image, sum] = takeLocals(f, "i32", 3);
    const whole = Math.floor(g.inChannels / together) * together;
    const channels = (count: number, split: Split) => {
      let first = 0;
      for (let i = 0; i < split.full + (split.rest ? 1 : 0); i++) {
        const rows = i < split.full ? split.size : split.rest;
        this.#addTile(shape, first, rows, image, gradients, sum);
        first += rows;
      }
      f.increment(image, count * channelFloats * 4).increment(sum, count * taps * shape.width * 4);
    };
    f.get(sums).set(sum).get(window).set(image);
    f.for(channel, 0, whole, together, () => channels(together, this.#plan.taps));
    const rest = g.inChannels - whole;
    if (rest > 0) channels(rest, splitRows(this.#env.tiles, rest * taps, vectors));
    f.release(channel, image, sum);
  }

  /** Floats from a pixel's window to its value at a tap, counted over the channels taken together. */
  #tapOffset(tap: number): number {
    const { kernelW, dilationH, dilationW } = this.#kernel.geometry;
    const { tapRows, transform, layout } = this.#plan;
    const j = tap % kernelW;
    const i = Math.floor(tap / kernelW) % tapRows;
    const c = Math.floor(tap / (kernelW * tapRows));
    if (transform) return c * transform.input.channel + j * dilationW;
    return c * layout.channel + i * dilationH * layout.row + layout.column(j * dilationW);
  }

  /** One tile: `rows` taps from tap `first` on. */
  #addTile(shape: PanelShape, first: number, rows: number, image: Local, gradients: Local, sum: Local): void {
    const f = this.#f;
    const vectors = shape.width / 4;
    const sumOffset = (row: number, v: number) => ((first + row) * shape.width + v * 4) * 4;
    const tile = openTile(f, rows, vectors, (row, v) => f.get(sum).mem("v128.load", sumOffset(row, v)));
    const [entry, end, gradient, x] = takeLocals(f, "i32", 4);
    f.get(this.#entry).tee(entry).get(this.#pixels).i32(4).op("i32.mul").op("i32.add").set(end);
    f.get(gradients).set(gradient);
    f.loop(() => {
      f.get(entry).mem("i32.load").get(image).op("i32.add").set(x);
      outerProductStep(
        f,
        this.#env.relaxed,
        tile,
        (row) => f.get(x).mem("v128.load32_splat", this.#tapOffset(first + row) * 4),
        (v) => f.get(gradient).mem("v128.load", v * 16),
      );
      f.increment(gradient, shape.width * 4).increment(entry, 4);
      f.get(entry).get(end).op("i32.lt_u").brIf(0);
    });
    tile.acc.forEach((acc, i) => {
      f.get(sum)
        .get(acc)
        .mem("v128.store", sumOffset(Math.floor(i / vectors), i % vectors));
    });
    closeTile(f, tile);
    f.release(entry, end, gradient, x);
  }
}
