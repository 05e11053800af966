// Other light: brightness, contrast, colour, tone curves.
import { checkOptions } from "../base/options.ts";
import type { Picture } from "../picture/picture.ts";
import type { Random } from "../tensor/random.ts";
import { checkNumber, checkSpan, type Span } from "./functional/check.ts";
import { adjustHue, adjustSaturation } from "./functional/color.ts";
import { adjustSharpness } from "./functional/filter.ts";
import { rgbToGrayscale } from "./functional/grey.ts";
import {
  adjustBrightness,
  adjustContrast,
  adjustGamma,
  autocontrast,
  equalize,
  invert,
  posterize,
  solarize,
} from "./functional/tone.ts";
import { between, OptionalTransform, Toss, Transform } from "./transform.ts";

/** How far colours are changed; each a number for both directions, or `[smallest, largest]` factor. */
export interface ColorJitterOptions {
  /** Factors from `[max(0, 1 − b), 1 + b]`. Default 0: none. */
  readonly brightness?: Span;
  /** Factors from `[max(0, 1 − c), 1 + c]`. Default 0. */
  readonly contrast?: Span;
  /** Factors from `[max(0, 1 − s), 1 + s]`. Default 0. */
  readonly saturation?: Span;
  /** Turns of the circle of colours from `[−h, h]`, at most 0.5. Default 0. */
  readonly hue?: Span;
}

const jitters = ["brightness", "contrast", "saturation", "hue"] as const;
type Jitter = (typeof jitters)[number];
const adjust = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: adjustHue,
};

/** Brightness, contrast, saturation and hue, each by a random factor, in random order. Grey pictures have no saturation and hue. */
export class ColorJitter extends Transform<readonly (readonly [Jitter, number])[]> {
  override readonly name = "ColorJitter";
  /** Smallest and largest factor of those that change anything. */
  readonly ranges: Readonly<Partial<Record<Jitter, readonly [number, number]>>>;

  constructor(options: ColorJitterOptions = {}) {
    super();
    checkOptions("ColorJitter", options, jitters);
    const ranges: Partial<Record<Jitter, readonly [number, number]>> = {};
    for (const name of jitters) {
      const range = factorRange(name, options[name] ?? 0);
      const neutral = name === "hue" ? 0 : 1;
      if (range[0] !== neutral || range[1] !== neutral) ranges[name] = range;
    }
    this.ranges = ranges;
  }

  override draw(random: Random): readonly (readonly [Jitter, number])[] {
    return [...random.permutation(jitters.length)].flatMap((i) => {
      const name = jitters[i]!;
      const range = this.ranges[name];
      return range ? [[name, between(random, range)] as const] : [];
    });
  }

  override apply(picture: Picture, params: readonly (readonly [Jitter, number])[]): Picture {
    return params.reduce((current, [name, factor]) => adjust[name](current, factor), picture);
  }

  protected override settings(): object {
    return this.ranges;
  }
}

function factorRange(name: Jitter, value: Span): readonly [number, number] {
  const range = name === "hue" ? { least: -0.5, most: 0.5 } : { least: 0 };
  if (typeof value !== "number") return checkSpan("ColorJitter", name, value, range);
  checkNumber("ColorJitter", name, value, name === "hue" ? { least: 0, most: 0.5 } : { least: 0 });
  return name === "hue" ? [-value, value] : [Math.max(0, 1 - value), 1 + value];
}

/** A step with nothing but its probability. */
abstract class ByChance extends Toss {
  protected override settings(): object {
    return { p: this.p };
  }
}

/** Grey in as many channels as the picture has, with probability p. */
export class RandomGrayscale extends ByChance {
  override readonly name = "RandomGrayscale";

  constructor(p = 0.1) {
    super("RandomGrayscale", p);
  }

  protected override applyTaken(picture: Picture): Picture {
    return rgbToGrayscale(picture, picture.channels);
  }
}

/** Each channel stretched to 0 … 255, with probability p. */
export class RandomAutocontrast extends ByChance {
  override readonly name = "RandomAutocontrast";

  constructor(p = 0.5) {
    super("RandomAutocontrast", p);
  }

  protected override applyTaken(picture: Picture): Picture {
    return autocontrast(picture);
  }
}

/** Each channel's bytes made about equally frequent, with probability p. */
export class RandomEqualize extends ByChance {
  override readonly name = "RandomEqualize";

  constructor(p = 0.5) {
    super("RandomEqualize", p);
  }

  protected override applyTaken(picture: Picture): Picture {
    return equalize(picture);
  }
}

/** Light and dark exchanged, with probability p. */
export class RandomInvert extends ByChance {
  override readonly name = "RandomInvert";

  constructor(p = 0.5) {
    super("RandomInvert", p);
  }

  protected override applyTaken(picture: Picture): Picture {
    return invert(picture);
  }
}

/** Only the highest `bits` bits of each byte, 0 … 8, with probability p. */
export class RandomPosterize extends Toss {
  override readonly name = "RandomPosterize";
  readonly bits: number;

  constructor(bits: number, p = 0.5) {
    super("RandomPosterize", p);
    checkNumber("RandomPosterize", "bits", bits, { least: 0, most: 8, whole: true });
    this.bits = bits;
  }

  protected override applyTaken(picture: Picture): Picture {
    return posterize(picture, this.bits);
  }

  protected override settings(): object {
    return { bits: this.bits, p: this.p };
  }
}

/** Bytes from `threshold` up inverted, with probability p. */
export class RandomSolarize extends Toss {
  override readonly name = "RandomSolarize";
  readonly threshold: number;

  constructor(threshold: number, p = 0.5) {
    super("RandomSolarize", p);
    checkNumber("RandomSolarize", "threshold", threshold, { least: 0, most: 255 });
    this.threshold = threshold;
  }

  protected override applyTaken(picture: Picture): Picture {
    return solarize(picture, this.threshold);
  }

  protected override settings(): object {
    return { threshold: this.threshold, p: this.p };
  }
}

/** Smooth (0), as it was (1) or sharper (2), with probability p. */
export class RandomAdjustSharpness extends Toss {
  override readonly name = "RandomAdjustSharpness";
  readonly sharpnessFactor: number;

  constructor(sharpnessFactor: number, p = 0.5) {
    super("RandomAdjustSharpness", p);
    checkNumber("RandomAdjustSharpness", "sharpnessFactor", sharpnessFactor, { least: 0 });
    this.sharpnessFactor = sharpnessFactor;
  }

  protected override applyTaken(picture: Picture): Picture {
    return adjustSharpness(picture, this.sharpnessFactor);
  }

  protected override settings(): object {
    return { sharpnessFactor: this.sharpnessFactor, p: this.p };
  }
}

/** `255 · (v / 255)^gamma`, with probability p and a gamma even in the logarithm: over- and underexposed, black and white stay. */
export class RandomGamma extends OptionalTransform<{ readonly gamma: number }> {
  override readonly name = "RandomGamma";
  readonly gamma: readonly [number, number];

  constructor(gamma: readonly [number, number] = [0.7, 1.5], p = 0.5) {
    super("RandomGamma", p);
    this.gamma = checkSpan("RandomGamma", "gamma", gamma, { least: 0, above: true });
  }

  override get deterministic(): boolean {
    return this.p === 1 && this.gamma[0] === this.gamma[1];
  }

  protected override drawTaken(random: Random): { readonly gamma: number } {
    return { gamma: Math.exp(between(random, [Math.log(this.gamma[0]), Math.log(this.gamma[1])])) };
  }

  protected override applyTaken(picture: Picture, { gamma }: { readonly gamma: number }): Picture {
    return adjustGamma(picture, gamma);
  }

  protected override settings(): object {
    return { gamma: this.gamma, p: this.p };
  }
}
