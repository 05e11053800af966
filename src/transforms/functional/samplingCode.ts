// WebAssembly code that reads a picture between its pixels, four places at a time. Knows addresses and fixed-point numbers, no options.
//
// The picture lies at address 0 with a border of one pixel of fill around it, and places count from the middle of the border's first pixel. So
// one that is held within 0 … width + 1 and 0 … height + 1 needs no further question: beyond the picture it is fill alone, and across the
// edge both blend. Places are int32 with a constant number of `bits` behind the point. Weights have 11 binary places, so that the products of two of them with a byte fit an int32 and the sum is exact.
import type { FunctionBuilder, Local, ValueType } from "../../backend/wasm/assembler.ts";
import type { ModuleBuilder } from "../../backend/wasm/moduleBuilder.ts";

/** Binary places of the weights between pixels. */
export const weightBits = 11;

/** Pixels that follow from one exact place by equal steps: so few that what the step was rounded by does not add up. */
export const segment = 64;

/** What all sampling functions take first: bytes from row to row of the picture with its border, and its size without. */
const sourceParams: readonly ValueType[] = ["i32", "i32", "i32"];
const [pitch, width, height] = [0, 1, 2] as const;

/** Values that do not change within a call, in every lane. */
interface Held {
  readonly bits: number;
  readonly mostX: Local;
  readonly mostY: Local;
  readonly pitch: Local;
  /** 1 as a weight, the mask of a weight, and half of what a sum is divided by. */
  readonly whole: Local;
  readonly mask: Local;
  readonly half: Local;
}

function hold(f: FunctionBuilder, bits: number): Held {
  const splat = (push: () => void): Local => {
    const local = f.local("v128");
    push();
    f.op("i32x4.splat").set(local);
    return local;
  };
  return {
    bits,
    mostX: splat(() => f.plus(width, 1).i32(bits).op("i32.shl")),
    mostY: splat(() => f.plus(height, 1).i32(bits).op("i32.shl")),
    pitch: splat(() => f.get(pitch)),
    // Splats of numbers stay in registers, where engines would build constants anew in each turn of a loop.
    whole: splat(() => f.i32(1 << weightBits)),
    mask: splat(() => f.i32((1 << weightBits) - 1)),
    half: splat(() => f.i32(1 << (2 * weightBits - 1))),
  };
}

/** The sum of both lines by their weights, rounded to a byte in each int32 lane; `fy` is the lower line's weight. */
function blend(f: FunctionBuilder, held: Held, top: Local, bottom: Local, fy: () => void): void {
  f.get(top).i32(weightBits).op("i32x4.shl");
  f.get(bottom).get(top).op("i32x4.sub");
  fy();
  f.op("i32x4.mul").op("i32x4.add").get(held.half).op("i32x4.add");
  f.i32(2 * weightBits).op("i32x4.shr_s");
}

/** Reads the picture at four places `x`, `y` (which it may change) and stores four pixels at `out + offset`. */
function sampleFour(f: FunctionBuilder, channels: number, held: Held, x: Local, y: Local, out: Local): void {
  const [address, wx, fy, top, bottom, vector] = Array.from({ length: 6 }, () => f.local("v128")) as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  const at = f.local("i32");
  f.get(x).i32x4(0).op("i32x4.max_s").get(held.mostX).op("i32x4.min_s").set(x);
  f.get(y).i32x4(0).op("i32x4.max_s").get(held.mostY).op("i32x4.min_s").set(y);
  f.get(y).i32(held.bits).op("i32x4.shr_s").get(held.pitch).op("i32x4.mul");
  f.get(x).i32(held.bits).op("i32x4.shr_s").set(vector);
  f.get(vector).op("i32x4.add");
  if (channels === 3) f.get(vector).get(vector).op("i32x4.add").op("i32x4.add");
  f.set(address);
  const fraction = (place: Local) =>
    f
      .get(place)
      .i32(held.bits - weightBits)
      .op("i32x4.shr_s")
      .get(held.mask)
      .op("v128.and");
  // A lane holds both weights as int16, that of the left pixel below.
  fraction(x).set(vector);
  f.get(vector).i32(16).op("i32x4.shl").get(held.whole);
  f.op("i32x4.add").get(vector).op("i32x4.sub").set(wx);
  fraction(y).set(fy);
  const addressOf = (lane: number) => f.get(address).lane("i32x4.extract_lane", lane).set(at);
  if (channels === 1) {
    f.i32x4(0).set(top).i32x4(0).set(bottom);
    for (let lane = 0; lane < 4; lane++) {
      addressOf(lane);
      f.get(at).get(top).memLane("v128.load16_lane", lane).set(top);
      f.get(at).get(pitch).op("i32.add").get(bottom).memLane("v128.load16_lane", lane).set(bottom);
    }
    for (const line of [top, bottom]) {
      f.get(line).op("i16x8.extend_low_i8x16_u").get(wx).op("i32x4.dot_i16x8_s").set(line);
    }
    blend(f, held, top, bottom, () => f.get(fy));
    f.set(vector);
    storeFour(f, vector, out, 0);
  } else {
    const pairs = [0, 3, 1, 4, 2, 5].flatMap((byte) => [byte, 255]);
    const order = bytesVector([...pairs, 255, 255, 255, 255]);
    for (let lane = 0; lane < 4; lane++) {
      const spread = (v: Local) => f.get(v).get(v).shuffle32(lane, lane, lane, lane);
      addressOf(lane);
      const line = (to: Local) => {
        f.mem("v128.load64_zero")
          .i32x4(...order)
          .op("i8x16.swizzle");
        spread(wx).op("i32x4.dot_i16x8_s").set(to);
      };
      f.get(at);
      line(top);
      f.get(at).get(pitch).op("i32.add");
      line(bottom);
      blend(f, held, top, bottom, () => spread(fy));
      f.set(vector);
      storeFour(f, vector, out, 3 * lane);
    }
  }
  f.release(address, wx, fy, top, bottom, vector, at);
}

/** Four int32 lanes as bytes at `out + offset`. */
function storeFour(f: FunctionBuilder, vector: Local, out: Local, offset: number): void {
  f.get(out).get(vector).get(vector).op("i16x8.narrow_i32x4_s");
  f.get(vector).op("i8x16.narrow_i16x8_u").memLane("v128.store32_lane", 0, offset);
}

function bytesVector(bytes: readonly number[]): readonly number[] {
  return [...new Int32Array(Uint8Array.from(bytes).buffer)];
}

/**
 * `spread(from, to, rowBytes, rows, pitch)`: copies rows that lie close together to rows `pitch` bytes apart, and nothing between them.
 */
export function writeSpread(module: ModuleBuilder): void {
  const [from, to, rowBytes, rows, apart] = [0, 1, 2, 3, 4] as const;
  module.func(
    ["i32", "i32", "i32", "i32", "i32"],
    [],
    (f) => {
      const [row, i, last] = [f.local("i32"), f.local("i32"), f.local("i32")];
      f.get(rowBytes).i32(16).op("i32.sub").set(last);
      const copy = (at: Local) => {
        f.get(to).get(at).op("i32.add").get(from).get(at).op("i32.add").mem("v128.load").mem("v128.store");
      };
      f.for(row, 0, { local: rows }, 1, () => {
        f.get(last).i32(0).op("i32.ge_s");
        f.if(
          () => {
            f.for(i, 0, { local: last }, 16, () => copy(i));
            // The last vector overlaps the one before, so that no byte beside the row changes.
            copy(last);
          },
          () => {
            f.for(i, 0, { local: rowBytes }, 1, () => {
              f.get(to).get(i).op("i32.add").get(from).get(i).op("i32.add");
              f.mem("i32.load8_u").mem("i32.store8");
            });
          },
        );
        f.get(from).get(rowBytes).op("i32.add").set(from);
        f.get(to).get(apart).op("i32.add").set(to);
      });
    },
    "spread",
  );
}

/**
 * `straight1` and `straight3(source…, stepX, stepY, count, rows, starts, out)`: rows of `count` pixels whose places follow each other by equal
 * steps. `starts`: x and y of the first pixel of each segment, row by row.
 */
export function writeStraight(module: ModuleBuilder, channels: 1 | 3, bits: number): void {
  module.func(
    [...sourceParams, "i32", "i32", "i32", "i32", "i32", "i32"],
    [],
    (f) => {
      const [stepX, stepY, count, rows, starts, out] = [3, 4, 5, 6, 7, 8] as const;
      const held = hold(f, bits);
      const [row, left, i, now] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
      const axes = [stepX, stepY].map((step, axis) => {
        const [place, used, four, lanes] = [
          f.local("v128"),
          f.local("v128"),
          f.local("v128"),
          f.local("v128"),
        ];
        f.get(step).op("i32x4.splat").i32(2).op("i32x4.shl").set(four);
        f.get(step).op("i32x4.splat").i32x4(0, 1, 2, 3).op("i32x4.mul").set(lanes);
        return { place, used, four, lanes, axis };
      });
      const [x, y] = axes as [(typeof axes)[number], (typeof axes)[number]];
      f.for(row, 0, { local: rows }, 1, () => {
        f.get(count).set(left);
        f.loop(() => {
          for (const { place, lanes, axis } of axes) {
            f.get(starts)
              .mem("v128.load32_splat", 4 * axis)
              .get(lanes)
              .op("i32x4.add")
              .set(place);
          }
          f.increment(starts, 8).lesser(left, segment).set(now);
          f.for(i, 0, { local: now }, 4, () => {
            for (const { place, used } of axes) f.get(place).set(used);
            sampleFour(f, channels, held, x.used, y.used, out);
            for (const { place, four } of axes) f.get(place).get(four).op("i32x4.add").set(place);
            f.increment(out, 4 * channels);
          });
          // What was written beyond the row's end is written over by the next one.
          f.get(out).get(i).get(now).op("i32.sub");
          if (channels === 3) f.i32(3).op("i32.mul");
          f.op("i32.sub").set(out);
          f.plus(left, -segment).tee(left).i32(0).op("i32.gt_s").brIf(0);
        });
      });
    },
    `straight${channels}`,
  );
}

/** `places1` and `places3(source…, xs, ys, count, out)`: one row from places of its own, int32 each. */
export function writePlaces(module: ModuleBuilder, channels: 1 | 3, bits: number): void {
  module.func(
    [...sourceParams, "i32", "i32", "i32", "i32"],
    [],
    (f) => {
      const [xs, ys, count, out] = [3, 4, 5, 6] as const;
      const held = hold(f, bits);
      const [i, x, y] = [f.local("i32"), f.local("v128"), f.local("v128")];
      f.for(i, 0, { local: count }, 4, () => {
        f.get(xs).mem("v128.load").set(x).get(ys).mem("v128.load").set(y);
        sampleFour(f, channels, held, x, y, out);
        f.increment(xs, 16)
          .increment(ys, 16)
          .increment(out, 4 * channels);
      });
    },
    `places${channels}`,
  );
}

/**
 * `bend1` and `bend3(source…, fieldX, fieldY, stride, size, out)`: each pixel of the picture from a place beside it. The fields are rows of
 * float32, `stride` bytes apart. `size` points to five floats: what the fields are multiplied by first (x, y), then (x, y), and the
 * furthest step in pixels.
 */
export function writeBend(module: ModuleBuilder, channels: 1 | 3, bits: number): void {
  module.func(
    [...sourceParams, "i32", "i32", "i32", "i32", "i32"],
    [],
    (f) => {
      const [fieldX, fieldY, stride, size, out] = [3, 4, 5, 6, 7] as const;
      const held = hold(f, bits);
      const [row, i, at] = [f.local("i32"), f.local("i32"), f.local("i32")];
      const [x, y, column, line, four] = Array.from({ length: 5 }, () => f.local("v128")) as [
        Local,
        Local,
        Local,
        Local,
        Local,
      ];
      const [most, least, unit] = [f.local("v128"), f.local("v128"), f.local("v128")];
      const factor = (index: number) => f.get(size).mem("v128.load32_splat", 4 * index);
      factor(4).set(most);
      f.f32x4(0).get(most).op("f32x4.sub").set(least);
      f.f32(2 ** bits)
        .op("f32x4.splat")
        .set(unit);
      f.i32(4 << bits)
        .op("i32x4.splat")
        .set(four);
      const axes = [
        { field: fieldX, place: x, from: column },
        { field: fieldY, place: y, from: line },
      ].map((axis, k) => {
        const [first, second] = [f.local("v128"), f.local("v128")];
        factor(k).set(first);
        factor(2 + k).set(second);
        return { ...axis, first, second };
      });
      f.i32x4(1 << bits).set(line);
      f.for(row, 0, { local: height }, 1, () => {
        f.i32x4(...[1, 2, 3, 4].map((x) => x << bits)).set(column);
        f.i32(0).set(at);
        f.for(i, 0, { local: width }, 4, () => {
          for (const { field, place, from, first, second } of axes) {
            f.get(field).get(at).op("i32.add").mem("v128.load");
            f.get(first).op("f32x4.mul").get(second).op("f32x4.mul");
            f.get(most).op("f32x4.pmin").get(least).op("f32x4.pmax");
            f.get(unit).op("f32x4.mul").op("i32x4.trunc_sat_f32x4_s").get(from).op("i32x4.add").set(place);
          }
          sampleFour(f, channels, held, x, y, out);
          f.get(column).get(four).op("i32x4.add").set(column);
          f.increment(at, 16).increment(out, 4 * channels);
        });
        f.get(out).get(i).get(width).op("i32.sub");
        if (channels === 3) f.i32(3).op("i32.mul");
        f.op("i32.sub").set(out);
        f.get(fieldX).get(stride).op("i32.add").set(fieldX);
        f.get(fieldY).get(stride).op("i32.add").set(fieldY);
        f.get(line)
          .i32x4(1 << bits)
          .op("i32x4.add")
          .set(line);
      });
    },
    `bend${channels}`,
  );
}
