// Things in front of the motif: erased boxes, squares, grids of holes.
import { checkOptions } from "../base/options.ts";
import type { Picture } from "../picture/picture.ts";
import type { Random } from "../tensor/random.ts";
import { checkFill, checkNumber, checkSize, checkSpan, type Fill, FillBytes } from "./functional/check.ts";
import type { Box, PictureShape, ResizeSize } from "./functional/geometry.ts";
import { eraseBoxes, gridHoles } from "./functional/occlusion.ts";
import { between, copyInto, drawSeed, OptionalTransform, wholeBetween } from "./transform.ts";

/** What hidden pixels become: bytes, or other random bytes in each pixel. */
export type HiddenValue = Fill | "random";

/** Boxes to hide, and the seed of random bytes. */
export interface Hidden {
  readonly boxes: readonly Box[];
  readonly seed: number;
}

abstract class Hiding extends OptionalTransform<Hidden> {
  readonly value: HiddenValue;
  /** Null for random bytes. */
  readonly #fill: FillBytes | null;

  constructor(name: string, p: number, value: HiddenValue) {
    super(name, p);
    if (value !== "random") checkFill(name, value, "value", ', or "random"');
    this.value = value;
    this.#fill = value === "random" ? null : new FillBytes(name, value, "value");
  }

  protected override applyTaken(picture: Picture, params: Hidden): Picture {
    const data = picture.data.slice();
    this.applyTakenInto(picture, params, data);
    return { ...picture, data };
  }

  protected override applyTakenInto(picture: Picture, { boxes, seed }: Hidden, target: Uint8Array): void {
    copyInto(picture, target);
    eraseBoxes(picture, target, boxes, this.#fill?.of(picture.channels) ?? null, seed);
  }
}

/** How a box is drawn. */
export interface RandomErasingOptions {
  /** Shares of the picture's area. Default [0.02, 0.33]. */
  readonly scale?: readonly [number, number];
  /** Height over width. Default [0.3, 3.3]. */
  readonly ratio?: readonly [number, number];
  /** Bytes 0 … 255, or "random". Default 0. */
  readonly value?: HiddenValue;
}

/**
 * A box hidden with probability p, of random area (even in `scale`) and ratio (even in the logarithm), anywhere within the picture. Source:
 * Zhong et al., "Random erasing data augmentation", 2017.
 */
export class RandomErasing extends Hiding {
  override readonly name = "RandomErasing";
  readonly scale: readonly [number, number];
  readonly ratio: readonly [number, number];
  readonly #logRatio: readonly [number, number];

  constructor(p = 0.5, options: RandomErasingOptions = {}) {
    const { scale = [0.02, 0.33], ratio = [0.3, 3.3], value = 0 } = options;
    super("RandomErasing", p, value);
    checkOptions("RandomErasing", options, ["scale", "ratio", "value"]);
    this.scale = checkSpan("RandomErasing", "scale", scale, { least: 0, most: 1 });
    this.ratio = checkSpan("RandomErasing", "ratio", ratio, { least: 0, above: true });
    this.#logRatio = [Math.log(this.ratio[0]), Math.log(this.ratio[1])];
  }

  protected override drawTaken(random: Random, { width, height }: PictureShape): Hidden | null {
    for (let tries = 0; tries < 10; tries++) {
      const area = height * width * between(random, this.scale);
      const aspect = Math.exp(between(random, this.#logRatio));
      const h = Math.round(Math.sqrt(area * aspect));
      const w = Math.round(Math.sqrt(area / aspect));
      if (h >= height || w >= width || h === 0 || w === 0) continue;
      const top = wholeBetween(random, 0, height - h);
      const left = wholeBetween(random, 0, width - w);
      return { boxes: [{ top, left, height: h, width: w }], seed: drawSeed(random) };
    }
    return null;
  }

  protected override settings(): object {
    return { p: this.p, scale: this.scale, ratio: this.ratio, value: this.value };
  }
}

/** How many squares hide a picture, and how. */
export interface CutoutOptions {
  /** Default 1. */
  readonly holes?: number;
  /** Bytes 0 … 255, or "random". Default 0. */
  readonly value?: HiddenValue;
  /** Default 1: always. */
  readonly p?: number;
}

/**
 * A square of `size` pixels (or `[height, width]`) hidden, whose middle is anywhere in the picture, so that part of it may lie outside. Source:
 * DeVries, Taylor, "Improved regularization of convolutional neural networks with cutout", 2017.
 */
export class Cutout extends Hiding {
  override readonly name = "Cutout";
  readonly size: readonly [number, number];
  readonly holes: number;

  constructor(size: ResizeSize, options: CutoutOptions = {}) {
    const { holes = 1, value = 0, p = 1 } = options;
    super("Cutout", p, value);
    checkOptions("Cutout", options, ["holes", "value", "p"]);
    checkNumber("Cutout", "holes", holes, { least: 1, whole: true });
    this.size = checkSize("Cutout", size);
    this.holes = holes;
  }

  protected override drawTaken(random: Random, shape: PictureShape): Hidden {
    const [height, width] = this.size;
    const boxes = Array.from({ length: this.holes }, () => ({
      top: random.integer(shape.height) - (height >> 1),
      left: random.integer(shape.width) - (width >> 1),
      height,
      width,
    }));
    return { boxes, seed: drawSeed(random) };
  }

  protected override settings(): object {
    return { size: this.size, holes: this.holes, value: this.value, p: this.p };
  }
}

/** How a grid of holes is drawn. */
export interface GridMaskOptions {
  /** Smallest and largest cell, as fractions of the picture's shorter edge. Default [0.4, 1]. */
  readonly unit?: readonly [number, number];
  /** What share of a cell's edge stays visible; holes take (1 − ratio)² of the area. Default 0.6. */
  readonly ratio?: number;
  /** Bytes 0 … 255, or "random". Default 0. */
  readonly value?: HiddenValue;
  /** Default 0.5. */
  readonly p?: number;
}

/** A grid of square holes at a random place, with probability p. Source: Chen et al., "GridMask data augmentation", 2020. */
export class GridMask extends Hiding {
  override readonly name = "GridMask";
  readonly unit: readonly [number, number];
  readonly ratio: number;

  constructor(options: GridMaskOptions = {}) {
    const { unit = [0.4, 1], ratio = 0.6, value = 0, p = 0.5 } = options;
    super("GridMask", p, value);
    checkOptions("GridMask", options, ["unit", "ratio", "value", "p"]);
    this.unit = checkSpan("GridMask", "unit", unit, { least: 0, most: 1, above: true });
    checkNumber("GridMask", "ratio", ratio, { least: 0, most: 1 });
    this.ratio = ratio;
  }

  protected override drawTaken(random: Random, shape: PictureShape): Hidden | null {
    const unit = Math.max(2, Math.round(Math.min(shape.width, shape.height) * between(random, this.unit)));
    const hole = Math.round((1 - this.ratio) * unit);
    if (hole === 0) return null;
    const offset = [random.integer(unit), random.integer(unit)] as const;
    return { boxes: gridHoles(shape, unit, hole, offset), seed: drawSeed(random) };
  }

  protected override settings(): object {
    return { unit: this.unit, ratio: this.ratio, value: this.value, p: this.p };
  }
}
