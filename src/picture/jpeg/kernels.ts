// The arithmetic of JPEG's samples as WebAssembly with vectors: transform, upsampling, colours, each with libjpeg's roundings and so its
// bytes. Knows no coding. Sources: Loeffler, Ligtenberg, Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications", 1989
// (transform); libjpeg's triangle filter ("fancy upsampling"); JFIF 1.02 (colours).
import type { FunctionBuilder, Local } from "../../backend/wasm/assembler.ts";
import { workspaces } from "../vector/workspace.ts";
import { blockAddress, writeReadBlock } from "./blockKernel.ts";

/** The functions; all numbers are addresses, widths or strides in bytes. What they write may go up to `slack` bytes beyond its end. */
export interface JpegKernels {
  /** See blockKernel.ts. */
  readBlock(at: number, base: number, part: number, to: number, stride: number): number;
  /** Writes 8 × 8 samples from the block of frequencies at `blockAddress`, and sets that to zero. */
  transform(to: number, stride: number): void;
  /** Writes 8 × 8 equal samples. */
  flat(value: number, to: number, stride: number): void;
  /** Writes 16-bit sums `3 near + far` of two rows of samples, and one beyond either end. */
  mix(near: number, far: number, to: number, width: number): void;
  /** Twice as wide, from sums at `from`: `(3 s + the one before + even) >> 4`, and the same with the one behind and `odd`. */
  widen(from: number, to: number, width: number, even: number, odd: number): void;
  /** A row of RGB from rows of brightness, blue and red. */
  toRgb(luma: number, blue: number, red: number, to: number, width: number): void;
}

/** How far behind their end the functions may write and read. */
export const slack = 64;

type Vectors = readonly Local[];

/** Memory of at least so many bytes with the functions. */
export const workspace = workspaces<JpegKernels>((builder) => {
  const i32s = (count: number) => new Array<"i32">(count).fill("i32");
  const transform = builder.func(i32s(2), [], (f) => writeTransform(f, 0, 1), "transform");
  const flat = builder.func(i32s(3), [], (f) => writeFlat(f, 0, 1, 2), "flat");
  builder.func(i32s(5), ["i32"], (f) => writeReadBlock(f, transform, flat), "readBlock");
  builder.func(i32s(4), [], (f) => writeMix(f, 0, 1, 2, 3), "mix");
  builder.func(i32s(5), [], writeWiden, "widen");
  builder.func(i32s(5), [], writeToRgb, "toRgb");
});

function vectors(f: FunctionBuilder, count: number): Vectors {
  return Array.from({ length: count }, () => f.local("v128"));
}

function writeTransform(f: FunctionBuilder, to: Local, stride: Local): void {
  const zero = f.local("i32");
  f.i32(0).set(zero);
  const load = (half: number): Vectors => {
    const rows = vectors(f, 8);
    rows.forEach((row, y) => {
      f.get(zero)
        .mem("v128.load", blockAddress + 32 * y + 16 * half)
        .set(row);
    });
    return rows;
  };
  const left = load(0);
  const right = load(1);
  for (let i = 0; i < 16; i++)
    f.get(zero)
      .i32x4(0)
      .mem("v128.store", blockAddress + 16 * i);
  for (const half of [left, right]) eightPoints(f, half, 1 << 10, 11);
  const eightRows = (y: number) => [left, right].flatMap((half) => transposed(f, half.slice(y, y + 4)));
  const [upper, lower] = [eightRows(0), eightRows(4)];
  // Half a level for rounding, and the 128 that samples are stored less.
  for (const half of [upper, lower]) eightPoints(f, half, (1 << 17) + (128 << 18), 18);
  for (const half of [upper, lower]) {
    const first = transposed(f, half.slice(0, 4));
    const second = transposed(f, half.slice(4));
    for (const y of [0, 2]) {
      for (const line of [y, y + 1]) f.get(first[line]!).get(second[line]!).op("i16x8.narrow_i32x4_s");
      f.op("i8x16.narrow_i16x8_u").set(first[y]!);
      for (const lane of [0, 1]) {
        f.get(to).get(first[y]!).memLane("v128.store64_lane", lane);
        f.get(to).get(stride).op("i32.add").set(to);
      }
    }
  }
}

/** Four by four numbers with rows and columns exchanged, in place. */
function transposed(f: FunctionBuilder, rows: Vectors): Vectors {
  const [a, b, c, d] = rows as [Local, Local, Local, Local];
  const [t0, t1, t2, t3] = vectors(f, 4) as [Local, Local, Local, Local];
  f.get(a).get(b).shuffle32(0, 4, 1, 5).set(t0);
  f.get(a).get(b).shuffle32(2, 6, 3, 7).set(t1);
  f.get(c).get(d).shuffle32(0, 4, 1, 5).set(t2);
  f.get(c).get(d).shuffle32(2, 6, 3, 7).set(t3);
  f.get(t0).get(t2).shuffle32(0, 1, 4, 5).set(a);
  f.get(t0).get(t2).shuffle32(2, 3, 6, 7).set(b);
  f.get(t1).get(t3).shuffle32(0, 1, 4, 5).set(c);
  f.get(t1).get(t3).shuffle32(2, 3, 6, 7).set(d);
  f.release(t0, t1, t2, t3);
  return rows;
}

/** The inverse cosine transform of eight numbers times 2^13 in four lanes, in place: plus `bias`, less `shift` bits. */
function eightPoints(f: FunctionBuilder, v: Vectors, bias: number, shift: number): void {
  const [b0, b1, b2, b3, b4, b5, b6, b7] = v as [Local, Local, Local, Local, Local, Local, Local, Local];
  const temporary = vectors(f, 9);
  const [low, high, sum, difference, z71, z53, z73, z51, all] = temporary as [
    ...[Local, Local, Local, Local],
    ...[Local, Local, Local, Local, Local],
  ];
  const plus = (a: Local, b: Local) => f.get(a).get(b).op("i32x4.add");
  const times = (factor: number) => f.i32x4(factor).op("i32x4.mul");
  // Rotation of the even half by 6π/16.
  plus(b2, b6);
  times(4433).set(all);
  f.get(b2);
  times(6270).get(all).op("i32x4.add").set(low);
  f.get(b6);
  times(-15137).get(all).op("i32x4.add").set(high);
  plus(b0, b4).i32(13).op("i32x4.shl").i32x4(bias).op("i32x4.add").set(sum);
  f.get(b0).get(b4).op("i32x4.sub").i32(13).op("i32x4.shl").i32x4(bias).op("i32x4.add").set(difference);
  // The even half: 0 in b0, 3 in b4, 1 in b2, 2 in b6.
  plus(sum, low).set(b0);
  f.get(sum).get(low).op("i32x4.sub").set(b4);
  plus(difference, high).set(b2);
  f.get(difference).get(high).op("i32x4.sub").set(b6);
  // The odd half, as sums of products with shared terms.
  plus(b7, b3).set(z73);
  plus(b5, b1).set(z51);
  plus(z73, z51);
  times(9633).set(all);
  f.get(z73);
  times(-16069).get(all).op("i32x4.add").set(z73);
  f.get(z51);
  times(-3196).get(all).op("i32x4.add").set(z51);
  plus(b7, b1);
  times(-7373).set(z71);
  plus(b5, b3);
  times(-20995).set(z53);
  const odd = (source: Local, factor: number, first: Local, second: Local, to: Local) => {
    f.get(source);
    times(factor).get(first).op("i32x4.add").get(second).op("i32x4.add").set(to);
  };
  odd(b7, 2446, z71, z73, low);
  odd(b5, 16819, z53, z51, high);
  odd(b3, 25172, z53, z73, sum);
  odd(b1, 12299, z71, z51, difference);
  const [o7, o5, o3, o1] = [low, high, sum, difference];
  const ends = (even: Local, o: Local, first: Local, last: Local) => {
    plus(even, o).i32(shift).op("i32x4.shr_s").set(all);
    f.get(even).get(o).op("i32x4.sub").i32(shift).op("i32x4.shr_s").set(last);
    f.get(all).set(first);
  };
  // Each pair is written where nothing is read any more: the odd inputs first.
  ends(b0, o1, b0, b7);
  ends(b2, o3, b1, z71);
  ends(b6, o5, b3, b5);
  ends(b4, o7, z53, b4);
  f.get(b3).set(b2);
  f.get(z53).set(b3);
  f.get(z71).set(b6);
  f.release(...temporary);
}

function writeFlat(f: FunctionBuilder, value: Local, to: Local, stride: Local): void {
  const samples = f.local("v128");
  f.get(value).op("i8x16.splat").set(samples);
  for (let y = 0; y < 8; y++) {
    f.get(to).get(samples).memLane("v128.store64_lane", 0);
    if (y < 7) f.get(to).get(stride).op("i32.add").set(to);
  }
}

function writeMix(f: FunctionBuilder, near: Local, far: Local, to: Local, width: Local): void {
  const [x, at] = [f.local("i32"), f.local("i32")];
  const sample = f.local("v128");
  f.get(to).set(at);
  f.for(x, 0, { local: width }, 8, () => {
    f.get(near).get(x).op("i32.add").mem("v128.load", 0, 0).op("i16x8.extend_low_i8x16_u").set(sample);
    f.get(at);
    f.get(sample).i32(1).op("i16x8.shl").get(sample).op("i16x8.add");
    f.get(far).get(x).op("i32.add").mem("v128.load", 0, 0).op("i16x8.extend_low_i8x16_u");
    f.op("i16x8.add").mem("v128.store", 0, 1);
    f.increment(at, 16);
  });
  // The edge goes on.
  f.plus(to, -2).get(to).mem("i32.load16_u").mem("i32.store16");
  f.get(to).get(width).i32(2).op("i32.mul").op("i32.add").tee(at);
  f.plus(at, -2).mem("i32.load16_u").mem("i32.store16");
}

function writeWiden(f: FunctionBuilder): void {
  const [from, to, width, even, odd] = [0, 1, 2, 3, 4] as const;
  const x = f.local("i32");
  const [three, left, right, evens, odds] = vectors(f, 5) as [Local, Local, Local, Local, Local];
  f.get(even).op("i16x8.splat").set(evens);
  f.get(odd).op("i16x8.splat").set(odds);
  f.for(x, 0, { local: width }, 8, () => {
    f.get(from)
      .mem("v128.load", 0, 1)
      .tee(three)
      .i32(1)
      .op("i16x8.shl")
      .get(three)
      .op("i16x8.add")
      .set(three);
    f.plus(from, -2).mem("v128.load", 0, 1).get(evens).op("i16x8.add").get(three).op("i16x8.add");
    f.i32(4).op("i16x8.shr_u").set(left);
    f.get(from).mem("v128.load", 2, 1).get(odds).op("i16x8.add").get(three).op("i16x8.add");
    f.i32(4).op("i16x8.shr_u").set(right);
    // Each is a byte: the odd ones go into the upper halves.
    f.get(to).get(left).get(right).i32(8).op("i16x8.shl").op("v128.or").mem("v128.store", 0, 0);
    f.increment(from, 16);
    f.increment(to, 16);
  });
}

function writeToRgb(f: FunctionBuilder): void {
  const [luma, blue, red, to, width] = [0, 1, 2, 3, 4] as const;
  const x = f.local("i32");
  const loaded = vectors(f, 3);
  const [y, u, v, first, second] = vectors(f, 5) as [Local, Local, Local, Local, Local];
  const [r, g, b] = [vectors(f, 2), vectors(f, 2), vectors(f, 2)] as const;
  /** Pushes four or eight times two 16-bit constants. */
  const pairs = (a: number, c: number) => f.i32x4((a & 0xffff) | (c << 16));
  const lowPairs = [0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23];
  const highPairs = lowPairs.map((byte) => byte + 8);
  /** Pushes `(a · factorA + c · factorC + half) >> 16` of eight lanes; `half` comes with c where that is a constant. */
  const product = (a: Local, c: () => void, factorA: number, factorC: number, addHalf: boolean) => {
    for (const order of [lowPairs, highPairs]) {
      f.get(a);
      c();
      f.shuffle(order);
      pairs(factorA, factorC).op("i32x4.dot_i16x8_s");
      if (addHalf) f.i32x4(32768).op("i32x4.add");
      f.i32(16).op("i32x4.shr_s");
    }
    f.op("i16x8.narrow_i32x4_s");
  };
  const two = () => pairs(2, 2);
  f.for(x, 0, { local: width }, 16, () => {
    [luma, blue, red].forEach((row, i) => {
      f.get(row).get(x).op("i32.add").mem("v128.load", 0, 0).set(loaded[i]!);
    });
    for (const half of [0, 1]) {
      const extend = half === 0 ? "i16x8.extend_low_i8x16_u" : "i16x8.extend_high_i8x16_u";
      f.get(loaded[0]!).op(extend).set(y);
      for (const [from, into] of [
        [loaded[1]!, u],
        [loaded[2]!, v],
      ] as const) {
        f.get(from).op(extend);
        pairs(128, 128).op("i16x8.sub").set(into);
      }
      // Factors in 1 / 2^16, less the whole ones: 91881 = 65536 + 26345, 46802 = 65536 − 18734, 116130 = 131072 − 14942.
      product(v, two, 26345, 16384, false);
      f.get(v).op("i16x8.add").get(y).op("i16x8.add").set(r[half]!);
      product(u, () => f.get(v), -22554, 18734, true);
      f.get(v).op("i16x8.sub").get(y).op("i16x8.add").set(g[half]!);
      product(u, two, -14942, 16384, false);
      f.get(u).i32(1).op("i16x8.shl").op("i16x8.add").get(y).op("i16x8.add").set(b[half]!);
    }
    const [reds, greens, blues] = [r, g, b].map(([low, high]) => {
      f.get(low!).get(high!).op("i8x16.narrow_i16x8_u").set(low!);
      return low!;
    }) as [Local, Local, Local];
    // Byte 3 i + c of 48 is channel c of pixel i.
    for (let part = 0; part < 3; part++) {
      const places = Array.from({ length: 16 }, (_, i) => {
        const byte = 16 * part + i;
        return { pixel: Math.floor(byte / 3), channel: byte % 3 };
      });
      f.get(reds).get(greens);
      f.shuffle(places.map(({ pixel, channel }) => (channel === 2 ? 0 : pixel + 16 * channel))).set(first);
      f.get(first).get(blues);
      f.shuffle(places.map(({ pixel, channel }, i) => (channel === 2 ? 16 + pixel : i))).set(second);
      f.get(to)
        .get(second)
        .mem("v128.store", 16 * part, 0);
    }
    f.increment(to, 48);
  });
}
