// Staging: copies part of an image into scratch memory in the layout that convolution tiles want: prologue
// applied, zeros between and around, columns sorted by stride phase. Knows images, nothing of weights.

import { byteSize, type DType } from "../../base/dtype.ts";
import type { ConvGeometry, ConvKernel, Prologue } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, param } from "./codegen.ts";
import { ExprWriter, shareEqual } from "./expr.ts";
import { type Lanes, laneDType, loadLanes, storeLanes } from "./lanes.ts";
import { addScaled, pushScaled, takeLocals } from "./tile.ts";

/** Where a tile finds an image: float strides of its channels, rows and columns, staged or in the input itself. */
export interface ImageLayout {
  readonly channel: number;
  readonly row: number;
  /** Distance, in floats, of window column `q` (counted from the padded left edge) from the row's start. */
  column(q: number): number;
}

/** A staged image. */
export interface StageLayout extends ImageLayout {
  /** Column phases kept apart, so that every stride-th column lies side by side. */
  readonly phases: number;
  readonly channels: number;
  readonly rows: number;
  readonly bytes: number;
}

/** Columns of the padded, dilated input that the windows of a convolution touch. */
export function windowWidth(g: ConvGeometry): number {
  return (g.outW - 1) * g.strideW + (g.kernelW - 1) * g.dilationW + 1;
}

/** Rows of the dilated input. */
export function dilatedHeight(g: ConvGeometry): number {
  return g.inH === 0 ? 0 : (g.inH - 1) * g.inputDilationH + 1;
}

/**
 * Layout of one group's channels with so many rows; `slack` floats may be read past a row's last column. Where only
 * every `rowStep`-th row holds anything and is ever read, `rows` counts them all but memory is taken for those.
 */
export function stageLayout(
  g: ConvGeometry,
  rows: number,
  phases: number,
  slack: number,
  rowStep = 1,
): StageLayout {
  const phaseWidth = Math.ceil(windowWidth(g) / phases) + (phases > 1 ? slack : 0);
  const row = Math.ceil((phaseWidth * phases) / rowStep / 4) * 4;
  // Planes whose distance is a multiple of 4 KiB would share their cache sets.
  const plane = row * rows;
  const channel = plane % 1024 === 0 ? plane + 16 : plane;
  return {
    channel,
    row,
    phases,
    channels: g.inChannels,
    rows,
    column: (q) => (q % phases) * phaseWidth + Math.floor(q / phases),
    bytes: (channel * g.inChannels + slack + 16) * 4,
  };
}

/** Fills bytes of scratch memory with zeros, up to a whole vector; what stays zero is never written later. */
export function clearScratch(f: FunctionBuilder, place: number, bytes: number): void {
  const [at, end] = takeLocals(f, "i32", 2);
  f.plus(param.scratch, place).tee(at);
  f.i32(Math.ceil(bytes / 16) * 16)
    .op("i32.add")
    .set(end);
  f.for(at, { local: at }, { local: end }, 16, () => {
    f.get(at).f32x4(0).mem("v128.store");
  });
  f.release(at, end);
}

/** What is staged: the input as its kernel reads it. */
export interface StageSource {
  readonly geometry: ConvGeometry;
  readonly dtype: DType;
  readonly prologue: Prologue;
  /** Strides, in elements, of channel, row and column. */
  readonly strides: readonly [channel: number, row: number, column: number];
}

type ConvInput = Pick<ConvKernel, "geometry" | "input" | "inputDType" | "prologue">;

/** The input of a convolution, or of its weight gradient, as it is staged. */
export function stageSource({ input, inputDType, prologue, geometry }: ConvInput): StageSource {
  const [, channel, row, column] = input.strides as [number, number, number, number];
  return { geometry, dtype: inputDType, prologue, strides: [channel, row, column] };
}

/** Pushes the address of a group's first channel in one of the images. */
export function pushImage(
  f: FunctionBuilder,
  env: CodegenEnv,
  { geometry, input, inputDType }: Omit<ConvInput, "prologue">,
  image: Local,
  group: Local,
): void {
  const [imageStride, channelStride] = input.strides as [number, number];
  const size = byteSize(inputDType);
  env.pushAddress(f, input.buffer, input.offset);
  addScaled(f, image, imageStride * size);
  addScaled(f, group, geometry.inChannels * channelStride * size);
}

/**
 * Copies `rows` input rows of every channel of a group. `source` is the address of the first channel's first
 * row to copy, `target` the staged address that row gets (column 0); input rows land `inputDilationH` rows apart.
 */
export function stageRows(
  f: FunctionBuilder,
  env: CodegenEnv,
  image: StageSource,
  layout: StageLayout,
  source: Local,
  target: Local,
  rows: number | { local: Local },
): void {
  const g = image.geometry;
  const size = byteSize(image.dtype);
  const [channelStride, rowStride, columnStride] = image.strides;
  const channel = f.local("i32");
  const row = f.local("i32");
  const from = f.local("i32");
  const to = f.local("i32");
  f.for(channel, 0, layout.channels, 1, () => {
    f.get(source);
    pushScaled(f, channel, channelStride * size);
    f.op("i32.add").set(from).get(target);
    pushScaled(f, channel, layout.channel * 4);
    f.op("i32.add").set(to);
    f.for(row, 0, rows, 1, () => {
      for (const run of columnRuns(g, layout)) {
        copyRun(f, env, image, run, from, to, columnStride * size);
      }
      f.increment(from, rowStride * size).increment(to, layout.row * g.inputDilationH * 4);
    });
  });
  f.release(channel, row, from, to);
}

/**
 * Copies the rows of every channel of a group that a window of `layout.rows` rows shows, zeros where it leaves the image.
 * `source` is the address of the first channel's first row; `first` the input row that the window begins with. The stage
 * begins at the thread's scratch memory; its columns outside of the image must be zero.
 */
export function stageWindow(
  f: FunctionBuilder,
  env: CodegenEnv,
  image: StageSource,
  layout: StageLayout,
  source: Local,
  first: Local,
): void {
  const g = image.geometry;
  const size = byteSize(image.dtype);
  const [channelStride, rowStride, columnStride] = image.strides;
  const [channel, row, from, to, at] = takeLocals(f, "i32", 5);
  f.for(channel, 0, layout.channels, 1, () => {
    f.get(source);
    addScaled(f, channel, channelStride * size);
    addScaled(f, first, rowStride * size);
    f.set(from).get(param.scratch);
    addScaled(f, channel, layout.channel * 4);
    f.set(to);
    f.for(row, 0, layout.rows, 1, () => {
      f.get(first).get(row).op("i32.add").i32(g.inH).op("i32.lt_u");
      f.if(
        () => {
          for (const run of columnRuns(g, layout)) copyRun(f, env, image, run, from, to, columnStride * size);
        },
        () => {
          f.for(at, 0, layout.row * 4, 16, () => {
            f.get(to).get(at).op("i32.add").f32x4(0).mem("v128.store");
          });
        },
      );
      f.increment(from, rowStride * size).increment(to, layout.row * 4);
    });
  });
  f.release(channel, row, from, to, at);
}

/** Columns `first + t · step` of the input, `t < count`, that go to `target + t · targetStep`. */
interface ColumnRun {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly target: number;
  readonly targetStep: number;
}

function columnRuns(g: ConvGeometry, layout: StageLayout): ColumnRun[] {
  const limit = windowWidth(g);
  const runs: ColumnRun[] = [];
  for (let phase = 0; phase < layout.phases; phase++) {
    const columns: number[] = [];
    for (let x = phase; x < g.inW; x += layout.phases) {
      const q = x * g.inputDilationW + g.padLeft;
      if (q >= 0 && q < limit) columns.push(x);
    }
    const first = columns[0];
    if (first === undefined) continue;
    const target = layout.column(first * g.inputDilationW + g.padLeft);
    runs.push({ first, step: layout.phases, count: columns.length, target, targetStep: g.inputDilationW });
  }
  return runs;
}

/** Runs of up to this many vectors are written out instead of looped over. */
const unrolledVectors = 8;

function copyRun(
  f: FunctionBuilder,
  env: CodegenEnv,
  image: StageSource,
  run: ColumnRun,
  from: Local,
  to: Local,
  columnBytes: number,
): void {
  const expr = image.prologue && shareEqual([image.prologue])[0]!;
  const stride = run.step * columnBytes;
  const value = f.local("v128");
  const copy = (source: Local, target: Local, start: number, lanes: Lanes) => {
    const place = { pointer: source, bytes: run.first * columnBytes + start * stride };
    const load = () => loadLanes(f, laneDType(image.dtype), place, stride, lanes);
    if (expr) {
      const wrong = () => {
        throw new Error("stage: a prologue reads its one load alone");
      };
      const writer = new ExprWriter(f, env, { lanes, load, index: wrong, result: wrong }, [expr]);
      writer.push(expr);
      writer.release();
    } else {
      load();
    }
    f.set(value);
    const goal = { pointer: target, bytes: (run.target + start * run.targetStep) * 4 };
    storeLanes(f, "float32", value, goal, run.targetStep * 4, lanes);
  };
  const whole = Math.floor(run.count / 4);
  if (whole <= unrolledVectors) {
    for (let v = 0; v < whole; v++) copy(from, to, v * 4, 4);
  } else {
    const source = f.local("i32");
    const target = f.local("i32");
    const left = f.local("i32");
    f.get(from).set(source).get(to).set(target);
    f.for(left, 0, whole, 1, () => {
      copy(source, target, 0, 4);
      f.increment(source, stride * 4).increment(target, run.targetStep * 16);
    });
    f.release(source, target, left);
  }
  const rest = run.count - whole * 4;
  // The last vector may overlap the one before: the same values are written again.
  if (rest > 0 && whole > 0) copy(from, to, run.count - 4, 4);
  else if (rest > 0) copy(from, to, 0, rest as Lanes);
  f.release(value);
}
