// The memory and the compiled code behind bilinear warps: a picture goes in, is read between its pixels, and comes out as bytes. Knows places and
// fields, not what they are made from. Its results are integers throughout, so they are the same on every machine.

import { ModuleBuilder } from "../../backend/wasm/moduleBuilder.ts";
import { ShapeError } from "../../base/errors.ts";
import type { Picture } from "../../picture/picture.ts";
import { writeBlur, writeMirror, writeNoise, writeTranspose } from "./fieldCode.ts";
import { segment, writeBend, writePlaces, writeSpread, writeStraight } from "./samplingCode.ts";

const page = 65536;
const pages = 65536;
/** A memory that grew beyond this, for a large picture, is given back afterwards. */
export const kept = 32 * 2 ** 20;
/** Vectors are read and written up to so many bytes past the end. */
const slack = 64;
/**
 * Binary places of a place's fraction, and below what numbers places have to stay for them. What else there is, for pictures that are larger
 * and for maps that reach further, tells 1/4096 of a pixel.
 */
export const fine = { bits: 16, most: 2 ** 15 } as const;
export const wide = { bits: 12, most: 2 ** 19 } as const;
export type Precision = typeof fine | typeof wide;

/** Sides of pictures are smaller, so that there is room for steps as long as the picture on both of its sides. */
const mostSide = 2 ** 17;

interface Code {
  spread(from: number, to: number, rowBytes: number, rows: number, pitch: number): void;
  straight1(...args: readonly number[]): void;
  straight3(...args: readonly number[]): void;
  places1(...args: readonly number[]): void;
  places3(...args: readonly number[]): void;
  bend1(...args: readonly number[]): void;
  bend3(...args: readonly number[]): void;
  noise(to: number, count: number, seed: number): void;
  mirror(first: number, rows: number, stride: number, reach: number): void;
  blur(from: number, to: number, count: number, stride: number, weights: number, reach: number): void;
  transpose(...args: readonly number[]): void;
}

/** Where the pixels of one row of the result come from, in pixels of the source: (0, 0) is the middle of the first pixel. */
export interface Row {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** `x = x₀ + a u + b v, y = y₀ + d u + e v` for the pixel u to the right of the result's first one and v below it. */
export interface StraightMap {
  readonly x0: number;
  readonly y0: number;
  readonly a: number;
  readonly b: number;
  readonly d: number;
  readonly e: number;
}

/** Half of a symmetric row of weights and its middle, outermost first. */
export type HalfBell = Float32Array;

/** Two fields in a workspace's memory, rows of float32 `stride` bytes apart. */
export interface Fields {
  readonly x: number;
  readonly y: number;
  readonly stride: number;
}

const rounded = (n: number, to: number) => Math.ceil(n / to) * to;

const compiled = new Map<Precision, WebAssembly.Module>();

function compile(precision: Precision): WebAssembly.Module {
  const known = compiled.get(precision);
  if (known) return known;
  const module = new ModuleBuilder({ initial: 1, maximum: pages, shared: false });
  writeSpread(module);
  for (const channels of [1, 3] as const) {
    writeStraight(module, channels, precision.bits);
    writePlaces(module, channels, precision.bits);
    writeBend(module, channels, precision.bits);
  }
  writeNoise(module);
  writeMirror(module);
  writeBlur(module);
  writeTranspose(module);
  const made = new WebAssembly.Module(Uint8Array.from(module.encode()));
  compiled.set(precision, made);
  return made;
}

/** One picture at a time. */
export class Workspace {
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: pages });
  readonly #code: Code;
  #bytes!: Uint8Array;
  #words!: Int32Array;
  #floats!: Float32Array;
  /** The size whose border stands in memory, and its fill. */
  #width = 0;
  #height = 0;
  #channels = 0;
  #fill: Uint8Array = new Uint8Array(0);
  #pitch = 0;
  /** Where the picture lies as it came; with its border it lies at 0. */
  #raw = 0;
  /** Where what a single call needs begins. */
  #free = 0;
  /** The view of the last result, and where it lies. */
  #out: Uint8Array = new Uint8Array(0);

  readonly #unit: number;

  constructor(precision: Precision) {
    this.#unit = 2 ** precision.bits;
    const { exports } = new WebAssembly.Instance(compile(precision), { env: { memory: this.#memory } });
    this.#code = exports as unknown as Code;
    this.#view();
  }

  get size(): number {
    return this.#bytes.length;
  }

  #view(): void {
    const { buffer } = this.#memory;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Int32Array(buffer);
    this.#floats = new Float32Array(buffer);
    this.#out = new Uint8Array(0);
  }

  /** Makes the memory reach to `end`. */
  #reach(end: number): void {
    const missing = end + slack - this.#bytes.length;
    if (missing <= 0) return;
    this.#memory.grow(Math.ceil(missing / page));
    this.#view();
  }

  /** Lays the picture out with its border of fill. */
  #load({ width, height, channels, data }: Picture, fill: Uint8Array): void {
    const same = width === this.#width && height === this.#height && channels === this.#channels;
    if (!same || !sameBytes(fill, this.#fill)) this.#border(width, height, channels, fill);
    this.#bytes.set(data, this.#raw);
    const { spread } = this.#code;
    spread(this.#raw, this.#pitch + channels, width * channels, height, this.#pitch);
  }

  #border(width: number, height: number, channels: number, fill: Uint8Array): void {
    if (Math.max(width, height) >= mostSide) {
      throw new ShapeError(
        `warp: bilinear warps take pictures of less than ${mostSide} pixels in width and height; got ${height} × ${width}. Take "nearest", or a crop first`,
      );
    }
    this.#width = width;
    this.#height = height;
    this.#channels = channels;
    this.#fill = fill.slice();
    this.#pitch = (width + 2) * channels;
    const end = (height + 2) * this.#pitch;
    this.#raw = rounded(end + this.#pitch + slack, 16);
    this.#free = rounded(this.#raw + width * height * channels + slack, 16);
    this.#reach(this.#free);
    const bytes = this.#bytes;
    const paint = (from: number, to: number) => {
      for (let at = from; at < to; at += channels) {
        for (let c = 0; c < channels; c++) bytes[at + c] = fill[c]!;
      }
    };
    paint(0, this.#pitch + channels);
    for (let y = 2; y <= height; y++) paint(y * this.#pitch - channels, y * this.#pitch + channels);
    paint(end - this.#pitch - channels, end);
  }

  #finish(out: number, length: number, target: Uint8Array): void {
    if (this.#out.byteOffset !== out || this.#out.length !== length) {
      this.#out = this.#bytes.subarray(out, out + length);
    }
    target.set(this.#out);
  }

  straight(
    picture: Picture,
    width: number,
    height: number,
    { x0, y0, a, b, d, e }: StraightMap,
    fill: Uint8Array,
    target: Uint8Array,
  ): void {
    this.#load(picture, fill);
    const starts = this.#free;
    const out = rounded(starts + 8 * height * Math.ceil(width / segment), 16);
    const length = width * height * picture.channels;
    this.#reach(out + length);
    const unit = this.#unit;
    const words = this.#words;
    let at = starts >> 2;
    for (let v = 0; v < height; v++) {
      const startX = (x0 + 1 + b * v) * unit + 0.5;
      const startY = (y0 + 1 + e * v) * unit + 0.5;
      for (let u = 0; u < width; u += segment) {
        words[at++] = Math.floor(startX + a * unit * u);
        words[at++] = Math.floor(startY + d * unit * u);
      }
    }
    const stepX = Math.round(a * unit);
    const stepY = Math.round(d * unit);
    const run = picture.channels === 1 ? this.#code.straight1 : this.#code.straight3;
    run(this.#pitch, picture.width, picture.height, stepX, stepY, width, height, starts, out);
    this.#finish(out, length, target);
  }

  places(
    picture: Picture,
    width: number,
    height: number,
    fill: Uint8Array,
    place: (row: Row, y: number) => void,
    target: Uint8Array,
  ): void {
    this.#load(picture, fill);
    const unit = this.#unit;
    const xs = this.#free;
    const ys = rounded(xs + 4 * width + slack, 16);
    const out = rounded(ys + 4 * width + slack, 16);
    const { channels } = picture;
    const length = width * height * channels;
    this.#reach(out + length);
    const row = { x: new Float64Array(width), y: new Float64Array(width) };
    const words = this.#words;
    const run = channels === 1 ? this.#code.places1 : this.#code.places3;
    for (let y = 0; y < height; y++) {
      place(row, y);
      for (let x = 0; x < width; x++) {
        words[(xs >> 2) + x] = fixed(row.x[x]!, picture.width, unit);
        words[(ys >> 2) + x] = fixed(row.y[x]!, picture.height, unit);
      }
      run(this.#pitch, picture.width, picture.height, xs, ys, width, out + y * width * channels);
    }
    this.#finish(out, length, target);
  }

  /** `fields` gives its place in memory when it is told where it may write. */
  bend(
    picture: Picture,
    fields: (from: number) => Fields,
    factors: readonly [number, number, number, number],
    fill: Uint8Array,
    target: Uint8Array,
  ): void {
    this.#load(picture, fill);
    const { width, height, channels } = picture;
    const size = this.#free;
    const out = rounded(size + 20, 16);
    const length = width * height * channels;
    const { x, y, stride } = fields(rounded(out + length + slack, 16));
    const furthest = Math.max(width, height) + 2;
    this.#floats.set(factors, size >> 2);
    this.#floats[(size >> 2) + 4] = furthest;
    const run = channels === 1 ? this.#code.bend1 : this.#code.bend3;
    run(this.#pitch, width, height, x, y, stride, size, out);
    this.#finish(out, length, target);
  }

  /** Puts given fields, `[height, width, 2]`, into memory. */
  putFields(displacement: Float32Array, width: number, height: number, from: number): Fields {
    const stride = rounded(width, 4) * 4;
    const [x, y] = [from, from + stride * height];
    this.#reach(y + stride * height);
    const floats = this.#floats;
    for (let line = 0, at = 0; line < height; line++) {
      const start = (line * stride) >> 2;
      for (let i = 0; i < width; i++, at += 2) {
        floats[(x >> 2) + start + i] = displacement[at]!;
        floats[(y >> 2) + start + i] = displacement[at + 1]!;
      }
    }
    return { x, y, stride };
  }

  /** Makes a field for each axis, of noise from the seeds, blurred by `bells[axis]` (horizontal, vertical; none where it is null). */
  makeFields(
    width: number,
    height: number,
    seeds: readonly [number, number],
    bells: readonly [Bells, Bells],
    from = 0,
  ): Fields {
    // Between the two passes columns lie as rows, so that one way of blurring does for both.
    const stride = rounded(width, 4) * 4;
    const turned = rounded(height, 4) * 4;
    const [lines, columns] = [stride / 4, turned / 4];
    const [x, y] = [from, from + columns * stride];
    const weights = y + columns * stride;
    const reachOf = (bells: Bells) => (bells ? [bells.x.length - 1, bells.y.length - 1] : [0, 0]);
    const most = [0, 1].map((k) => Math.max(reachOf(bells[0])[k]!, reachOf(bells[1])[k]!)) as [
      number,
      number,
    ];
    const first = rounded(weights + 4 * (most[0] + most[1] + 2), 16);
    const second = first + (lines + 2 * most[0]) * turned;
    const third = second + lines * turned;
    this.#reach(third + (columns + 2 * most[1]) * stride);
    const code = this.#code;
    for (const [axis, to] of [
      [0, x],
      [1, y],
    ] as const) {
      const bell = bells[axis];
      if (!bell) {
        code.noise(to, (height * stride) >> 2, seeds[axis]);
        continue;
      }
      const [reachX, reachY] = reachOf(bell) as [number, number];
      this.#floats.set(bell.x, weights >> 2);
      this.#floats.set(bell.y, (weights >> 2) + reachX + 1);
      const inner = first + reachX * turned;
      code.noise(inner, (width * turned) >> 2, seeds[axis]);
      code.mirror(inner, width, turned, reachX);
      code.blur(first, second, (width * turned) >> 2, turned, weights, reachX);
      const rows = third + reachY * stride;
      code.transpose(second, turned, rows, stride, width, height);
      code.mirror(rows, height, stride, reachY);
      code.blur(third, to, (height * stride) >> 2, stride, weights + 4 * (reachX + 1), reachY);
    }
    return { x, y, stride };
  }

  /** Blurs a picture along both axes, mirrored at its edges. */
  blurPicture(
    { width, height, channels, data }: Picture,
    bell: { readonly x: HalfBell; readonly y: HalfBell },
    target: Uint8Array,
  ): void {
    this.#width = 0;
    const length = width * channels;
    const stride = rounded(length, 4) * 4;
    const [reachX, reachY] = [bell.x.length - 1, bell.y.length - 1];
    const first = rounded(4 * (reachX + reachY + 2), 16);
    const second = first + (height + 2 * reachY) * stride;
    // A row with its ends mirrored, and its result.
    const row = second + height * stride;
    const result = rounded(row + stride + 8 * reachX * channels + slack, 16);
    this.#reach(result + stride);
    const [code, floats] = [this.#code, this.#floats];
    floats.set(bell.x, 0);
    floats.set(bell.y, reachX + 1);
    const inner = first + reachY * stride;
    for (let y = 0, from = 0; y < height; y++) {
      const at = (inner + y * stride) >> 2;
      for (let i = 0; i < length; i++) floats[at + i] = data[from++]!;
    }
    code.mirror(inner, height, stride, reachY);
    code.blur(first, second, (height * stride) >> 2, stride, 4 * (reachX + 1), reachY);
    const begin = (row >> 2) + reachX * channels;
    const last = begin + length - channels;
    for (let y = 0, to = 0; y < height; y++) {
      const from = (second + y * stride) >> 2;
      floats.copyWithin(begin, from, from + length);
      for (let k = channels; k <= reachX * channels; k += channels) {
        for (let c = 0; c < channels; c++) {
          floats[begin - k + c] = floats[begin + k + c]!;
          floats[last + k + c] = floats[last - k + c]!;
        }
      }
      code.blur(row, result, stride >> 2, 4 * channels, 0, reachX);
      const at = result >> 2;
      for (let i = 0; i < length; i++) target[to++] = floats[at + i]! + 0.5;
    }
  }

  /** Forgets the picture, whose place `makeFields` may have taken, and gives the fields' floats. */
  takeFields({ x, y, stride }: Fields, width: number, height: number): readonly [Float32Array, Float32Array] {
    this.#width = 0;
    const rows = (from: number) => {
      const field = new Float32Array(width * height);
      for (let line = 0; line < height; line++) {
        const at = (from + line * stride) >> 2;
        field.set(this.#floats.subarray(at, at + width), line * width);
      }
      return field;
    };
    return [rows(x), rows(y)];
  }
}

/** What blurs a field, along x and along y. */
export type Bells = { readonly x: HalfBell; readonly y: HalfBell } | null;

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a[0] === b[0] && a[1] === b[1] && a[2] === b[2];
}

/** A place as an integer of 1 / unit pixels, counted from the border. */
function fixed(place: number, size: number, unit: number): number {
  // Also false for NaN, which a perspective's horizon gives.
  const held = place > -1 ? (place < size ? place : size) : -1;
  return Math.floor((held + 1) * unit + 0.5);
}
