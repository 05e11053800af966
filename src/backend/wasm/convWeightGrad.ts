// Weight gradients of convolutions: vectors run along output channels, rows of a tile are kernel taps, and the
// steps are output pixels. Knows strides and staging, nothing of how the chunks are summed later.

import { byteSize } from "../../base/dtype.ts";
import type { ConvWeightGradKernel } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, type KernelCode, param } from "./codegen.ts";
import { type PanelShape, packPanel, panelBytes } from "./pack.ts";
import { applyEpilogue, product, rawTarget, setOutputPointer } from "./result.ts";
import {
  clearStage,
  dilatedHeight,
  type ImageLayout,
  type StageLayout,
  stageLayout,
  stageRows,
  windowWidth,
} from "./stage.ts";
import {
  addScaled,
  closeTile,
  openTile,
  outerProductStep,
  storeLanes,
  takeLocals,
  transpose4,
} from "./tile.ts";
import { bestTiling, type Split, splitRows, type Tiles } from "./tiles.ts";

/** Output pixels whose packed gradients stay in a first-level cache beside the image rows they meet. */
const blockPixels = 384;

interface Plan {
  /** Vectors of a full panel of output channels, number of those, width and channels of a narrower last one. */
  readonly vectors: number;
  readonly panels: number;
  readonly restWidth: number;
  readonly rest: number;
  /** Input channels taken together, so that few taps still fill a tile, and how their taps are cut. */
  readonly together: number;
  readonly taps: Split;
  readonly stage: StageLayout | null;
  readonly layout: ImageLayout;
  /** Output rows whose gradients are packed at once. */
  readonly rowBlock: number;
  /** Taps of all channels. */
  readonly depth: number;
  /** Bytes of the accumulators, `[panel][tap][channel]`. */
  readonly sumBytes: number;
}

function planWeightGrad(kernel: ConvWeightGradKernel, tiles: Tiles): Plan {
  const { geometry: g, input } = kernel;
  const taps = g.kernelH * g.kernelW;
  const together = Math.max(1, Math.min(g.inChannels, Math.ceil(4 / Math.max(1, taps))));
  const { vectors, rows } = bestTiling(tiles, g.outChannels, together * taps, g.outH * g.outW, 2);
  const width = vectors * 4;
  const [, channel, row, column] = input.strides as [number, number, number, number];
  const windowH = (g.outH - 1) * g.strideH + (g.kernelH - 1) * g.dilationH + 1;
  const inPlace =
    kernel.inputDType === "float32" &&
    kernel.prologue === null &&
    g.inputDilationH === 1 &&
    g.inputDilationW === 1 &&
    g.padTop === 0 &&
    g.padLeft === 0 &&
    windowH <= g.inH &&
    windowWidth(g) <= g.inW &&
    Math.min(channel, row, column) >= 0;
  const stage = inPlace ? null : stageLayout(g, windowH, 1, 0);
  const layout = stage ?? { channel, row, column: (q: number) => q * column };
  const depth = g.inChannels * taps;
  return {
    vectors,
    panels: Math.floor(g.outChannels / width),
    restWidth: Math.ceil((g.outChannels % width) / 4) * 4,
    rest: g.outChannels % width,
    together,
    taps: rows,
    stage,
    layout,
    rowBlock: Math.max(1, Math.min(g.outH, Math.floor(blockPixels / Math.max(1, g.outW)))),
    depth,
    sumBytes: depth * Math.ceil(g.outChannels / 4) * 16,
  };
}

/** Code of a weight gradient; a unit is one group of one chunk of samples. */
export function convWeightGradKernel(kernel: ConvWeightGradKernel, env: CodegenEnv): KernelCode {
  const g = kernel.geometry;
  const dims = [kernel.chunks, g.groups, g.outChannels, g.inChannels, g.kernelH, g.kernelW];
  if (product(dims) === 0) return { units: 0, cost: 0, scratchBytes: 0, write() {} };
  const plan = planWeightGrad(kernel, env.tiles);
  const target = rawTarget(env, kernel.epilogue, dims);
  const align = (bytes: number) => Math.ceil(bytes / 64) * 64;
  const gradients = align(plan.stage ? plan.stage.bytes + 16 : 0);
  // Rows packed one by one may each run up to three steps over.
  const sums = gradients + align(panelBytes(plan.vectors * 4, plan.rowBlock * g.outW + 3));
  const raw = sums + align(plan.sumBytes + 64);
  const column = plan.layout.column(g.strideW) - plan.layout.column(0);
  const offsets = Int32Array.from({ length: g.outH * g.outW }, (_, p) => {
    const y = Math.floor(p / g.outW);
    return (y * g.strideH * plan.layout.row + (p % g.outW) * column) * 4;
  });
  const places = { gradients, sums, raw, pixels: env.table(offsets) };
  return {
    units: kernel.chunks * g.groups,
    cost: (g.batch * g.groups * g.outChannels * plan.depth * g.outH * g.outW) / 13 + product(dims),
    scratchBytes: raw + (target.direct ? 0 : align(g.outChannels * plan.depth * 4 + 64)),
    write(f) {
      new WeightGradWriter(f, env, kernel, plan, places).write(dims, target);
    },
  };
}

interface Places {
  readonly gradients: number;
  readonly sums: number;
  readonly raw: number;
  readonly pixels: (f: FunctionBuilder) => void;
}

class WeightGradWriter {
  readonly #f: FunctionBuilder;
  readonly #env: CodegenEnv;
  readonly #kernel: ConvWeightGradKernel;
  readonly #plan: Plan;
  readonly #places: Places;
  readonly #group: Local;
  readonly #sample: Local;
  /** Address of the window at output pixel (0, 0) in the group's first channel. */
  readonly #origin: Local;
  /** First output row of the present block, and its number of pixels. */
  readonly #row: Local;
  readonly #pixels: Local;

  constructor(f: FunctionBuilder, env: CodegenEnv, kernel: ConvWeightGradKernel, plan: Plan, places: Places) {
    this.#f = f;
    this.#env = env;
    this.#kernel = kernel;
    this.#plan = plan;
    this.#places = places;
    this.#group = f.local("i32");
    this.#sample = f.local("i32");
    this.#origin = f.local("i32");
    this.#row = f.local("i32");
    this.#pixels = f.local("i32");
  }

  write(dims: readonly number[], target: { direct: boolean; final: boolean }): void {
    const f = this.#f;
    const { geometry: g, chunks, epilogue } = this.#kernel;
    const { stage, depth } = this.#plan;
    const [unit, chunk, end, raw] = takeLocals(f, "i32", 4) as [Local, Local, Local, Local];
    f.get(param.lo).get(param.hi).op("i32.ge_s");
    f.if(() => f.op("return"));
    if (stage) clearStage(f, 0, stage);
    const pushSample = (add: number) =>
      f.get(chunk).i32(add).op("i32.add").i32(g.batch).op("i32.mul").i32(chunks).op("i32.div_u");
    f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => {
      f.get(unit).i32(g.groups).op("i32.div_u").set(chunk);
      f.get(unit).i32(g.groups).op("i32.rem_u").set(this.#group);
      this.#clearSums();
      pushSample(1).set(end);
      pushSample(0).set(this.#sample);
      f.for(this.#sample, { local: this.#sample }, { local: end }, 1, () => {
        this.#setOrigin();
        this.#addSample();
      });
      if (target.direct) setOutputPointer(f, this.#env, epilogue, raw, [[unit, g.outChannels * depth]]);
      else f.get(param.scratch).i32(this.#places.raw).op("i32.add").set(raw);
      this.#storeSums(raw);
      if (!target.final) applyEpilogue(f, this.#env, epilogue, dims, raw, [chunk, this.#group]);
    });
  }

  #clearSums(): void {
    const f = this.#f;
    const at = f.local("i32");
    const left = f.local("i32");
    f.get(param.scratch).i32(this.#places.sums).op("i32.add").set(at);
    f.for(left, 0, this.#plan.sumBytes / 16, 1, () => {
      f.get(at).f32x4(0).mem("v128.store").increment(at, 16);
    });
    f.release(at, left);
  }

  #setOrigin(): void {
    const f = this.#f;
    const { geometry: g, input, inputDType, prologue } = this.#kernel;
    const { stage } = this.#plan;
    const [image, channel, row, column] = input.strides as [number, number, number, number];
    const size = byteSize(inputDType);
    this.#env.pushAddress(f, input.buffer, input.offset);
    addScaled(f, this.#sample, image * size);
    addScaled(f, this.#group, g.inChannels * channel * size);
    f.set(this.#origin);
    if (!stage) return;
    // Input rows that some window touches: those whose place below the padded top edge is inside the stage.
    const first = Math.max(0, Math.ceil(-g.padTop / g.inputDilationH));
    const room = stage.rows - g.padTop - first * g.inputDilationH;
    const rows = Math.max(0, Math.min(g.inH - first, Math.ceil(room / g.inputDilationH)));
    const target = f.local("i32");
    f.increment(this.#origin, first * row * size);
    f.get(param.scratch)
      .i32((g.padTop + first * g.inputDilationH) * stage.row * 4)
      .op("i32.add")
      .set(target);
    const source = { geometry: g, dtype: inputDType, prologue, strides: [channel, row, column] as const };
    if (dilatedHeight(g) > 0) stageRows(f, this.#env, source, stage, this.#origin, target, rows);
    f.get(param.scratch).set(this.#origin);
    f.release(target);
  }

  /** Adds one sample's products to the sums, block of rows by block of rows. */
  #addSample(): void {
    const f = this.#f;
    const { geometry: g } = this.#kernel;
    const { rowBlock } = this.#plan;
    f.for(this.#row, 0, g.outH, rowBlock, () => {
      f.i32(g.outH).get(this.#row).op("i32.sub").tee(this.#pixels).i32(rowBlock);
      f.get(this.#pixels).i32(rowBlock).op("i32.lt_s").op("select");
      f.i32(g.outW).op("i32.mul").set(this.#pixels);
      this.#panels((shape, channel, sums) => {
        this.#packGradients(shape, channel);
        this.#addPanel(shape, sums);
      });
    });
  }

  /** Calls `body` for each panel of output channels, with its first channel and the address of its sums. */
  #panels(body: (shape: PanelShape, channel: Local, sums: Local) => void): void {
    const f = this.#f;
    const { vectors, panels, restWidth, rest, depth } = this.#plan;
    const width = vectors * 4;
    const channel = f.local("i32");
    const sums = f.local("i32");
    f.get(param.scratch).i32(this.#places.sums).op("i32.add").set(sums);
    f.i32(0).set(channel);
    if (panels > 0) {
      f.for(channel, 0, panels * width, width, () => {
        body({ width, valid: width }, channel, sums);
        f.increment(sums, depth * width * 4);
      });
    }
    if (rest > 0) body({ width: restWidth, valid: rest }, channel, sums);
    f.release(channel, sums);
  }

  /** Packs the block's output gradients of a panel's channels as `[pixel][channel]`. */
  #packGradients(shape: PanelShape, channel: Local): void {
    const f = this.#f;
    const { geometry: g, dy } = this.#kernel;
    const [imageStride, across, rowStride, along] = dy.strides as [number, number, number, number];
    const source = f.local("i32");
    const target = f.local("i32");
    this.#env.pushAddress(f, dy.buffer, dy.offset);
    addScaled(f, this.#sample, imageStride * 4);
    addScaled(f, this.#group, g.outChannels * across * 4);
    addScaled(f, channel, across * 4);
    addScaled(f, this.#row, rowStride * 4);
    f.set(source).get(param.scratch).i32(this.#places.gradients).op("i32.add").set(target);
    const matrix = { pointer: source, along, across };
    if (rowStride === g.outW * along) {
      packPanel(f, matrix, target, shape, { local: this.#pixels });
    } else {
      const left = f.local("i32");
      f.for(left, 0, { local: this.#pixels }, g.outW, () => {
        packPanel(f, matrix, target, shape, g.outW);
        f.increment(source, rowStride * 4).increment(target, g.outW * shape.width * 4);
      });
      f.release(left);
    }
    f.release(source, target);
  }

  /** Adds the block's products for one panel: all taps of all input channels. */
  #addPanel(shape: PanelShape, sums: Local): void {
    const f = this.#f;
    const { geometry: g } = this.#kernel;
    const { together, layout } = this.#plan;
    const taps = g.kernelH * g.kernelW;
    const [channel, image, sum] = takeLocals(f, "i32", 3) as [Local, Local, Local];
    const whole = Math.floor(g.inChannels / together) * together;
    const channels = (count: number, split: Split) => {
      let first = 0;
      for (let i = 0; i < split.full + (split.rest ? 1 : 0); i++) {
        const rows = i < split.full ? split.size : split.rest;
        this.#addTile(shape, first, rows, image, sum);
        first += rows;
      }
      f.increment(image, count * layout.channel * 4).increment(sum, count * taps * shape.width * 4);
    };
    f.get(sums).set(sum).get(this.#origin).set(image);
    f.for(channel, 0, whole, together, () => channels(together, this.#plan.taps));
    const rest = g.inChannels - whole;
    if (rest > 0) channels(rest, splitRows(this.#env.tiles, rest * taps, this.#plan.vectors));
    f.release(channel, image, sum);
  }

  /** One tile: `rows` taps from tap `first` on (counted over the channels taken together). */
  #addTile(shape: PanelShape, first: number, rows: number, image: Local, sum: Local): void {
    const f = this.#f;
    const { geometry: g } = this.#kernel;
    const { layout } = this.#plan;
    const vectors = shape.width / 4;
    const tapOffset = (tap: number) => {
      const j = tap % g.kernelW;
      const i = Math.floor(tap / g.kernelW) % g.kernelH;
      const c = Math.floor(tap / (g.kernelW * g.kernelH));
      return c * layout.channel + i * g.dilationH * layout.row + layout.column(j * g.dilationW);
    };
    const sumOffset = (row: number, v: number) => ((first + row) * shape.width + v * 4) * 4;
    const tile = openTile(f, rows, vectors, (row, v) => f.get(sum).mem("v128.load", sumOffset(row, v)));
    const [entry, end, gradient, x] = takeLocals(f, "i32", 4) as [Local, Local, Local, Local];
    this.#places.pixels(f);
    addScaled(f, this.#row, g.outW * 4);
    f.tee(entry).get(this.#pixels).i32(4).op("i32.mul").op("i32.add").set(end);
    f.get(param.scratch).i32(this.#places.gradients).op("i32.add").set(gradient);
    f.loop(() => {
      f.get(entry).mem("i32.load").get(image).op("i32.add").set(x);
      outerProductStep(
        f,
        this.#env.relaxed,
        tile,
        (row) => f.get(x).mem("v128.load32_splat", tapOffset(first + row) * 4),
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

  /** Writes the sums, `[panel][tap][channel]`, to `[channel][tap]` at `raw`. */
  #storeSums(raw: Local): void {
    const f = this.#f;
    const { depth } = this.#plan;
    const [from, to, k] = takeLocals(f, "i32", 3) as [Local, Local, Local];
    this.#panels(({ width, valid }, channel, sums) => {
      for (let first = 0; first < valid; first += 4) {
        f.get(sums)
          .i32(first * 4)
          .op("i32.add")
          .set(from)
          .get(raw);
        addScaled(f, channel, depth * 4);
        f.i32(first * depth * 4)
          .op("i32.add")
          .set(to);
        const block = (lanes: number) => {
          const rows = takeLocals(f, "v128", 4) as [Local, Local, Local, Local];
          rows.forEach((row, i) => {
            f.get(from)
              .mem("v128.load", Math.min(i, lanes - 1) * width * 4)
              .set(row);
          });
          transpose4(f, rows);
          rows.forEach((row, i) => {
            if (first + i < valid) storeLanes(f, to, row, lanes, i * depth * 4);
          });
          f.release(...rows);
        };
        f.for(k, 0, depth - (depth % 4), 4, () => {
          block(4);
          f.increment(from, width * 16).increment(to, 16);
        });
        if (depth % 4 > 0) block(depth % 4);
      }
    });
    f.release(from, to, k);
  }
}
