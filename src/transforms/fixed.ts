// Steps that leave nothing to chance: what evaluation, prediction and a page that only uses a model need.
import { OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { borderColour, letterbox, type Picture } from "../picture/picture.ts";
import { checkFill, checkPicture, checkSize, type Fill, fillBytes, shown } from "./functional/check.ts";
import {
  centerCrop,
  checkPad,
  checkResize,
  type Padding,
  type PadOptions,
  type PictureShape,
  pad,
  paddingOf,
  type ResizeOptions,
  type ResizeSize,
  resize,
  resizedSize,
} from "./functional/geometry.ts";
import { grayscaleToRgb, rgbToGrayscale } from "./functional/grey.ts";
import { FixedTransform } from "./transform.ts";

/**
 * Another size. A number is the length of the shorter edge, with the aspect ratio kept; `[height, width]` is exact, and stretches where the
 * ratio differs. Shrinks with antialias, as Pillow does, byte for byte.
 */
export class Resize extends FixedTransform {
  override readonly name = "Resize";
  readonly size: ResizeSize;
  readonly options: Required<ResizeOptions>;

  constructor(size: ResizeSize, options: ResizeOptions = {}) {
    super();
    checkResize("Resize", size, options);
    this.size = size;
    this.options = { interpolation: "bilinear", maxSize: null, antialias: true, ...options };
  }

  override apply(picture: Picture): Picture {
    return resize(picture, this.size, this.options);
  }

  override outputShape(shape: PictureShape): PictureShape {
    const [height, width] = resizedSize(shape, this.size, this.options.maxSize);
    return { ...shape, height, width };
  }

  protected override settings(): object {
    return { size: this.size, ...this.options };
  }
}

/** The middle of the picture, a square or `[height, width]`; a smaller picture gets a border of 0. */
export class CenterCrop extends FixedTransform {
  override readonly name = "CenterCrop";
  readonly size: readonly [number, number];

  constructor(size: ResizeSize) {
    super();
    this.size = checkSize("CenterCrop", size);
  }

  override apply(picture: Picture): Picture {
    return centerCrop(picture, this.size);
  }

  override outputShape(shape: PictureShape): PictureShape {
    return { ...shape, height: this.size[0], width: this.size[1] };
  }

  protected override settings(): object {
    return { size: this.size };
  }
}

/**
 * A border: `padding` pixels on all sides, `[left and right, top and bottom]`, or `[left, top, right, bottom]`.
 */
export class Pad extends FixedTransform {
  override readonly name = "Pad";
  readonly padding: Padding;
  readonly options: Required<PadOptions>;

  constructor(padding: Padding, options: PadOptions = {}) {
    super();
    paddingOf("Pad", padding);
    checkOptions("Pad", options, ["fill", "paddingMode"]);
    checkPad("Pad", options);
    this.padding = padding;
    this.options = { fill: 0, paddingMode: "constant", ...options };
  }

  override apply(picture: Picture): Picture {
    return pad(picture, this.padding, this.options);
  }

  override outputShape({ width, height, channels }: PictureShape): PictureShape {
    const [left, top, right, bottom] = paddingOf("Pad", this.padding);
    return { width: width + left + right, height: height + top + bottom, channels };
  }

  protected override settings(): object {
    return { padding: this.padding, ...this.options };
  }
}

/**
 * The whole picture within a square or `[height, width]`, its aspect ratio kept, in the middle; bands beside it take `fill`, by default
 * ("border") the colour that its edges have.
 */
export class Letterbox extends FixedTransform {
  override readonly name = "Letterbox";
  readonly size: readonly [number, number];
  readonly fill: Fill | "border";

  constructor(size: ResizeSize, { fill = "border" }: { readonly fill?: Fill | "border" } = {}) {
    super();
    this.size = checkSize("Letterbox", size);
    if (fill !== "border") checkFill("Letterbox", fill);
    this.fill = fill;
  }

  override apply(picture: Picture): Picture {
    checkPicture("Letterbox", picture);
    const fill =
      this.fill === "border"
        ? borderColour(picture)
        : [...fillBytes("Letterbox", this.fill, picture.channels)];
    return letterbox(picture, this.size[1], this.size[0], fill);
  }

  override outputShape(shape: PictureShape): PictureShape {
    return { ...shape, height: this.size[0], width: this.size[1] };
  }

  protected override settings(): object {
    return { size: this.size, fill: this.fill };
  }
}

/** Grey in 1 channel, or in 3 equal ones; what is transparent shows white. */
export class Grayscale extends FixedTransform {
  override readonly name = "Grayscale";
  readonly numOutputChannels: number;

  constructor(numOutputChannels = 1) {
    super();
    if (numOutputChannels !== 1 && numOutputChannels !== 3) {
      throw new OptionError(
        `Grayscale: numOutputChannels must be 1, or 3 for three equal ones; got ${shown(numOutputChannels)}`,
      );
    }
    this.numOutputChannels = numOutputChannels;
  }

  override apply(picture: Picture): Picture {
    return rgbToGrayscale(picture, this.numOutputChannels);
  }

  override outputShape(shape: PictureShape): PictureShape {
    return { ...shape, channels: this.numOutputChannels };
  }

  protected override settings(): object {
    return { numOutputChannels: this.numOutputChannels };
  }
}

/** Three channels, whatever the picture had; what is transparent shows white. */
export class RGB extends FixedTransform {
  override readonly name = "RGB";

  override apply(picture: Picture): Picture {
    return grayscaleToRgb(picture);
  }

  override outputShape(shape: PictureShape): PictureShape {
    return { ...shape, channels: 3 };
  }

  protected override settings(): object {
    return {};
  }
}
