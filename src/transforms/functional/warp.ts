// Other angles and other forms: rotation, affine maps, perspective, elastic bending. Each pixel of the result asks where it comes from.
import { OptionError, ShapeError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import type { Picture } from "../../picture/picture.ts";
import {
  type FieldRecipe,
  sampleBent,
  sampleRandomlyBent,
  sampleStraight,
  smoothFields,
} from "./bilinear.ts";
import { checkFill, checkName, checkNumber, checkPicture, type Fill, fillBytes, shown } from "./check.ts";
import { rotate90 } from "./geometry.ts";
import { type WarpInterpolation, warp } from "./sample.ts";
import { cosine, sine, tangent } from "./trigonometry.ts";
import type { Row } from "./workspace.ts";

/** `[x, y]` in pixels from the upper left corner. */
export type Point = readonly [x: number, y: number];

/** How a picture is sampled anew. */
export interface WarpOptions {
  readonly interpolation?: WarpInterpolation;
  /** What is beyond the picture. Default 0. */
  readonly fill?: Fill;
}

/** How an affine map works. */
export interface AffineOptions extends WarpOptions {
  /** What stays in place; the middle by default. */
  readonly center?: Point | null;
}

/** How a rotation works. */
export interface RotateOptions extends AffineOptions {
  /** Makes the result as large as the turned picture needs; for turns about the middle. Default false: corners are cut off. */
  readonly expand?: boolean;
}

const interpolations: readonly WarpInterpolation[] = ["nearest", "bilinear"];

/** Throws OptionError for options that warps do not take. */
export function checkWarp(
  op: string,
  { interpolation = "nearest", fill = 0, center = null }: AffineOptions,
): void {
  checkName(op, "interpolation", interpolation, interpolations);
  checkFill(op, fill);
  if (center !== null && !(Array.isArray(center) && center.length === 2 && center.every(Number.isFinite))) {
    throw new OptionError(
      `${op}: center must be [x, y] in pixels from the upper left corner; got ${shown(center)}`,
    );
  }
}

/**
 * `[a, b, c, d, e, f]` of the map from a place in the result to one in the source, `x = a u + b v + c, y = d u + e v + f`, both measured
 * from the middle of their pictures: the inverse of translation · rotation · shear · scale about `center`. Angles in degrees,
 * positive ones clockwise; the shears are those of torchvision: first along x, then along y.
 */
export function inverseAffine(
  [cx, cy]: Point,
  angle: number,
  [tx, ty]: Point,
  scale: number,
  [shearX, shearY]: Point,
): readonly [number, number, number, number, number, number] {
  const [cos, sin] = [cosine(angle), sine(angle)];
  const [tanX, tanY] = [tangent(shearX), tangent(shearY)];
  // Rotation · shear along y · shear along x has the determinant 1, so its inverse is a swap of elements and two signs.
  const m00 = cos + sin * tanY;
  const m10 = sin - cos * tanY;
  const m01 = -m00 * tanX - sin;
  const m11 = -m10 * tanX + cos;
  const [a, b, d, e] = [m11 / scale, -m01 / scale, -m10 / scale, m00 / scale];
  return [a, b, cx - a * (cx + tx) - b * (cy + ty), d, e, cy - d * (cx + tx) - e * (cy + ty)];
}

/**
 * Turns by `angle` degrees clockwise, shifts by `translate` pixels, scales, and shears by degrees along x and y, about the middle or
 * `center`. The result has the picture's size. Default interpolation "nearest".
 */
export function affine(
  picture: Picture,
  angle: number,
  translate: Point,
  scale: number,
  shear: Point,
  options: AffineOptions = {},
): Picture {
  checkPicture("affine", picture);
  checkOptions("affine", options, ["interpolation", "fill", "center"]);
  checkWarp("affine", options);
  checkNumber("affine", "scale", scale, { least: 0, above: true });
  const { interpolation = "nearest", fill = 0, center = null } = options;
  const bytes = fillBytes("affine", fill, picture.channels);
  const { width, height, channels, data } = picture;
  const target = new Uint8Array(data.length);
  affineInto(picture, { angle, translate, scale, shear }, { interpolation, center, fill: bytes }, target);
  return { width, height, channels, data: target };
}

/** What an affine map does. */
export interface AffineMap {
  readonly angle: number;
  readonly translate: Point;
  readonly scale: number;
  readonly shear: Point;
}

/** `affine` without its checks, to `target`; `fill` has a byte for each channel. */
export function affineInto(
  picture: Picture,
  { angle, translate, scale, shear }: AffineMap,
  how: {
    readonly interpolation: WarpInterpolation;
    readonly center: Point | null;
    readonly fill: Uint8Array;
  },
  target: Uint8Array,
): void {
  const map = inverseAffine(fromMiddle(picture, how.center), angle, translate, scale, shear);
  affineWarp(picture, picture.width, picture.height, map, how.interpolation, how.fill, target);
}

/**
 * Turns by `angle` degrees counterclockwise about the middle or `center`. Quarter turns move pixels without a change. Default
 * interpolation "nearest".
 */
export function rotate(picture: Picture, angle: number, options: RotateOptions = {}): Picture {
  checkPicture("rotate", picture);
  checkOptions("rotate", options, ["interpolation", "fill", "center", "expand"]);
  checkWarp("rotate", options);
  const { interpolation = "nearest", fill = 0, center = null, expand = false } = options;
  const { width, height, channels } = picture;
  const quarters = angle / 90;
  const whole = Number.isInteger(quarters) && center === null;
  if (whole && (quarters % 2 === 0 || expand || width === height)) return rotate90(picture, quarters);
  const map = inverseAffine(fromMiddle(picture, center), -angle, [0, 0], 1, [0, 0]);
  const size = expand ? expandedSize(picture, angle) : picture;
  const target = new Uint8Array(size.width * size.height * channels);
  const bytes = fillBytes("rotate", fill, channels);
  affineWarp(picture, size.width, size.height, map, interpolation, bytes, target);
  return { width: size.width, height: size.height, channels, data: target };
}

/** The size of a picture that holds the whole of another one turned by `angle` degrees. */
export function expandedSize(
  { width, height }: { readonly width: number; readonly height: number },
  angle: number,
): { readonly width: number; readonly height: number } {
  const quarters = angle / 90;
  if (Number.isInteger(quarters)) {
    return quarters % 2 === 0 ? { width, height } : { width: height, height: width };
  }
  const cos = Math.abs(Math.cos((angle * Math.PI) / 180));
  const sin = Math.abs(Math.sin((angle * Math.PI) / 180));
  // From the outermost corners, as torchvision and Pillow do it; less than a ten thousandth of a pixel makes no column.
  const extent = (length: number, middle: number) => {
    const cut = (x: number) => Math.trunc(x * 1e4) / 1e4;
    return Math.ceil(cut(middle + length / 2)) - Math.floor(cut(middle - length / 2));
  };
  return {
    width: extent(width * cos + height * sin, width / 2),
    height: extent(width * sin + height * cos, height / 2),
  };
}

function fromMiddle({ width, height }: Picture, center: Point | null): Point {
  return center === null ? [0, 0] : [center[0] - width / 2, center[1] - height / 2];
}

function affineWarp(
  picture: Picture,
  width: number,
  height: number,
  [a, b, c, d, e, f]: readonly [number, number, number, number, number, number],
  interpolation: WarpInterpolation,
  fill: Uint8Array,
  target: Uint8Array,
): void {
  // The middle of the result's first pixel, from the middle of the result.
  const [u0, v0] = [-(width - 1) / 2, -(height - 1) / 2];
  const x0 = (picture.width - 1) / 2 + c + a * u0 + b * v0;
  const y0 = (picture.height - 1) / 2 + f + d * u0 + e * v0;
  if (interpolation === "bilinear") {
    sampleStraight(picture, width, height, { x0, y0, a, b, d, e }, fill, target);
    return;
  }
  const place = (row: Row, v: number) => {
    const startX = x0 + b * v;
    const startY = y0 + e * v;
    for (let u = 0; u < width; u++) {
      row.x[u] = startX + a * u;
      row.y[u] = startY + d * u;
    }
  };
  warp(picture, width, height, interpolation, fill, place, target);
}

/**
 * The eight coefficients of the perspective map that takes four points of the result back to four of the source:
 * `x = (a u + b v + c) / (g u + h v + 1)`, `y = (d u + e v + f) / (g u + h v + 1)`.
 */
export function perspectiveCoefficients(
  startpoints: readonly Point[],
  endpoints: readonly Point[],
): readonly number[] {
  if (startpoints.length !== 4 || endpoints.length !== 4) {
    throw new OptionError(
      `perspective: startpoints and endpoints are four corners each; got ${startpoints.length} and ${endpoints.length}`,
    );
  }
  const rows = endpoints.flatMap(([u, v], i) => {
    const [x, y] = startpoints[i]!;
    return [
      [u, v, 1, 0, 0, 0, -x * u, -x * v, x],
      [0, 0, 0, u, v, 1, -y * u, -y * v, y],
    ];
  });
  for (let column = 0; column < 8; column++) {
    let best = column;
    for (let r = column; r < 8; r++) {
      if (Math.abs(rows[r]![column]!) > Math.abs(rows[best]![column]!)) best = r;
    }
    const pivot = rows[best]!;
    if (Math.abs(pivot[column]!) < 1e-12) {
      throw new OptionError(
        `perspective: three of the points lie on one line, so no perspective leads from ${shown(startpoints)} to ${shown(endpoints)}`,
      );
    }
    rows[best] = rows[column]!;
    rows[column] = pivot;
    for (const [r, row] of rows.entries()) {
      if (r === column) continue;
      const factor = row[column]! / pivot[column]!;
      for (let k = column; k < 9; k++) row[k] = row[k]! - factor * pivot[k]!;
    }
  }
  return rows.map((row, i) => row[8]! / row[i]!);
}

/**
 * Seen from the side: the corners `startpoints` ([x, y] of upper left, upper right, lower right, lower left) come to stand at
 * `endpoints`. Default interpolation "bilinear".
 */
export function perspective(
  picture: Picture,
  startpoints: readonly Point[],
  endpoints: readonly Point[],
  options: WarpOptions = {},
): Picture {
  checkPicture("perspective", picture);
  checkOptions("perspective", options, ["interpolation", "fill"]);
  checkWarp("perspective", options);
  const { interpolation = "bilinear", fill = 0 } = options;
  const coefficients = perspectiveCoefficients(startpoints, endpoints);
  const [a, b, c, d, e, f, g, h] = coefficients as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const { width, height, channels, data } = picture;
  const bytes = fillBytes("perspective", fill, channels);
  const target = new Uint8Array(data.length);
  const place = (row: Row, y: number) => {
    const v = y + 0.5;
    for (let x = 0; x < width; x++) {
      const u = x + 0.5;
      const distance = g * u + h * v + 1;
      row.x[x] = (a * u + b * v + c) / distance - 0.5;
      row.y[x] = (d * u + e * v + f) / distance - 0.5;
    }
  };
  warp(picture, width, height, interpolation, bytes, place, target);
  return { width, height, channels, data: target };
}

/**
 * Takes each pixel from a place beside it. `displacement`: `[height, width, 2]`, for each pixel x and y of the step to its source, in
 * halves of the picture's width and height (torchvision's unit). Default interpolation "bilinear".
 */
export function elastic(picture: Picture, displacement: Float32Array, options: WarpOptions = {}): Picture {
  checkPicture("elastic", picture);
  checkOptions("elastic", options, ["interpolation", "fill"]);
  checkWarp("elastic", options);
  const { interpolation = "bilinear", fill = 0 } = options;
  const { width, height, channels, data } = picture;
  if (displacement.length !== width * height * 2) {
    throw new ShapeError(
      `elastic: displacement must be [${height}, ${width}, 2] for this picture, ${width * height * 2} numbers; got ${displacement.length}`,
    );
  }
  const bytes = fillBytes("elastic", fill, channels);
  const target = new Uint8Array(data.length);
  if (interpolation === "bilinear") sampleBent(picture, displacement, bytes, target);
  else warp(picture, width, height, interpolation, bytes, besideEach(displacement, width, height), target);
  return { width, height, channels, data: target };
}

function besideEach(
  displacement: Float32Array,
  width: number,
  height: number,
): (row: Row, y: number) => void {
  return (row, y) => {
    let at = y * width * 2;
    for (let x = 0; x < width; x++, at += 2) {
      row.x[x] = x + (displacement[at]! * width) / 2;
      row.y[x] = y + (displacement[at + 1]! * height) / 2;
    }
  };
}

/** `elastic` by a random field, without its checks, to `target`. */
export function elasticInto(
  picture: Picture,
  recipe: FieldRecipe,
  interpolation: WarpInterpolation,
  fill: Uint8Array,
  target: Uint8Array,
): void {
  if (interpolation === "bilinear") {
    sampleRandomlyBent(picture, recipe, fill, target);
    return;
  }
  const { width, height } = picture;
  const place = besideEach(smoothFields(width, height, recipe), width, height);
  warp(picture, width, height, interpolation, fill, place, target);
}
