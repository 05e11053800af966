// Convolutions as implicit matrix products: a table gives each step's place in the (staged) image, so no patch
// matrix is ever written. Knows plans and tiles, nothing of forward or gradient: both arrive as geometry.

import { byteSize } from "../../base/dtype.ts";
import type { ConvKernel } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, type KernelCode, param } from "./codegen.ts";
import { type ConvPlan, planConv } from "./convPlan.ts";
import { eachChannelBlock, groupBytes, packWeights } from "./convWeights.ts";
import { type PanelShape, panelBytes } from "./pack.ts";
import { applyEpilogue, product, rawTarget, setOutputPointer } from "./result.ts";
import { clearStage, stageRows } from "./stage.ts";
import {
  addScaled,
  closeTile,
  openTile,
  outerProductStep,
  settleBytes,
  settleTile,
  storeLanes,
  type Tile,
  takeLocals,
  transpose4,
} from "./tile.ts";
import { isPaired } from "./tiles.ts";

/** Code of a convolution; a unit is a block of output rows of one image, with all its channels. */
export function convKernel(kernel: ConvKernel, env: CodegenEnv): KernelCode {
  const g = kernel.geometry;
  const dims = [g.batch, g.groups * g.outChannels, g.outH, g.outW];
  if (product(dims) === 0) return { units: 0, cost: 0, scratchBytes: 0, write() {} };
  const plan = planConv(kernel, env.tiles);
  const target = rawTarget(env, kernel.epilogue, dims);
  const align = (bytes: number) => Math.ceil(bytes / 64) * 64;
  const weights = align(plan.stage ? plan.stage.bytes + 16 : 0);
  const raw = weights + align(g.groups * groupBytes(kernel, plan) + panelBytes(24, 4));
  const rawBytes = target.direct ? 0 : align(dims[1]! * plan.rowBlock * g.outW * 4 + 64);
  const tile = raw + rawBytes;
  const table = env.table(plan.offsets.map((offset) => offset * 4));
  const clip = plan.clip && env.table(plan.clip.map((step) => step * 4));
  return {
    units: g.batch * plan.rowBlocks,
    cost: (product(dims) * plan.steps) / 13 + product(dims),
    scratchBytes: tile + settleBytes,
    write(f) {
      new ConvWriter(f, env, kernel, plan, { weights, raw, tile, table, clip }).write();
    },
  };
}

/** Places of the parts of scratch memory, and the constant tables. */
interface Places {
  readonly weights: number;
  readonly raw: number;
  readonly tile: number;
  readonly table: (f: FunctionBuilder) => void;
  readonly clip: ((f: FunctionBuilder) => void) | null;
}

class ConvWriter {
  readonly #f: FunctionBuilder;
  readonly #env: CodegenEnv;
  readonly #kernel: ConvKernel;
  readonly #plan: ConvPlan;
  readonly #places: Places;
  readonly #dims: readonly number[];
  readonly #direct: boolean;
  readonly #final: boolean;
  /** Floats from one channel of the raw results to the next. */
  readonly #rawChannel: number;
  readonly #image: Local;
  readonly #rowStart: Local;
  readonly #rowEnd: Local;
  readonly #raw: Local;
  /** Address of the image at window row 0 (input row −padTop), column 0 of the present group's first channel. */
  readonly #origin: Local;
  readonly #y: Local;
  /** Address of the image at the present output row's window. */
  readonly #window: Local;
  /** First byte of the step table that the present output row uses, and one past the last. */
  readonly #stepLo: Local;
  readonly #stepHi: Local;
  readonly #group: Local;
  readonly #channel: Local;
  readonly #panel: Local;

  constructor(f: FunctionBuilder, env: CodegenEnv, kernel: ConvKernel, plan: ConvPlan, places: Places) {
    this.#f = f;
    this.#env = env;
    this.#kernel = kernel;
    this.#plan = plan;
    this.#places = places;
    const g = kernel.geometry;
    this.#dims = [g.batch, g.groups * g.outChannels, g.outH, g.outW];
    const target = rawTarget(env, kernel.epilogue, this.#dims);
    this.#direct = target.direct;
    this.#final = target.final;
    this.#rawChannel = (target.direct ? g.outH : plan.rowBlock) * g.outW;
    [
      this.#image,
      this.#rowStart,
      this.#rowEnd,
      this.#raw,
      this.#origin,
      this.#y,
      this.#window,
      this.#stepLo,
      this.#stepHi,
      this.#group,
      this.#channel,
      this.#panel,
    ] = takeLocals(f, "i32", 12) as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ];
  }

  write(): void {
    const f = this.#f;
    const g = this.#kernel.geometry;
    const { stage, rowBlock, rowBlocks } = this.#plan;
    const unit = f.local("i32");
    f.get(param.lo).get(param.hi).op("i32.ge_s");
    f.if(() => f.op("return"));
    if (stage) clearStage(f, 0, stage);
    packWeights(f, this.#env, this.#kernel, this.#plan, this.#places.weights);
    f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => {
      f.get(unit).i32(rowBlocks).op("i32.div_u").set(this.#image);
      f.get(unit).i32(rowBlocks).op("i32.rem_u").i32(rowBlock).op("i32.mul").tee(this.#rowStart);
      f.i32(rowBlock).op("i32.add").tee(this.#rowEnd).i32(g.outH);
      f.get(this.#rowEnd).i32(g.outH).op("i32.lt_s").op("select").set(this.#rowEnd);
      this.#setRaw();
      f.for(this.#group, 0, g.groups, 1, () => {
        this.#setOrigin();
        this.#tiles();
        f.increment(this.#raw, g.outChannels * this.#rawChannel * 4);
      });
      if (!this.#final) this.#epilogue();
    });
  }

  #setRaw(): void {
    const f = this.#f;
    const { epilogue, geometry: g } = this.#kernel;
    if (this.#direct) {
      setOutputPointer(f, this.#env, epilogue, this.#raw, [
        [this.#image, g.groups * g.outChannels * g.outH * g.outW],
        [this.#rowStart, g.outW],
      ]);
    } else {
      f.get(param.scratch).i32(this.#places.raw).op("i32.add").set(this.#raw);
    }
  }

  /** Stages the group's part of the image if need be, and points `origin` at it. */
  #setOrigin(): void {
    const f = this.#f;
    const { input, geometry: g } = this.#kernel;
    const { stage, layout } = this.#plan;
    const [imageStride, channelStride, rowStride, columnStride] = input.strides as [
      number,
      number,
      number,
      number,
    ];
    const size = byteSize(this.#kernel.inputDType);
    this.#env.pushAddress(f, input.buffer, input.offset);
    addScaled(f, this.#image, imageStride * size);
    addScaled(f, this.#group, g.inChannels * channelStride * size);
    f.set(this.#origin);
    if (!stage) {
      f.increment(this.#origin, -g.padTop * layout.row * 4);
      return;
    }
    const first = f.local("i32");
    const rows = f.local("i32");
    const target = f.local("i32");
    if (g.inputDilationH > 1) {
      f.i32(0).set(first).i32(g.inH).set(rows);
    } else {
      // first = max(0, top of the first window); rows = min(bottom of the last window, inH) − first
      f.get(this.#rowStart)
        .i32(g.strideH)
        .op("i32.mul")
        .i32(g.padTop)
        .op("i32.sub")
        .tee(first)
        .i32(0)
        .get(first)
        .i32(0)
        .op("i32.gt_s")
        .op("select")
        .set(first);
      const reach = (g.kernelH - 1) * g.dilationH + 1 - g.padTop - g.strideH;
      f.get(this.#rowEnd).i32(g.strideH).op("i32.mul").i32(reach).op("i32.add").tee(rows);
      f.i32(g.inH).get(rows).i32(g.inH).op("i32.lt_s").op("select").get(first).op("i32.sub").set(rows);
    }
    f.get(this.#origin);
    addScaled(f, first, rowStride * size);
    f.set(this.#origin);
    f.get(param.scratch).set(target);
    const source = {
      geometry: g,
      dtype: this.#kernel.inputDType,
      prologue: this.#kernel.prologue,
      strides: [channelStride, rowStride, columnStride] as const,
    };
    stageRows(f, this.#env, source, stage, this.#origin, target, { local: rows });
    f.get(param.scratch)
      .get(first)
      .i32(g.padTop)
      .op("i32.add")
      .i32(layout.row * 4);
    f.op("i32.mul").op("i32.sub").set(this.#origin);
    f.release(first, rows, target);
  }

  /** All tiles of the unit's rows for one group. */
  #tiles(): void {
    const inside = this.#plan.channelsOutside;
    if (inside) this.#panels((block) => this.#rows(() => this.#columns((c) => this.#tile(block, c))));
    else this.#rows(() => this.#columns((c) => this.#panels((block) => this.#tile(block, c))));
  }

  #rows(body: () => void): void {
    const f = this.#f;
    const g = this.#kernel.geometry;
    const { clip, layout, steps } = this.#plan;
    f.for(this.#y, { local: this.#rowStart }, { local: this.#rowEnd }, 1, () => {
      f.get(this.#origin);
      addScaled(f, this.#y, g.strideH * layout.row * 4);
      f.set(this.#window);
      if (clip) {
        const entry = f.local("i32");
        this.#places.clip!(f);
        addScaled(f, this.#y, 8);
        f.tee(entry).mem("i32.load", 0).set(this.#stepLo).get(entry).mem("i32.load", 4).set(this.#stepHi);
        f.release(entry);
      } else {
        f.i32(0)
          .set(this.#stepLo)
          .i32(steps * 4)
          .set(this.#stepHi);
      }
      body();
    });
  }

  /** Calls `body` for each tile along an output row. */
  #columns(body: (columns: { at: Local; count: number }) => void): void {
    const f = this.#f;
    const { form, vectors, fullTiles, lastLanes, rows } = this.#plan;
    const [width, full, rest] =
      form === "pixels" ? [vectors * 4, fullTiles, lastLanes] : [rows.size, rows.full, rows.rest];
    const at = f.local("i32");
    f.i32(0).set(at);
    if (full > 0) f.for(at, 0, full * width, width, () => body({ at, count: width }));
    if (rest > 0) body({ at, count: rest });
    f.release(at);
  }

  /** The group's channel blocks, with `panel` at the weights of each. */
  #panels(body: (block: PanelShape) => void): void {
    const f = this.#f;
    f.get(param.scratch).i32(this.#places.weights).op("i32.add");
    addScaled(f, this.#group, groupBytes(this.#kernel, this.#plan));
    f.set(this.#panel);
    eachChannelBlock(f, this.#plan, this.#channel, (block) => {
      body(block);
      f.increment(this.#panel, this.#plan.steps * block.width * 4);
    });
  }

  #tile(block: PanelShape, columns: { at: Local; count: number }): void {
    const f = this.#f;
    const g = this.#kernel.geometry;
    const { form, layout } = this.#plan;
    const byPixels = form === "pixels";
    const tile = byPixels
      ? openTile(f, block.width, Math.ceil(columns.count / 4))
      : openTile(f, columns.count, block.width / 4);
    const pixelBytes = (layout.column(g.strideW) - layout.column(0)) * 4;
    const [base, weights, entry, end, x] = takeLocals(f, "i32", 5) as [Local, Local, Local, Local, Local];
    f.get(this.#window);
    addScaled(f, columns.at, byPixels ? 4 : pixelBytes);
    f.set(base);
    f.get(this.#panel).get(this.#stepLo).i32(block.width).op("i32.mul").op("i32.add").set(weights);
    this.#places.table(f);
    f.get(this.#stepLo).op("i32.add").set(entry);
    this.#places.table(f);
    f.get(this.#stepHi).op("i32.add").set(end);
    const loop = () =>
      f.loop(() => {
        f.get(entry).mem("i32.load").get(base).op("i32.add").set(x);
        outerProductStep(
          f,
          this.#env.relaxed,
          tile,
          (r) =>
            byPixels
              ? f.get(weights).mem("v128.load32_splat", r * 4)
              : f.get(x).mem("v128.load32_splat", r * pixelBytes),
          (v) =>
            byPixels ? f.get(x).mem("v128.load", v * 16, 2) : f.get(weights).mem("v128.load", v * 16, 2),
        );
        f.increment(weights, block.width * 4).increment(entry, 4);
        f.get(entry).get(end).op("i32.lt_u").brIf(0);
      });
    if (this.#plan.clip) {
      f.get(entry).get(end).op("i32.lt_u");
      f.if(loop);
    } else if (this.#plan.steps > 0) {
      loop();
    }
    const target = x;
    f.get(this.#raw);
    addScaled(f, this.#channel, this.#rawChannel * 4);
    f.get(this.#y).get(this.#rowStart).op("i32.sub").i32(g.outW).op("i32.mul");
    f.get(columns.at).op("i32.add").i32(4).op("i32.mul").op("i32.add").set(target);
    if (isPaired(this.#env.tiles) && !(byPixels && columns.count % 8 === 0)) {
      f.get(param.scratch).i32(this.#places.tile).op("i32.add").set(entry);
      settleTile(f, tile, entry);
    }
    if (byPixels) this.#storePixels(tile, target, columns.count);
    else this.#storeChannels(tile, target, block.valid);
    closeTile(f, tile);
    f.release(base, weights, entry, end, x);
  }

  #storePixels(tile: Tile, target: Local, count: number): void {
    tile.acc.forEach((acc, i) => {
      const row = Math.floor(i / tile.vectors);
      const column = (i % tile.vectors) * 4;
      const offset = (row * this.#rawChannel + column) * 4;
      storeLanes(this.#f, target, acc, Math.min(4, count - column), offset);
    });
  }

  /** Accumulators hold channels of one pixel each; four pixels together give vectors along the row. */
  #storeChannels(tile: Tile, target: Local, valid: number): void {
    const f = this.#f;
    for (let pixel = 0; pixel < tile.rows; pixel += 4) {
      const lanes = Math.min(4, tile.rows - pixel);
      for (let v = 0; v < tile.vectors; v++) {
        const held = Array.from({ length: lanes }, (_, p) => tile.acc[(pixel + p) * tile.vectors + v]!);
        const extra = takeLocals(f, "v128", 4 - lanes);
        for (const local of extra) f.get(held[0]!).set(local);
        const rows = [...held, ...extra] as [Local, Local, Local, Local];
        transpose4(f, rows);
        rows.forEach((row, lane) => {
          const channel = v * 4 + lane;
          if (channel >= valid) return;
          storeLanes(f, target, row, lanes, (channel * this.#rawChannel + pixel) * 4);
        });
        f.release(...extra);
      }
    }
  }

  #epilogue(): void {
    const f = this.#f;
    const { epilogue, geometry: g } = this.#kernel;
    const channels = g.groups * g.outChannels;
    const pointer = f.local("i32");
    // The loop over groups left `raw` one image's channels further on.
    f.get(this.#raw)
      .i32(channels * this.#rawChannel * 4)
      .op("i32.sub")
      .set(pointer);
    if (this.#plan.rowBlocks === 1) {
      applyEpilogue(f, this.#env, epilogue, this.#dims, pointer, [this.#image]);
    } else {
      const channel = f.local("i32");
      const span = { from: this.#rowStart, to: this.#rowEnd };
      f.for(channel, 0, channels, 1, () => {
        applyEpilogue(f, this.#env, epilogue, this.#dims, pointer, [this.#image, channel], span);
        f.increment(pointer, this.#rawChannel * 4);
      });
      f.release(channel);
    }
    f.release(pointer);
  }
}
