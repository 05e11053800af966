// Thumbnails of several pictures in one: rows of known width, so that a grid of thousands is a few requests. Knows no server.
import fs from "node:fs/promises";
import path from "node:path";
import { FoveaError } from "../../base/errors.ts";
import { readPicture } from "../../data/pictureDataset.ts";
import { encodeJpeg, encodePng } from "../../picture/encode.ts";
import { letterbox, type Picture, resized, toRgb } from "../../picture/picture.ts";
import { fromPlanes } from "../../picture/planes.ts";
import { sheetColumns } from "../shared/sets.ts";

/** Pictures of a sheet: files below a folder, or samples that lie one after another in memory. */
export type SheetPictures =
  | { readonly kind: "files"; readonly root: string; readonly files: readonly string[] }
  | {
      readonly kind: "bytes";
      readonly data: Uint8Array;
      readonly shape: readonly [channels: number, height: number, width: number];
      readonly from: number;
      readonly count: number;
    };

/** A sheet as a file, with the size of each thumbnail on it. */
export interface Sheet {
  readonly bytes: Uint8Array;
  readonly type: "image/jpeg" | "image/png";
  /** Width and height; 0 for what could not be read. */
  readonly tiles: readonly (readonly [width: number, height: number])[];
}

const quality = 85;
/** Level of squares without a picture. */
const blank = 128;

/** Draws a sheet of squares of `side` pixels. A picture that can't be read leaves its square blank. */
export async function drawSheet(pictures: SheetPictures, side: number): Promise<Sheet> {
  const count = pictures.kind === "files" ? pictures.files.length : pictures.count;
  const squares = new Squares(count, side);
  for (let i = 0; i < count; i++) squares.add(await pictureOf(pictures, i));
  const { tiles, sheet } = squares;
  return pictures.kind === "bytes"
    ? { bytes: await encodePng(sheet), type: "image/png", tiles }
    : { bytes: encodeJpeg(sheet, quality), type: "image/jpeg", tiles };
}

/** Draws a sheet of pictures that are there already, pixel by pixel. */
export async function drawPictures(pictures: readonly Picture[], side: number): Promise<Sheet> {
  const squares = new Squares(pictures.length, side);
  for (const picture of pictures) squares.add(picture);
  return { bytes: await encodePng(squares.sheet), type: "image/png", tiles: squares.tiles };
}

/** A sheet in the making. */
class Squares {
  readonly sheet: Picture;
  readonly tiles: [width: number, height: number][] = [];
  readonly #columns: number;
  readonly #side: number;

  constructor(count: number, side: number) {
    this.#columns = Math.min(sheetColumns, Math.max(1, count));
    this.#side = side;
    const [width, height] = [this.#columns * side, Math.max(1, Math.ceil(count / this.#columns)) * side];
    this.sheet = { width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(blank) };
  }

  /** Adds the next picture; null leaves its square blank. */
  add(picture: Picture | null): void {
    const place = this.tiles.length;
    if (picture === null) {
      this.tiles.push([0, 0]);
      return;
    }
    const side = this.#side;
    const small = fitted(toRgb(picture), side);
    this.tiles.push([small.width, small.height]);
    const [left, top] = [(place % this.#columns) * side, Math.floor(place / this.#columns) * side];
    copyTo(inSquare(small, side), this.sheet.data, this.sheet.width, left, top);
  }
}

/** The real path of a file below a folder; null for what is not there or lies outside, by way of a link too. */
export async function realPathBelow(root: string, file: string): Promise<string | null> {
  const [base, real] = await Promise.all([root, file].map((one) => fs.realpath(one).catch(() => null)));
  return base && real?.startsWith(base + path.sep) ? real : null;
}

async function pictureOf(pictures: SheetPictures, index: number): Promise<Picture | null> {
  if (pictures.kind === "bytes") return fromPlanes(pictures.data, pictures.shape, pictures.from + index);
  const real = await realPathBelow(pictures.root, pictures.files[index]!);
  if (real === null) return null;
  return readPicture(real).catch((error: unknown) => {
    if (error instanceof FoveaError) return null;
    throw error;
  });
}

/** The picture with a longer side of at most `side`; small ones stay as they are, pixel by pixel. */
function fitted(picture: Picture, side: number): Picture {
  const scale = side / Math.max(picture.width, picture.height);
  if (scale >= 1) return picture;
  const sideOf = (length: number) => Math.max(1, Math.round(length * scale));
  return resized(picture, sideOf(picture.width), sideOf(picture.height));
}

/** In the middle of a square of the colour of its border, so that coding blurs no edge into it. */
function inSquare(small: Picture, side: number): Picture {
  const longer = Math.max(small.width, small.height);
  const square = letterbox(small, longer, longer);
  if (longer === side) return square;
  const data = new Uint8Array(side * side * 3).fill(blank);
  const start = (side - longer) >> 1;
  copyTo(square, data, side, start, start);
  return { width: side, height: side, channels: 3, data };
}

function copyTo(picture: Picture, data: Uint8Array, width: number, left: number, top: number): void {
  const bytes = picture.width * 3;
  for (let y = 0; y < picture.height; y++) {
    data.set(picture.data.subarray(y * bytes, (y + 1) * bytes), ((top + y) * width + left) * 3);
  }
}
