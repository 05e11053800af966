// Pictures to squares of points and back: channels are put side by side, transformed along columns and along rows, and taken
// apart again. Knows layouts; nothing of weights and products.
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, param } from "./codegen.ts";
import type { Blocks, Squares } from "./squarePlan.ts";
import { addScaled, storeLanes, takeLocals, transpose4 } from "./tile.ts";
import { isPaired } from "./tiles.ts";
import { emitTransform, loadVectors, type Matrix } from "./winograd.ts";

/** A picture and the points that it becomes, or that become it. */
export interface Passage {
  /** Floats from channel to channel and from row to row of the picture; rows are contiguous. */
  readonly planes: { readonly channel: number; readonly row: number };
  readonly height: number;
  readonly width: number;
  /** Rows and columns of what the squares cover that lie before the picture's first. */
  readonly skipRows: number;
  readonly skipColumns: number;
  readonly blocks: Blocks;
  readonly squares: Squares;
  /** From the rows (columns) of a square to its points, or back. */
  readonly matrix: Matrix;
  /** Rows (columns) in which the result of a square reaches into the next one's. */
  readonly overlap: number;
  /** Floats from point to point. */
  readonly point: number;
  /** Where in scratch memory a block's pixels lie, all zero at first, and half transformed rows. */
  readonly pixels: number;
  readonly rows: number;
}

type Cover = Pick<Passage, "blocks" | "matrix" | "squares">;

/** Bytes that `Passage.pixels` and `rows` point at. */
export function passageBytes(cover: Cover & Pick<Passage, "overlap">): { pixels: number; rows: number } {
  const { blocks, squares } = cover;
  const { height, width } = coveredBy(cover);
  const pixel = blocks.vectors * 16;
  return { pixels: height * width * pixel, rows: stripRows(cover) * squares.filter.n * width * pixel };
}

/** Rows of squares that are transformed at once: one, or all where they reach into each other. */
function stripRows({ overlap, squares }: Pick<Passage, "overlap" | "squares">): number {
  return overlap > 0 ? squares.rowBlock : 1;
}

/** Rows and columns that a block of squares covers. */
function coveredBy({ matrix, squares: { filter, rowBlock, columns } }: Cover) {
  // Of a matrix's two sizes the other is the number of points, or both are.
  const size = Math.min(matrix.length, matrix[0]!.length);
  return { height: (rowBlock - 1) * filter.m + size, width: (columns - 1) * filter.m + size };
}

/**
 * Emits the points of one image's block. `image` is the address of its first channel, `first` the row that the block begins with
 * (maybe outside), `target` the address of the first square's first point.
 */
export function emitForth(
  f: FunctionBuilder,
  env: CodegenEnv,
  passage: Passage,
  image: Local,
  first: Local,
  target: Local,
): void {
  eachBlock(f, passage, image, target, (picture, points, channels) => {
    emitInterleave(f, passage, picture, first, channels);
    eachStrip(f, passage, points, (pixels, at) => {
      emitDown(f, env, passage, pixels, true);
      emitAcross(f, env, passage, at, true);
    });
  });
}

/**
 * Emits one image's block of the picture at `target` (address of its first channel's first row of the block). `source` is the
 * address of the first square's first point, `rows` the number of rows that are wanted.
 */
export function emitBack(
  f: FunctionBuilder,
  env: CodegenEnv,
  passage: Passage,
  source: Local,
  target: Local,
  rows: Local,
): void {
  eachBlock(f, passage, target, source, (picture, points, channels) => {
    eachStrip(f, passage, points, (pixels, at) => {
      emitAcross(f, env, passage, at, false);
      emitDown(f, env, passage, pixels, false);
    });
    emitApart(f, passage, picture, rows, channels);
  });
}

/** Calls `body` for each block of channels, with the addresses of its first plane and of its first square's first point. */
function eachBlock(
  f: FunctionBuilder,
  { blocks, planes }: Passage,
  image: Local,
  points: Local,
  body: (picture: Local, points: Local, channels: number) => void,
): void {
  const [block, picture, point] = takeLocals(f, "i32", 3);
  const width = blocks.vectors * 4;
  const oneBlock = (channels: number) => {
    body(picture, point, channels);
    f.increment(picture, planes.channel * channels * 4).increment(point, width * 4);
  };
  f.get(image).set(picture).get(points).set(point);
  const whole = Math.floor(blocks.channels / width);
  if (whole > 0) f.for(block, 0, whole, 1, () => oneBlock(width));
  if (blocks.channels % width > 0) oneBlock(blocks.channels % width);
  f.release(block, picture, point);
}

/** Calls `body` for each strip, with the addresses of its first pixel and of its first square's first point. */
function eachStrip(
  f: FunctionBuilder,
  passage: Passage,
  points: Local,
  body: (pixels: Local, at: Local) => void,
): void {
  const { squares, blocks } = passage;
  const rows = stripRows(passage);
  const [y, pixels, at] = takeLocals(f, "i32", 3);
  f.plus(param.scratch, passage.pixels).set(pixels).get(points).set(at);
  f.for(y, 0, squares.rowBlock, rows, () => {
    body(pixels, at);
    f.increment(pixels, squares.filter.m * coveredBy(passage).width * blocks.vectors * 16);
    f.increment(at, squares.columns * blocks.floats * 4);
  });
  f.release(y, pixels, at);
}

/** The transform along a strip's columns, between pixels and half transformed rows. */
function emitDown(
  f: FunctionBuilder,
  env: CodegenEnv,
  passage: Passage,
  pixels: Local,
  forth: boolean,
): void {
  const { blocks, squares } = passage;
  const { m, n } = squares.filter;
  const pixel = blocks.vectors * 16;
  const rowBytes = coveredBy(passage).width * pixel;
  const [x, at, rows] = takeLocals(f, "i32", 3);
  f.get(pixels).set(at);
  f.plus(param.scratch, passage.rows).set(rows);
  const one = { pointer: at, step: rowBytes, next: m * rowBytes };
  const other = { pointer: rows, step: rowBytes, next: n * rowBytes };
  f.for(x, 0, rowBytes, pixel, () => {
    emitLine(f, env, passage, stripRows(passage), forth ? one : other, forth ? other : one);
    f.increment(at, pixel).increment(rows, pixel);
  });
  f.release(x, at, rows);
}

/** The transform along a strip's rows, between half transformed rows and points. */
function emitAcross(
  f: FunctionBuilder,
  env: CodegenEnv,
  passage: Passage,
  points: Local,
  forth: boolean,
): void {
  const { blocks, squares, point } = passage;
  const { m, n } = squares.filter;
  const pixel = blocks.vectors * 16;
  const [y, p, rows, at] = takeLocals(f, "i32", 4);
  f.plus(param.scratch, passage.rows).set(rows).get(points).set(at);
  const one = { pointer: rows, step: pixel, next: m * pixel };
  const other = { pointer: at, step: point * 4, next: blocks.floats * 4 };
  f.for(y, 0, stripRows(passage), 1, () => {
    f.for(p, 0, n, 1, () => {
      emitLine(f, env, passage, squares.columns, forth ? one : other, forth ? other : one);
      f.increment(rows, coveredBy(passage).width * pixel).increment(at, n * point * 4);
    });
    f.increment(at, (squares.columns * blocks.floats - n * n * point) * 4);
  });
  f.release(y, p, rows, at);
}

/** Pixels that lie in a line: bytes between those of a square, and from the first of a square to that of the next. */
interface Line {
  readonly pointer: Local;
  readonly step: number;
  readonly next: number;
}

/** Emits the transforms of `count` squares in a line. An engine that pairs vectors looks for pairs where both are stored together. */
function emitLine(
  f: FunctionBuilder,
  env: CodegenEnv,
  { blocks, matrix, overlap }: Passage,
  count: number,
  source: Line,
  target: Line,
): void {
  const [k, from, to] = takeLocals(f, "i32", 3);
  const all = Array.from({ length: blocks.vectors }, (_, v) => v);
  for (const group of isPaired(env.tiles) ? [all] : all.map((v) => [v])) {
    const carried = group.map(() => takeLocals(f, "v128", overlap));
    const store = (values: readonly (readonly Local[])[], count: number) => {
      for (let i = 0; i < count; i++) {
        group.forEach((v, j) => {
          f.get(to)
            .get(values[j]![i]!)
            .mem("v128.store", i * target.step + v * 16, 2);
        });
      }
    };
    for (const local of carried.flat()) f.f32x4(0).set(local);
    f.get(source.pointer).set(from).get(target.pointer).set(to);
    f.for(k, 0, count, 1, () => {
      const inputs = group.map((v) => loadVectors(f, from, matrix[0]!.length, source.step, v * 16));
      const results = inputs.map((values) => emitTransform(f, env.relaxed, matrix, values));
      const kept = matrix.length - overlap;
      results.forEach((values, j) => {
        carried[j]!.forEach((before, i) => {
          f.get(values[i]!).get(before).op("f32x4.add").set(values[i]!);
        });
      });
      store(results, kept);
      results.forEach((values, j) => {
        carried[j]!.forEach((local, i) => {
          f.get(values[kept + i]!).set(local);
        });
      });
      f.release(...inputs.flat(), ...results.flat());
      f.increment(from, source.next).increment(to, target.next);
    });
    store(carried, overlap);
    f.release(...carried.flat());
  }
  f.release(k, from, to);
}

/** Emits the copy of a block's channels to `[row][column][channel]`, with zeros for rows outside of the picture. */
function emitInterleave(
  f: FunctionBuilder,
  passage: Passage,
  source: Local,
  first: Local,
  channels: number,
): void {
  const { planes, blocks, skipColumns } = passage;
  const window = coveredBy(passage);
  const pixel = blocks.vectors * 16;
  const width = Math.min(passage.width, window.width - skipColumns);
  const [row, from, to, at, x] = takeLocals(f, "i32", 5);
  const copy = (columns: number) => {
    for (let v = 0; v < blocks.vectors; v++) {
      const rows = takeLocals(f, "v128", 4);
      rows.forEach((value, i) => {
        f.get(from)
          .mem("v128.load", Math.min(v * 4 + i, channels - 1) * planes.channel * 4, 2)
          .set(value);
      });
      transpose4(f, rows);
      rows.forEach((value, i) => {
        if (i < columns) {
          f.get(to)
            .get(value)
            .mem("v128.store", i * pixel + v * 16, 2);
        }
      });
      f.release(...rows);
    }
  };
  f.plus(param.scratch, passage.pixels).set(at);
  f.for(row, 0, window.height, 1, () => {
    f.get(first).get(row).op("i32.add").i32(passage.height).op("i32.lt_u");
    f.if(
      () => {
        f.get(source)
          .get(first)
          .get(row)
          .op("i32.add")
          .i32(planes.row * 4);
        f.op("i32.mul").op("i32.add").set(from);
        f.plus(at, skipColumns * pixel).set(to);
        const whole = Math.floor(width / 4);
        if (whole > 0) {
          f.for(x, 0, whole, 1, () => {
            copy(4);
            f.increment(from, 16).increment(to, 4 * pixel);
          });
        }
        const rest = width % 4;
        if (rest > 0 && whole > 0) {
          // The last vector overlaps the one before: the same values are written again.
          f.increment(from, (rest - 4) * 4).increment(to, (rest - 4) * pixel);
          copy(4);
        } else if (rest > 0) {
          copy(rest);
        }
      },
      () => {
        f.for(x, 0, window.width * pixel, 16, () => {
          f.get(at).get(x).op("i32.add").f32x4(0).mem("v128.store", 0, 2);
        });
      },
    );
    f.increment(at, window.width * pixel);
  });
  f.release(row, from, to, at, x);
}

/** Emits the block's pixels as rows of its channels at `target`. */
function emitApart(f: FunctionBuilder, passage: Passage, target: Local, rows: Local, channels: number): void {
  const { blocks, planes, width } = passage;
  const pixel = blocks.vectors * 16;
  const rowBytes = coveredBy(passage).width * pixel;
  const [y, x, at, goal, from, to] = takeLocals(f, "i32", 6);
  const copy = (columns: number) => {
    for (let v = 0; v < blocks.vectors; v++) {
      const values = takeLocals(f, "v128", 4);
      values.forEach((value, i) => {
        f.get(from)
          .mem("v128.load", Math.min(i, columns - 1) * pixel + v * 16, 2)
          .set(value);
      });
      transpose4(f, values);
      values.forEach((value, i) => {
        const channel = v * 4 + i;
        if (channel < channels) storeLanes(f, to, value, columns, channel * planes.channel * 4);
      });
      f.release(...values);
    }
  };
  f.plus(param.scratch, passage.pixels + passage.skipRows * rowBytes + passage.skipColumns * pixel).set(at);
  f.get(target).set(goal);
  f.for(y, 0, { local: rows }, 1, () => {
    f.get(at).set(from).get(goal).set(to);
    const whole = Math.floor(width / 4);
    if (whole > 0) {
      f.for(x, 0, whole, 1, () => {
        copy(4);
        f.increment(from, 4 * pixel).increment(to, 16);
      });
    }
    if (width % 4 > 0) copy(width % 4);
    f.increment(at, rowBytes).increment(goal, planes.row * 4);
  });
  f.release(y, x, at, goal, from, to);
}

/** Sets `local` to the address of the first square of an image's block, counted from the block's first image. */
export function setSquares(
  f: FunctionBuilder,
  local: Local,
  place: number,
  image: Local,
  squares: Squares,
  blocks: Blocks,
): void {
  f.plus(param.scratch, place);
  addScaled(f, image, squares.rowBlock * squares.columns * blocks.floats * 4);
  f.set(local);
}
