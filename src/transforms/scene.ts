// Another camera and another scene: out of focus, noise of the sensor, compression, shadows.
import { checkOptions } from "../base/options.ts";
import type { Picture } from "../picture/picture.ts";
import type { Random } from "../tensor/random.ts";
import { checkNumber, checkSpan, type Span } from "./functional/check.ts";
import { checkKernel, gaussianBlur, gaussianNoise } from "./functional/filter.ts";
import { jpeg } from "./functional/jpeg.ts";
import { type Shadow, shadow } from "./functional/occlusion.ts";
import { between, drawSeed, OptionalTransform, Transform, wholeBetween } from "./transform.ts";

/** Blurred by a Gaussian bell of `kernelSize` (odd; or `[height, width]`) whose deviation is drawn from `sigma` (default [0.1, 2]) pixels. */
export class GaussianBlur extends Transform<{ readonly sigma: number }> {
  override readonly name = "GaussianBlur";
  readonly kernelSize: readonly [number, number];
  readonly sigma: readonly [number, number];

  constructor(kernelSize: Span, options: { readonly sigma?: Span } = {}) {
    super();
    checkOptions("GaussianBlur", options, ["sigma"]);
    const { sigma = [0.1, 2] } = options;
    this.kernelSize = checkKernel("GaussianBlur", kernelSize);
    const span = typeof sigma === "number" ? ([sigma, sigma] as const) : sigma;
    this.sigma = checkSpan("GaussianBlur", "sigma", span, { least: 0, above: true });
  }

  override get deterministic(): boolean {
    return this.sigma[0] === this.sigma[1];
  }

  override draw(random: Random): { readonly sigma: number } {
    return { sigma: between(random, this.sigma) };
  }

  override apply(picture: Picture, { sigma }: { readonly sigma: number }): Picture {
    return gaussianBlur(picture, this.kernelSize, sigma);
  }

  protected override settings(): object {
    return { kernelSize: this.kernelSize, sigma: this.sigma };
  }
}

/** Normal noise on every byte, of `mean` (default 0) and deviation `sigma` (default 0.1) as fractions of 255. */
export class GaussianNoise extends Transform<{ readonly seed: number }> {
  override readonly name = "GaussianNoise";
  readonly mean: number;
  readonly sigma: number;

  constructor(options: { readonly mean?: number; readonly sigma?: number } = {}) {
    super();
    checkOptions("GaussianNoise", options, ["mean", "sigma"]);
    const { mean = 0, sigma = 0.1 } = options;
    checkNumber("GaussianNoise", "mean", mean);
    checkNumber("GaussianNoise", "sigma", sigma, { least: 0 });
    this.mean = mean;
    this.sigma = sigma;
  }

  override draw(random: Random): { readonly seed: number } {
    return { seed: drawSeed(random) };
  }

  override apply(picture: Picture, { seed }: { readonly seed: number }): Picture {
    return gaussianNoise(picture, this.mean, this.sigma, seed);
  }

  protected override settings(): object {
    return { mean: this.mean, sigma: this.sigma };
  }
}

/** As if it had been stored as a JPEG file of a quality 1 … 100, or one drawn from `[lowest, highest]`. Needs no codec. */
export class JPEG extends Transform<{ readonly quality: number }> {
  override readonly name = "JPEG";
  readonly quality: readonly [number, number];

  constructor(quality: Span) {
    super();
    const span = typeof quality === "number" ? ([quality, quality] as const) : quality;
    this.quality = checkSpan("JPEG", "quality", span, { least: 1, most: 100 });
    for (const end of this.quality) checkNumber("JPEG", "quality", end, { least: 1, most: 100, whole: true });
  }

  override get deterministic(): boolean {
    return this.quality[0] === this.quality[1];
  }

  override draw(random: Random): { readonly quality: number } {
    return { quality: wholeBetween(random, this.quality[0], this.quality[1]) };
  }

  override apply(picture: Picture, { quality }: { readonly quality: number }): Picture {
    return jpeg(picture, quality);
  }

  protected override settings(): object {
    return { quality: this.quality };
  }
}

/** How a shadow falls. */
export interface RandomShadowOptions {
  /** Share of the light that is taken away. Default [0.3, 0.7]. */
  readonly darkness?: readonly [number, number];
  /** Width of the shadow's edge, as a fraction of the picture's shorter edge. Default [0.02, 0.2]. */
  readonly softness?: readonly [number, number];
}

/** A polygon of three to six corners in the shade, with a soft edge, with probability p. */
export class RandomShadow extends OptionalTransform<Shadow> {
  override readonly name = "RandomShadow";
  readonly options: Required<RandomShadowOptions>;

  constructor(p = 0.5, options: RandomShadowOptions = {}) {
    super("RandomShadow", p);
    checkOptions("RandomShadow", options, ["darkness", "softness"]);
    this.options = { darkness: [0.3, 0.7], softness: [0.02, 0.2], ...options };
    checkSpan("RandomShadow", "darkness", this.options.darkness, { least: 0, most: 1 });
    checkSpan("RandomShadow", "softness", this.options.softness, { least: 0, most: 1 });
  }

  protected override drawTaken(random: Random): Shadow {
    const count = wholeBetween(random, 3, 6);
    const start = random.uniform();
    // One corner in each equal part of the ellipse, so that no shadow is a sliver.
    const corners = Array.from(
      { length: count },
      (_, i) => ((start + i + 0.7 * random.uniform()) / count) * 2 * Math.PI,
    );
    return {
      center: [random.uniform(), random.uniform()],
      radius: [between(random, [0.3, 0.8]), between(random, [0.3, 0.8])],
      corners,
      darkness: between(random, this.options.darkness),
      softness: between(random, this.options.softness),
    };
  }

  protected override applyTaken(picture: Picture, params: Shadow): Picture {
    return shadow(picture, params);
  }

  protected override settings(): object {
    return { p: this.p, ...this.options };
  }
}
