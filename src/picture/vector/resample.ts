// Weighted sums along the rows and columns of a picture as WebAssembly with vectors. Knows no filters and no formats.
import type { FunctionBuilder, Local } from "../../backend/wasm/assembler.ts";
import { workspaces } from "./workspace.ts";

/** The functions; all numbers are addresses and strides in bytes, or counts. */
export interface ResampleKernels {
  /**
   * Four rows at a time: for each of `columns` places the sum of `most` pixels of `channels` bytes from its first one on. `taps` has for each place
   * the bytes from the row's begin to its first pixel and `most` weights, all int32. A row of results may be followed by up to 3 bytes more.
   */
  rows(
    from: number,
    fromStride: number,
    rows: number,
    taps: number,
    most: number,
    columns: number,
    channels: number,
    to: number,
    toStride: number,
  ): void;
  /** One row of results, 16 bytes at a time: the sum of `count` rows from `from` on by the weights at `weights`. */
  column(from: number, stride: number, weights: number, count: number, to: number, bytes: number): void;
}

/** How far behind their end the functions may read and write. */
export const slack = 64;

/** Bits behind the point of a weight. */
const fractionBits = 22;

/** Memory of at least so many bytes with the functions. */
export const workspace = workspaces<ResampleKernels>((builder) => {
  const i32s = (count: number) => new Array<"i32">(count).fill("i32");
  builder.func(i32s(9), [], writeRows, "rows");
  builder.func(i32s(6), [], writeColumn, "column");
});

function writeRows(f: FunctionBuilder): void {
  const [from, fromStride, rows, taps, most, columns, channels, to, toStride] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8,
  ] as const;
  const [y, x, k, tap, out] = Array.from({ length: 5 }, () => f.local("i32")) as [
    ...[Local, Local, Local],
    ...[Local, Local],
  ];
  const at = Array.from({ length: 4 }, () => f.local("i32"));
  const sums = Array.from({ length: 4 }, () => f.local("v128"));
  const weight = f.local("v128");
  f.for(y, 0, { local: rows }, 4, () => {
    f.get(taps).set(tap);
    f.get(to).set(out);
    f.for(x, 0, { local: columns }, 1, () => {
      f.get(from).get(tap).mem("i32.load").op("i32.add").set(at[0]!);
      for (let i = 1; i < 4; i++)
        f.get(at[i - 1]!)
          .get(fromStride)
          .op("i32.add")
          .set(at[i]!);
      for (const sum of sums) f.i32x4(1 << (fractionBits - 1)).set(sum);
      f.increment(tap, 4);
      f.for(k, 0, { local: most }, 1, () => {
        f.get(tap).mem("v128.load32_splat").set(weight);
        f.increment(tap, 4);
        at.forEach((address, i) => {
          f.get(address).mem("v128.load32_zero", 0, 0);
          f.op("i16x8.extend_low_i8x16_u").op("i32x4.extend_low_i16x8_u");
          f.get(weight).op("i32x4.mul").get(sums[i]!).op("i32x4.add").set(sums[i]!);
          f.get(address).get(channels).op("i32.add").set(address);
        });
      });
      f.get(out).set(at[0]!);
      for (const [i, sum] of sums.entries()) {
        f.get(sum).i32(fractionBits).op("i32x4.shr_s").set(sum);
        f.get(sum).get(sum).op("i16x8.narrow_i32x4_s").set(sum);
        f.get(sum).get(sum).op("i8x16.narrow_i16x8_u").set(sum);
        f.get(at[0]!).get(sum).memLane("v128.store32_lane", 0);
        if (i < 3) f.get(at[0]!).get(toStride).op("i32.add").set(at[0]!);
      }
      f.get(out).get(channels).op("i32.add").set(out);
    });
    for (const [pointer, stride] of [
      [from, fromStride],
      [to, toStride],
    ] as const) {
      f.get(pointer).get(stride).i32(4).op("i32.mul").op("i32.add").set(pointer);
    }
  });
}

function writeColumn(f: FunctionBuilder): void {
  const [from, stride, weights, count, to, bytes] = [0, 1, 2, 3, 4, 5] as const;
  const [x, k, at, place] = Array.from({ length: 4 }, () => f.local("i32")) as [Local, Local, Local, Local];
  const sums = Array.from({ length: 4 }, () => f.local("v128"));
  const [weight, pixels, half] = Array.from({ length: 3 }, () => f.local("v128")) as [Local, Local, Local];
  f.for(x, 0, { local: bytes }, 16, () => {
    f.get(from).get(x).op("i32.add").set(at);
    f.get(weights).set(place);
    for (const sum of sums) f.i32x4(1 << (fractionBits - 1)).set(sum);
    f.for(k, 0, { local: count }, 1, () => {
      f.get(place).mem("v128.load32_splat").set(weight);
      f.get(at).mem("v128.load", 0, 0).set(pixels);
      for (const [i, part] of (["low", "high"] as const).entries()) {
        f.get(pixels).op(`i16x8.extend_${part}_i8x16_u`).set(half);
        for (const [j, quarter] of (["low", "high"] as const).entries()) {
          const sum = sums[2 * i + j]!;
          f.get(half).op(`i32x4.extend_${quarter}_i16x8_u`).get(weight).op("i32x4.mul");
          f.get(sum).op("i32x4.add").set(sum);
        }
      }
      f.increment(place, 4);
      f.get(at).get(stride).op("i32.add").set(at);
    });
    f.get(to).get(x).op("i32.add");
    for (const pair of [0, 2]) {
      for (const i of [pair, pair + 1]) f.get(sums[i]!).i32(fractionBits).op("i32x4.shr_s");
      f.op("i16x8.narrow_i32x4_s");
    }
    f.op("i8x16.narrow_i16x8_u").mem("v128.store", 0, 0);
  });
}
