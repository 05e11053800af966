// Another angle: rotation, affine maps, perspective, elastic bending.
import { OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { Picture } from "../picture/picture.ts";
import type { Random } from "../tensor/random.ts";
import {
  checkNumber,
  checkPicture,
  checkSpan,
  FillBytes,
  pairOf,
  type Span,
  shown,
  symmetricSpan,
} from "./functional/check.ts";
import { fieldRecipe } from "./functional/filter.ts";
import type { PictureShape } from "./functional/geometry.ts";
import {
  type AffineOptions,
  affineInto,
  checkWarp,
  elasticInto,
  expandedSize,
  type Point,
  perspective,
  type RotateOptions,
  rotate,
  type WarpOptions,
} from "./functional/warp.ts";
import { between, drawSeed, OptionalTransform, Transform, wholeBetween } from "./transform.ts";

/**
 * Turned by an angle from `[−degrees, degrees]` or the two given, counterclockwise. Default interpolation "nearest", as torchvision's;
 * "bilinear" is smoother.
 */
export class RandomRotation extends Transform<{ readonly angle: number }> {
  override readonly name = "RandomRotation";
  readonly degrees: readonly [number, number];
  readonly options: Required<RotateOptions>;

  constructor(degrees: Span, options: RotateOptions = {}) {
    super();
    checkOptions("RandomRotation", options, ["interpolation", "expand", "center", "fill"]);
    checkWarp("RandomRotation", options);
    this.degrees = symmetricSpan("RandomRotation", "degrees", degrees);
    this.options = { interpolation: "nearest", expand: false, center: null, fill: 0, ...options };
  }

  override get deterministic(): boolean {
    return this.degrees[0] === this.degrees[1];
  }

  override draw(random: Random): { readonly angle: number } {
    return { angle: between(random, this.degrees) };
  }

  override apply(picture: Picture, { angle }: { readonly angle: number }): Picture {
    return rotate(picture, angle, this.options);
  }

  override outputShape(shape: PictureShape, { angle }: { readonly angle: number }): PictureShape {
    return this.options.expand ? { ...shape, ...expandedSize(shape, angle) } : shape;
  }

  protected override settings(): object {
    return { degrees: this.degrees, ...this.options };
  }
}

/** How an affine map is drawn. */
export interface RandomAffineOptions extends AffineOptions {
  /** Largest shift along x and y, as fractions of width and height. Default none. */
  readonly translate?: readonly [number, number] | null;
  /** Smallest and largest factor of size. Default none. */
  readonly scale?: readonly [number, number] | null;
  /** Degrees along x from `[−s, s]` or two given; four numbers give those along y as well. Default none. */
  readonly shear?: number | readonly number[] | null;
}

/** What `RandomAffine` draws. */
export interface RandomAffineParams {
  readonly angle: number;
  readonly translate: Point;
  readonly scale: number;
  readonly shear: Point;
}

/** Turned, shifted, scaled and sheared at once, about the middle or `center`. Default interpolation "nearest". */
export class RandomAffine extends Transform<RandomAffineParams> {
  override readonly name = "RandomAffine";
  readonly degrees: readonly [number, number];
  readonly translate: readonly [number, number] | null;
  readonly scale: readonly [number, number] | null;
  /** Smallest and largest shear along x, and perhaps along y. */
  readonly shear: readonly number[] | null;
  readonly options: Required<AffineOptions>;
  readonly #fill: FillBytes;

  constructor(degrees: Span, options: RandomAffineOptions = {}) {
    super();
    const op = "RandomAffine";
    const { translate = null, scale = null, shear = null, ...warp } = options;
    checkOptions(op, options, ["translate", "scale", "shear", "interpolation", "fill", "center"]);
    checkWarp(op, warp);
    this.degrees = symmetricSpan(op, "degrees", degrees);
    this.translate = translate === null ? null : shiftOf(op, translate);
    this.scale = scale === null ? null : checkSpan(op, "scale", scale, { least: 0, above: true });
    this.shear = shear === null ? null : shearOf(op, shear);
    this.options = { interpolation: "nearest", fill: 0, center: null, ...warp };
    this.#fill = new FillBytes(op, this.options.fill);
  }

  override draw(random: Random, { width, height }: PictureShape): RandomAffineParams {
    const angle = between(random, this.degrees);
    const translate = this.translate
      ? ([
          drawShift(random, this.translate[0] * width),
          drawShift(random, this.translate[1] * height),
        ] as const)
      : still;
    const scale = this.scale ? between(random, this.scale) : 1;
    const shear = this.shear ? drawShear(random, this.shear) : still;
    return { angle, translate, scale, shear };
  }

  override apply(picture: Picture, params: RandomAffineParams): Picture {
    return withSameSize(this, picture, params);
  }

  override applyInto(picture: Picture, params: RandomAffineParams, target: Uint8Array): void {
    checkPicture(this.name, picture);
    const { interpolation, center } = this.options;
    affineInto(picture, params, { interpolation, center, fill: this.#fill.of(picture.channels) }, target);
  }

  protected override settings(): object {
    const { degrees, translate, scale, shear, options } = this;
    return { degrees, translate, scale, shear, ...options };
  }
}

const still: Point = [0, 0];

function drawShift(random: Random, most: number): number {
  return Math.round(between(random, [-most, most]));
}

function drawShear(random: Random, [x0, x1, y0, y1]: readonly number[]): Point {
  const alongX = between(random, [x0!, x1!]);
  return [alongX, y0 === undefined ? 0 : between(random, [y0, y1!])];
}

/** `apply` by way of `applyInto`, where sizes stay. */
function withSameSize<P>(step: Transform<P>, picture: Picture, params: P): Picture {
  const { width, height, channels, data } = picture;
  const target = new Uint8Array(data.length);
  step.applyInto(picture, params, target);
  return { width, height, channels, data: target };
}

function shiftOf(op: string, translate: readonly [number, number]): readonly [number, number] {
  if (Array.isArray(translate) && translate.length === 2 && translate.every((t) => t >= 0 && t <= 1)) {
    return translate;
  }
  throw new OptionError(
    `${op}: translate must be the largest shifts [x, y] as fractions 0 to 1 of width and height; got ${shown(translate)}`,
  );
}

function shearOf(op: string, shear: number | readonly number[]): readonly number[] {
  if (typeof shear === "number") return symmetricSpan(op, "shear", shear);
  if (Array.isArray(shear) && shear.length === 4) {
    return [...checkSpan(op, "shear", shear.slice(0, 2)), ...checkSpan(op, "shear", shear.slice(2))];
  }
  if (Array.isArray(shear) && shear.length === 2) return checkSpan(op, "shear", shear);
  throw new OptionError(
    `${op}: shear must be a number of degrees, [smallest, largest] along x, or those along x and along y; got ${shown(shear)}`,
  );
}

/** What `RandomPerspective` draws: where the corners go. */
export interface RandomPerspectiveParams {
  readonly startpoints: readonly Point[];
  readonly endpoints: readonly Point[];
}

/**
 * Seen from the side, with probability p: each corner moves inwards by up to half of `distortionScale` of the picture's width and height.
 * Default interpolation "bilinear".
 */
export class RandomPerspective extends OptionalTransform<RandomPerspectiveParams> {
  override readonly name = "RandomPerspective";
  readonly distortionScale: number;
  readonly options: Required<WarpOptions>;

  constructor(distortionScale = 0.5, p = 0.5, options: WarpOptions = {}) {
    super("RandomPerspective", p);
    checkNumber("RandomPerspective", "distortionScale", distortionScale, { least: 0, most: 1 });
    checkOptions("RandomPerspective", options, ["interpolation", "fill"]);
    checkWarp("RandomPerspective", options);
    this.distortionScale = distortionScale;
    this.options = { interpolation: "bilinear", fill: 0, ...options };
  }

  protected override drawTaken(
    random: Random,
    { width, height }: PictureShape,
  ): RandomPerspectiveParams | null {
    // Fewer than 2 × 2 pixels have no four corners.
    if (width < 2 || height < 2) return null;
    const inX = Math.floor(this.distortionScale * (width >> 1));
    const inY = Math.floor(this.distortionScale * (height >> 1));
    const corner = (atRight: boolean, atBottom: boolean): Point => [
      atRight ? wholeBetween(random, width - 1 - inX, width - 1) : wholeBetween(random, 0, inX),
      atBottom ? wholeBetween(random, height - 1 - inY, height - 1) : wholeBetween(random, 0, inY),
    ];
    return {
      startpoints: [
        [0, 0],
        [width - 1, 0],
        [width - 1, height - 1],
        [0, height - 1],
      ],
      endpoints: [corner(false, false), corner(true, false), corner(true, true), corner(false, true)],
    };
  }

  protected override applyTaken(picture: Picture, params: RandomPerspectiveParams): Picture {
    return perspective(picture, params.startpoints, params.endpoints, this.options);
  }

  protected override settings(): object {
    return { distortionScale: this.distortionScale, p: this.p, ...this.options };
  }
}

/** How a picture is bent. */
export interface ElasticOptions extends WarpOptions {
  /** Strength, for both axes or `[x, y]`: each pixel moves by up to half of it before smoothing. Default 50. */
  readonly alpha?: Span;
  /** Smoothness in pixels, for both axes or `[x, y]`. Default 5. */
  readonly sigma?: Span;
}

/**
 * Bent like the surface of water: each pixel comes from a random place beside it, and neighbours from similar ones. Default
 * interpolation "bilinear". Source: Simard, Steinkraus, Platt, "Best practices for convolutional neural networks", 2003.
 */
export class ElasticTransform extends Transform<{ readonly seed: number }> {
  override readonly name = "ElasticTransform";
  readonly alpha: readonly [number, number];
  readonly sigma: readonly [number, number];
  readonly options: Required<WarpOptions>;
  readonly #fill: FillBytes;

  constructor(options: ElasticOptions = {}) {
    super();
    const { alpha = 50, sigma = 5, ...warp } = options;
    checkOptions("ElasticTransform", options, ["alpha", "sigma", "interpolation", "fill"]);
    checkWarp("ElasticTransform", warp);
    this.alpha = pairOf("ElasticTransform", "alpha", alpha, { least: 0 });
    this.sigma = pairOf("ElasticTransform", "sigma", sigma, { least: 0 });
    this.options = { interpolation: "bilinear", fill: 0, ...warp };
    this.#fill = new FillBytes("ElasticTransform", this.options.fill);
  }

  override draw(random: Random): { readonly seed: number } {
    return { seed: drawSeed(random) };
  }

  override apply(picture: Picture, params: { readonly seed: number }): Picture {
    return withSameSize(this, picture, params);
  }

  override applyInto(picture: Picture, { seed }: { readonly seed: number }, target: Uint8Array): void {
    checkPicture(this.name, picture);
    const recipe = fieldRecipe(picture, this.alpha, this.sigma, seed);
    const fill = this.#fill.of(picture.channels);
    elasticInto(picture, recipe, this.options.interpolation, fill, target);
  }

  protected override settings(): object {
    return { alpha: this.alpha, sigma: this.sigma, ...this.options };
  }
}
