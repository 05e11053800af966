// Another place and another distance: random crops and mirrors.
import { ShapeError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { Picture } from "../picture/picture.ts";
import type { Interpolation } from "../picture/resample.ts";
import type { Random } from "../tensor/random.ts";
import { Compose } from "./compose.ts";
import { CenterCrop, Resize } from "./fixed.ts";
import { checkSize, checkSpan } from "./functional/check.ts";
import {
  type Box,
  checkPad,
  checkResize,
  crop,
  horizontalFlip,
  type Padding,
  type PadOptions,
  type PictureShape,
  pad,
  paddingOf,
  type ResizeSize,
  resize,
  verticalFlip,
} from "./functional/geometry.ts";
import { between, type Step, Toss, Transform, wholeBetween } from "./transform.ts";

/** Mirrored left to right with probability p. */
export class RandomHorizontalFlip extends Toss {
  override readonly name = "RandomHorizontalFlip";

  constructor(p = 0.5) {
    super("RandomHorizontalFlip", p);
  }

  protected override applyTaken(picture: Picture): Picture {
    return horizontalFlip(picture);
  }

  protected override settings(): object {
    return { p: this.p };
  }
}

/** Mirrored upside down with probability p. */
export class RandomVerticalFlip extends Toss {
  override readonly name = "RandomVerticalFlip";

  constructor(p = 0.5) {
    super("RandomVerticalFlip", p);
  }

  protected override applyTaken(picture: Picture): Picture {
    return verticalFlip(picture);
  }

  protected override settings(): object {
    return { p: this.p };
  }
}

/** How a random crop treats its edges. */
export interface RandomCropOptions extends PadOptions {
  /** Border that is added first. Default none. */
  readonly padding?: Padding | null;
  /** Adds as much border as a picture that is too small needs. Default false. */
  readonly padIfNeeded?: boolean;
}

/** What `RandomCrop` draws: the border, and the crop within the bordered picture. */
export interface RandomCropParams {
  readonly padding: readonly [left: number, top: number, right: number, bottom: number];
  readonly top: number;
  readonly left: number;
}

/**
 * A piece of the given size (a square's edge, or `[height, width]`) from anywhere, all places equally likely. `draw` throws ShapeError for
 * pictures that are smaller. For evaluation: the middle.
 */
export class RandomCrop extends Transform<RandomCropParams> {
  override readonly name = "RandomCrop";
  readonly size: readonly [number, number];
  readonly options: Required<RandomCropOptions>;

  constructor(size: ResizeSize, options: RandomCropOptions = {}) {
    super();
    checkOptions("RandomCrop", options, ["padding", "padIfNeeded", "fill", "paddingMode"]);
    this.size = checkSize("RandomCrop", size);
    this.options = { padding: null, padIfNeeded: false, fill: 0, paddingMode: "constant", ...options };
    if (this.options.padding !== null) paddingOf("RandomCrop", this.options.padding);
    checkPad("RandomCrop", this.options);
  }

  override draw(random: Random, shape: PictureShape): RandomCropParams {
    const [height, width] = this.size;
    let [left, top, right, bottom] = paddingOf("RandomCrop", this.options.padding ?? 0);
    if (this.options.padIfNeeded) {
      // As much on both sides, so that the picture may lie anywhere in the crop.
      const wider = Math.max(0, width - (shape.width + left + right));
      const taller = Math.max(0, height - (shape.height + top + bottom));
      [left, right, top, bottom] = [left + wider, right + wider, top + taller, bottom + taller];
    }
    const spareHeight = shape.height + top + bottom - height;
    const spareWidth = shape.width + left + right - width;
    if (spareHeight < 0 || spareWidth < 0) {
      const bordered = this.options.padding === null ? "" : " (with its padding)";
      throw new ShapeError(
        `RandomCrop: a crop of ${height} × ${width} (height × width) does not fit into a picture of ${shape.height + top + bottom} × ${shape.width + left + right}${bordered}. ` +
          "Give padding or padIfNeeded: true, or put a Resize before",
      );
    }
    return {
      padding: [left, top, right, bottom],
      top: wholeBetween(random, 0, spareHeight),
      left: wholeBetween(random, 0, spareWidth),
    };
  }

  override apply(picture: Picture, { padding, top, left }: RandomCropParams): Picture {
    const { fill, paddingMode } = this.options;
    const bordered = padding.some((pixels) => pixels > 0)
      ? pad(picture, padding, { fill, paddingMode })
      : picture;
    return crop(bordered, top, left, this.size[0], this.size[1]);
  }

  override outputShape(shape: PictureShape): PictureShape {
    return { ...shape, height: this.size[0], width: this.size[1] };
  }

  override forEvaluation(): Step {
    return new CenterCrop(this.size);
  }

  protected override settings(): object {
    return { size: this.size, ...this.options };
  }
}

/** How a crop is drawn that is resized afterwards. */
export interface RandomResizedCropOptions {
  /** Shares of the picture's area. Default [0.08, 1]. */
  readonly scale?: readonly [number, number];
  /** Width over height. Default [3 / 4, 4 / 3]. */
  readonly ratio?: readonly [number, number];
  /** Default "bilinear". */
  readonly interpolation?: Interpolation;
  /** Default true. */
  readonly antialias?: boolean;
}

/**
 * A piece of random area (even in `scale`) and ratio (even in the logarithm), brought to the given size: objects come near and go far.
 * Where ten tries do not fit, the middle with the nearest ratio. For evaluation: shorter edge to 8/7 of the size, and of that the middle.
 * Source: Szegedy et al., "Going deeper with convolutions", 2015.
 */
export class RandomResizedCrop extends Transform<Box> {
  override readonly name = "RandomResizedCrop";
  readonly size: readonly [number, number];
  readonly options: Required<RandomResizedCropOptions>;

  constructor(size: ResizeSize, options: RandomResizedCropOptions = {}) {
    super();
    checkOptions("RandomResizedCrop", options, ["scale", "ratio", "interpolation", "antialias"]);
    this.size = checkSize("RandomResizedCrop", size);
    this.options = {
      scale: [0.08, 1],
      ratio: [3 / 4, 4 / 3],
      interpolation: "bilinear",
      antialias: true,
      ...options,
    };
    const { scale, ratio, interpolation } = this.options;
    checkSpan("RandomResizedCrop", "scale", scale, { least: 0, most: 1, above: true });
    checkSpan("RandomResizedCrop", "ratio", ratio, { least: 0, above: true });
    checkResize("RandomResizedCrop", this.size, { interpolation });
  }

  override draw(random: Random, { width, height }: PictureShape): Box {
    const { scale, ratio } = this.options;
    const logRatio = [Math.log(ratio[0]), Math.log(ratio[1])] as const;
    for (let tries = 0; tries < 10; tries++) {
      const area = height * width * between(random, scale);
      const aspect = Math.exp(between(random, logRatio));
      const w = Math.round(Math.sqrt(area * aspect));
      const h = Math.round(Math.sqrt(area / aspect));
      if (w > 0 && w <= width && h > 0 && h <= height) {
        const top = wholeBetween(random, 0, height - h);
        return { top, left: wholeBetween(random, 0, width - w), height: h, width: w };
      }
    }
    const aspect = Math.min(Math.max(width / height, ratio[0]), ratio[1]);
    const w = Math.min(width, Math.max(1, Math.round(height * aspect)));
    const h = Math.min(height, Math.max(1, Math.round(width / aspect)));
    return { top: (height - h) >> 1, left: (width - w) >> 1, height: h, width: w };
  }

  override apply(picture: Picture, { top, left, height, width }: Box): Picture {
    const { interpolation, antialias } = this.options;
    return resize(crop(picture, top, left, height, width), this.size, { interpolation, antialias });
  }

  override outputShape(shape: PictureShape): PictureShape {
    return { ...shape, height: this.size[0], width: this.size[1] };
  }

  override forEvaluation(): Step {
    const { interpolation, antialias } = this.options;
    const edge = Math.round((Math.max(...this.size) * 256) / 224);
    return new Compose([new Resize(edge, { interpolation, antialias }), new CenterCrop(this.size)]);
  }

  protected override settings(): object {
    return { size: this.size, ...this.options };
  }
}
