// Convolutions as implicit matrix products: a table gives each step's place in the (staged) image, so no patch
// matrix is ever written. Knows plans and tiles, nothing of forward or gradient: both arrive as geometry.

import { byteSize } from "../../base/dtype.ts";
import type { ConvKernel } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, type KernelCode, param } from "./codegen.ts";
import type { ConvPlan, Sweep } from "./convPlan.ts";
import { emitConvTile, type Row, type SweepTables, type TileColumns } from "./convTile.ts";
import { gatherRows, transformRows } from "./convTransform.ts";
import { eachChannelBlock, groupFloats, type PanelShape, packWeights, pointFloats } from "./convWeights.ts";
import { align } from "./heap.ts";
import { applyEpilogue, product, rawTarget, setOutputPointer } from "./result.ts";
import { clearScratch, pushImage, stageRows, stageSource, stageWindow } from "./stage.ts";
import { addScaled, settleBytes, takeLocals } from "./tile.ts";

/** Code of a convolution by sweeps; a unit is a block of output rows of one image, with all its channels. */
export function sweptKernel(kernel: ConvKernel, plan: ConvPlan, env: CodegenEnv): KernelCode {
  const { geometry: g, sweeps, transform, stage } = plan;
  const isDirect = rawTarget(env, kernel.epilogue, resultDims(kernel)).direct;
  const input = align(stage ? stage.bytes + 16 : 0);
  const output = input + (transform ? align((transform.input.point * transform.filter.n + 32) * 4) : 0);
  const raw = output + (transform ? align((transform.output.point * transform.filter.n + 32) * 4) : 0);
  const rawBytes = isDirect ? 0 : align(g.groups * g.outChannels * plan.rowBlock * g.outW * 4 + 64);
  const tile = raw + rawBytes;
  return {
    units: g.batch * plan.rowBlocks,
    cost: (g.batch * plan.cost) / 4 + product(resultDims(kernel)) * 0.5,
    scratchBytes: tile + settleBytes,
    prepare: packWeights(env, kernel, plan),
    write(f, pushWeights) {
      const places = {
        input,
        output,
        raw,
        tile,
        tables: sweeps.map(({ offsets, clip }) => ({
          steps: env.table(offsets.map((offset) => offset * 4)),
          clip: clip && env.table(clip.map((step) => step * 4)),
        })),
        pushWeights,
      };
      new ConvWriter(f, env, kernel, plan, places, isDirect).write();
    },
  };
}

function resultDims({ geometry: g }: ConvKernel): number[] {
  return [g.batch, g.groups * g.outChannels, g.outH, g.outW];
}

/** Places of the parts of scratch memory, and the constant tables. */
interface Places {
  /** Transformed rows of the input, and of the results. */
  readonly input: number;
  readonly output: number;
  readonly raw: number;
  readonly tile: number;
  /** Of each sweep. */
  readonly tables: readonly SweepTables[];
  readonly pushWeights: (f: FunctionBuilder) => void;
}

/** What tiles sweep over: rows of pixels and where their results go. */
interface Area {
  /** Place of the plan's sweep. */
  readonly sweep: number;
  /** First row and one past the last. */
  readonly from: number | { readonly local: Local };
  readonly to: number | { readonly local: Local };
  /** Address of row 0's window, and bytes from one row's window to the next. */
  readonly window: Local;
  readonly rowBytes: number;
  /** Address of the results of row `from`, and floats from one row and one channel to the next. */
  readonly target: Local;
  readonly targetRow: number;
  readonly targetChannel: number;
}

class ConvWriter {
  readonly #f: FunctionBuilder;
  readonly #env: CodegenEnv;
  readonly #kernel: ConvKernel;
  readonly #plan: ConvPlan;
  readonly #places: Places;
  readonly #isDirect: boolean;
  readonly #dims: readonly number[];
  /** Floats from one channel of the raw results to the next. */
  readonly #rawChannel: number;
  readonly #image: Local;
  readonly #rowStart: Local;
  readonly #rowEnd: Local;
  readonly #raw: Local;
  /** Address of the image at window row 0 (input row −padTop), column 0 of the present group's first channel. */
  readonly #origin: Local;
  readonly #group: Local;
  readonly #channel: Local;
  readonly #panel: Local;

  constructor(
    f: FunctionBuilder,
    env: CodegenEnv,
    kernel: ConvKernel,
    plan: ConvPlan,
    places: Places,
    isDirect: boolean,
  ) {
    this.#f = f;
    this.#env = env;
    this.#kernel = kernel;
    this.#plan = plan;
    this.#places = places;
    this.#isDirect = isDirect;
    this.#dims = resultDims(kernel);
    this.#rawChannel = (isDirect ? plan.geometry.outH : plan.rowBlock) * plan.geometry.outW;
    [
      this.#image,
      this.#rowStart,
      this.#rowEnd,
      this.#raw,
      this.#origin,
      this.#group,
      this.#channel,
      this.#panel,
    ] = takeLocals(f, "i32", 8);
  }

  write(): void {
    const f = this.#f;
    const { stage, rowBlock, rowBlocks, geometry: g, transform } = this.#plan;
    const { epilogue } = this.#kernel;
    const unit = f.local("i32");
    f.get(param.lo).get(param.hi).op("i32.ge_s");
    f.if(() => f.op("return"));
    if (stage) clearScratch(f, 0, stage.bytes);
    f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => {
      f.get(unit).i32(rowBlocks).op("i32.div_u").set(this.#image);
      f.get(unit).i32(rowBlocks).op("i32.rem_u").i32(rowBlock).op("i32.mul").tee(this.#rowStart);
      f.i32(rowBlock).op("i32.add").set(this.#rowEnd);
      f.lesser(this.#rowEnd, g.outH).set(this.#rowEnd);
      this.#setRaw();
      f.for(this.#group, 0, g.groups, 1, () => {
        if (transform) this.#transformed();
        else this.#plain();
        f.increment(this.#raw, g.outChannels * this.#rawChannel * 4);
      });
      const { final } = rawTarget(this.#env, epilogue, this.#dims);
      if (!(this.#isDirect && final)) this.#epilogue();
    });
  }

  #setRaw(): void {
    const f = this.#f;
    const { epilogue } = this.#kernel;
    const { geometry: g } = this.#plan;
    if (this.#isDirect) {
      setOutputPointer(f, this.#env, epilogue, this.#raw, [
        [this.#image, g.groups * g.outChannels * g.outH * g.outW],
        [this.#rowStart, g.outW],
      ]);
    } else {
      f.plus(param.scratch, this.#places.raw).set(this.#raw);
    }
  }

  /** One group without a transform. */
  #plain(): void {
    const f = this.#f;
    const { geometry: g, layout } = this.#plan;
    this.#setOrigin();
    this.#plan.sweeps.forEach((_, sweep) => {
      this.#setPanel(() => f.i32(groupFloats(this.#plan, sweep) * 4));
      this.#sweep({
        sweep,
        from: { local: this.#rowStart },
        to: { local: this.#rowEnd },
        window: this.#origin,
        rowBytes: g.strideH * layout.row * 4,
        target: this.#raw,
        targetRow: g.outW,
        targetChannel: this.#rawChannel,
      });
    });
  }

  /** One group by way of transformed rows. */
  #transformed(): void {
    const f = this.#f;
    const { geometry: g, layout } = this.#plan;
    const { runs, filter, input, output } = this.#plan.transform!;
    const [point, window, target] = takeLocals(f, "i32", 3);
    this.#stageForTransform();
    f.plus(param.scratch, this.#places.input).set(window);
    transformRows(f, this.#env.relaxed, g, this.#plan.transform!, layout, input, this.#origin, window);
    f.plus(param.scratch, this.#places.output).set(target);
    f.for(point, 0, filter.n, 1, () => {
      this.#setPanel(() => {
        f.get(point);
        f.i32(pointFloats(this.#plan, this.#plan.sweeps[0]!) * 4).op("i32.mul");
      });
      this.#sweep({
        sweep: 0,
        from: 0,
        to: runs,
        window,
        rowBytes: input.row * 4,
        target,
        targetRow: output.row,
        targetChannel: output.channel,
      });
      f.increment(window, input.point * 4).increment(target, output.point * 4);
    });
    f.plus(param.scratch, this.#places.output).set(target);
    gatherRows(f, this.#env.relaxed, this.#plan, target, this.#raw, this.#rawChannel);
    f.release(point, window, target);
  }

  /** Points at the group's packed weights, moved on by the bytes that are pushed. */
  #setPanel(pushBytes: () => void): void {
    const f = this.#f;
    this.#places.pushWeights(f);
    addScaled(f, this.#group, groupFloats(this.#plan) * 4);
    pushBytes();
    f.op("i32.add").set(this.#panel);
  }

  /** Stages the group's part of the image if need be, and points `origin` at it. */
  #setOrigin(): void {
    const f = this.#f;
    const { geometry: g, stage, layout } = this.#plan;
    const rowStride = this.#kernel.input.strides[2]!;
    const size = byteSize(this.#kernel.inputDType);
    pushImage(f, this.#env, this.#kernel, this.#image, this.#group);
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
      f.get(this.#rowStart).i32(g.strideH).op("i32.mul").i32(g.padTop).op("i32.sub").tee(first);
      f.i32(0).get(first).i32(0).op("i32.gt_s").op("select").set(first);
      const reach = (g.kernelH - 1) * g.dilationH + 1 - g.padTop - g.strideH;
      f.get(this.#rowEnd).i32(g.strideH).op("i32.mul").i32(reach).op("i32.add").set(rows);
      f.lesser(rows, g.inH).get(first).op("i32.sub").set(rows);
    }
    f.get(this.#origin);
    addScaled(f, first, rowStride * size);
    f.set(this.#origin);
    f.get(param.scratch).set(target);
    stageRows(
      f,
      this.#env,
      stageSource({ ...this.#kernel, geometry: this.#plan.staged }),
      stage,
      this.#origin,
      target,
      { local: rows },
    );
    f.get(param.scratch)
      .plus(first, g.padTop)
      .i32(layout.row * 4);
    f.op("i32.mul").op("i32.sub").set(this.#origin);
    f.release(first, rows, target);
  }

  /** Points `origin` at the first row that the unit's transform reads, staged with zeros around. */
  #stageForTransform(): void {
    const f = this.#f;
    const { geometry: g, stage, layout } = this.#plan;
    const first = f.local("i32");
    pushImage(f, this.#env, this.#kernel, this.#image, this.#group);
    f.set(this.#origin).plus(this.#rowStart, -g.padTop).set(first);
    stageWindow(
      f,
      this.#env,
      stageSource({ ...this.#kernel, geometry: this.#plan.staged }),
      stage!,
      this.#origin,
      first,
    );
    f.plus(param.scratch, layout.column(0) * 4).set(this.#origin);
    f.release(first);
  }

  /** All tiles of an area, with the panels at `panel`. */
  #sweep(area: Area): void {
    const sweep = this.#plan.sweeps[area.sweep]!;
    if (sweep.channelsOutside) {
      this.#panels(sweep, (block) => {
        this.#rows(area, (row) => this.#columns(sweep, (c) => this.#tile(area, row, block, c)));
      });
    } else {
      this.#rows(area, (row) => {
        this.#columns(sweep, (c) => this.#panels(sweep, (block) => this.#tile(area, row, block, c)));
      });
    }
  }

  #rows({ sweep, from, to, window, rowBytes, target, targetRow }: Area, body: (row: Row) => void): void {
    const f = this.#f;
    const { clip } = this.#places.tables[sweep]!;
    const [y, at, goal, stepLo, stepHi] = takeLocals(f, "i32", 5);
    f.get(target).set(goal);
    f.for(y, from, to, 1, () => {
      f.get(window);
      addScaled(f, y, rowBytes);
      f.set(at);
      if (clip) {
        const entry = f.local("i32");
        clip(f);
        addScaled(f, y, 8);
        f.tee(entry).mem("i32.load", 0).set(stepLo).get(entry).mem("i32.load", 4).set(stepHi);
        f.release(entry);
      } else {
        f.i32(0)
          .set(stepLo)
          .i32(this.#plan.sweeps[sweep]!.steps * 4)
          .set(stepHi);
      }
      body({ window: at, target: goal, stepLo, stepHi });
      f.increment(goal, targetRow * 4);
    });
    f.release(y, at, goal, stepLo, stepHi);
  }

  /** Calls `body` for each tile along a row. */
  #columns(sweep: Sweep, body: (columns: TileColumns) => void): void {
    const f = this.#f;
    const { form, vectors, fullTiles, lastLanes, rows } = sweep;
    const [width, full, rest] =
      form === "pixels" ? [vectors * 4, fullTiles, lastLanes] : [rows.size, rows.full, rows.rest];
    const at = f.local("i32");
    f.i32(0).set(at);
    if (full > 0) f.for(at, 0, full * width, width, () => body({ at, count: width }));
    if (rest > 0) body({ at, count: rest });
    f.release(at);
  }

  /** The group's channel blocks, with `panel` at the weights of each; brings it back to the first. */
  #panels(sweep: Sweep, body: (block: PanelShape) => void): void {
    const f = this.#f;
    const first = f.local("i32");
    f.get(this.#panel).set(first);
    eachChannelBlock(f, sweep, this.#channel, (block) => {
      body(block);
      f.increment(this.#panel, sweep.steps * block.width * 4);
    });
    f.get(first).set(this.#panel);
    f.release(first);
  }

  #tile(area: Area, row: Row, block: PanelShape, columns: TileColumns): void {
    const f = this.#f;
    const { transform, layout, geometry: g } = this.#plan;
    const sweep = this.#plan.sweeps[area.sweep]!;
    const spec = {
      sweep,
      pixelFloats: layout.column(g.strideW) - layout.column(0),
      wholeVectors: transform !== null,
      channelFloats: area.targetChannel,
      ...this.#places.tables[area.sweep]!,
      settle: this.#places.tile,
    };
    emitConvTile(f, this.#env, spec, row, block, columns, { channel: this.#channel, panel: this.#panel });
  }

  #epilogue(): void {
    const f = this.#f;
    const { epilogue } = this.#kernel;
    const { geometry: g, rowBlocks } = this.#plan;
    const channels = g.groups * g.outChannels;
    const pointer = f.local("i32");
    // The loop over groups left `raw` one image's channels further on.
    f.get(this.#raw)
      .i32(channels * this.#rawChannel * 4)
      .op("i32.sub")
      .set(pointer);
    if (rowBlocks === 1 && this.#rawChannel === g.outH * g.outW) {
      applyEpilogue(f, this.#env, epilogue, this.#dims, pointer, [this.#image]);
    } else {
      const channel = f.local("i32");
      // A picture that is swept as one row is still as many rows to its epilogue.
      const isWhole = rowBlocks === 1;
      const span = isWhole ? undefined : { from: this.#rowStart, to: this.#rowEnd };
      f.for(channel, 0, channels, 1, () => {
        applyEpilogue(f, this.#env, epilogue, this.#dims, pointer, [this.#image, channel], span);
        f.increment(pointer, this.#rawChannel * 4);
      });
      f.release(channel);
    }
    f.release(pointer);
  }
}
