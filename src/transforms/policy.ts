// Policies: a few steps picked from a list of geometric and tonal ones, with strengths on a common scale.
import { checkOptions } from "../base/options.ts";
import type { Picture } from "../picture/picture.ts";
import type { Random } from "../tensor/random.ts";
import { dirichlet } from "./distributions.ts";
import { checkNumber, type Fill } from "./functional/check.ts";
import { adjustSaturation } from "./functional/color.ts";
import { adjustSharpness } from "./functional/filter.ts";
import type { PictureShape } from "./functional/geometry.ts";
import {
  adjustBrightness,
  adjustContrast,
  autocontrast,
  equalize,
  posterize,
  solarize,
} from "./functional/tone.ts";
import { affine, checkWarp, type Point, rotate, type WarpOptions } from "./functional/warp.ts";
import { Transform, wholeBetween } from "./transform.ts";

/** What a policy can do to a picture, by torchvision's names. */
export type PolicyOp =
  | "Identity"
  | "ShearX"
  | "ShearY"
  | "TranslateX"
  | "TranslateY"
  | "Rotate"
  | "Brightness"
  | "Color"
  | "Contrast"
  | "Sharpness"
  | "Posterize"
  | "Solarize"
  | "AutoContrast"
  | "Equalize";

/** One step of a policy. The magnitude's unit is the op's: a tangent, pixels, degrees, a change of factor, bits, a share of 255. */
export interface PolicyStep {
  readonly op: PolicyOp;
  readonly magnitude: number;
}

/** The largest magnitudes of a policy's ops; those of 0 have none. */
interface Space {
  readonly ops: readonly PolicyOp[];
  readonly shear: number;
  readonly translate: (shape: PictureShape) => Point;
  readonly rotate: number;
  readonly factor: number;
  /** Bits at the weakest and at the strongest magnitude. */
  readonly bits: Point;
}

const geometric = ["ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate"] as const;
const factors = ["Brightness", "Color", "Contrast", "Sharpness"] as const;
const tonal = ["Posterize", "Solarize", "AutoContrast", "Equalize"] as const;
const signed: ReadonlySet<PolicyOp> = new Set([...geometric, ...factors]);

const randAugmentSpace: Space = {
  ops: ["Identity", ...geometric, ...factors, ...tonal],
  shear: 0.3,
  translate: ({ width, height }) => [(150 / 331) * width, (150 / 331) * height],
  rotate: 30,
  factor: 0.9,
  bits: [8, 4],
};

const wideSpace: Space = {
  ...randAugmentSpace,
  shear: 0.99,
  translate: () => [32, 32],
  rotate: 135,
  factor: 0.99,
  bits: [8, 2],
};

const augMixSpace: Space = {
  ...randAugmentSpace,
  ops: [...geometric, ...tonal, ...factors],
  translate: ({ width, height }) => [width / 3, height / 3],
  bits: [4, 0],
};

/** The magnitude of an op at the bin `bin` of `bins`, without its sign. */
function magnitudeOf(space: Space, op: PolicyOp, bin: number, bins: number, shape: PictureShape): number {
  const share = bins > 1 ? bin / (bins - 1) : 0;
  switch (op) {
    case "ShearX":
    case "ShearY":
      return space.shear * share;
    case "TranslateX":
      return space.translate(shape)[0] * share;
    case "TranslateY":
      return space.translate(shape)[1] * share;
    case "Rotate":
      return space.rotate * share;
    case "Brightness":
    case "Color":
    case "Contrast":
    case "Sharpness":
      return space.factor * share;
    case "Posterize":
      return Math.round(space.bits[0] + (space.bits[1] - space.bits[0]) * share);
    case "Solarize":
      return 1 - share;
    default:
      return 0;
  }
}

function drawStep(random: Random, space: Space, bin: number, bins: number, shape: PictureShape): PolicyStep {
  const op = space.ops[random.integer(space.ops.length)]!;
  const size = magnitudeOf(space, op, bin, bins, shape);
  return { op, magnitude: signed.has(op) && random.uniform() < 0.5 ? -size : size };
}

/** The picture after one step of a policy. */
export function applyPolicyStep(
  picture: Picture,
  { op, magnitude }: PolicyStep,
  { interpolation = "nearest", fill = 0 }: WarpOptions = {},
): Picture {
  const warp = { interpolation, fill };
  const degrees = (Math.atan(magnitude) * 180) / Math.PI;
  switch (op) {
    case "Identity":
      return picture;
    case "ShearX":
      return affine(picture, 0, [0, 0], 1, [degrees, 0], { ...warp, center: [0, 0] });
    case "ShearY":
      return affine(picture, 0, [0, 0], 1, [0, degrees], { ...warp, center: [0, 0] });
    case "TranslateX":
      return affine(picture, 0, [Math.trunc(magnitude), 0], 1, [0, 0], warp);
    case "TranslateY":
      return affine(picture, 0, [0, Math.trunc(magnitude)], 1, [0, 0], warp);
    case "Rotate":
      return rotate(picture, magnitude, warp);
    case "Brightness":
      return adjustBrightness(picture, 1 + magnitude);
    case "Color":
      return adjustSaturation(picture, 1 + magnitude);
    case "Contrast":
      return adjustContrast(picture, 1 + magnitude);
    case "Sharpness":
      return adjustSharpness(picture, 1 + magnitude);
    case "Posterize":
      return posterize(picture, magnitude);
    case "Solarize":
      return solarize(picture, 255 * magnitude);
    case "AutoContrast":
      return autocontrast(picture);
    case "Equalize":
      return equalize(picture);
  }
}

abstract class Policy extends Transform<readonly PolicyStep[]> {
  readonly warp: { readonly interpolation: "nearest" | "bilinear"; readonly fill: Fill };

  constructor(name: string, { interpolation = "nearest", fill = 0 }: WarpOptions) {
    super();
    checkWarp(name, { interpolation, fill });
    this.warp = { interpolation, fill };
  }

  override apply(picture: Picture, steps: readonly PolicyStep[]): Picture {
    return steps.reduce((current, step) => applyPolicyStep(current, step, this.warp), picture);
  }
}

/** How many steps are picked, and how strong they are. */
export interface RandAugmentOptions extends WarpOptions {
  /** Default 2. */
  readonly numOps?: number;
  /** 0 (weakest) … numMagnitudeBins − 1. Default 9. */
  readonly magnitude?: number;
  /** Default 31. */
  readonly numMagnitudeBins?: number;
}

/** `numOps` steps picked from 14, all of one magnitude. Source: Cubuk et al., "RandAugment", 2019. */
export class RandAugment extends Policy {
  override readonly name = "RandAugment";
  readonly numOps: number;
  readonly magnitude: number;
  readonly numMagnitudeBins: number;

  constructor(options: RandAugmentOptions = {}) {
    super("RandAugment", options);
    const known = ["numOps", "magnitude", "numMagnitudeBins", "interpolation", "fill"];
    checkOptions("RandAugment", options, known);
    const { numOps = 2, magnitude = 9, numMagnitudeBins = 31 } = options;
    checkNumber("RandAugment", "numOps", numOps, { least: 0, whole: true });
    checkNumber("RandAugment", "numMagnitudeBins", numMagnitudeBins, { least: 2, whole: true });
    const most = numMagnitudeBins - 1;
    checkNumber("RandAugment", "magnitude", magnitude, { least: 0, most, whole: true });
    this.numOps = numOps;
    this.magnitude = magnitude;
    this.numMagnitudeBins = numMagnitudeBins;
  }

  override draw(random: Random, shape: PictureShape): readonly PolicyStep[] {
    return Array.from({ length: this.numOps }, () =>
      drawStep(random, randAugmentSpace, this.magnitude, this.numMagnitudeBins, shape),
    );
  }

  protected override settings(): object {
    const { numOps, magnitude, numMagnitudeBins, warp } = this;
    return { numOps, magnitude, numMagnitudeBins, ...warp };
  }
}

/** One step picked from 14, of a random magnitude in wide ranges; nothing to tune. Source: Müller, Hutter, "TrivialAugment", 2021. */
export class TrivialAugmentWide extends Policy {
  override readonly name = "TrivialAugmentWide";
  readonly numMagnitudeBins: number;

  constructor(options: WarpOptions & { readonly numMagnitudeBins?: number } = {}) {
    super("TrivialAugmentWide", options);
    checkOptions("TrivialAugmentWide", options, ["numMagnitudeBins", "interpolation", "fill"]);
    const { numMagnitudeBins = 31 } = options;
    checkNumber("TrivialAugmentWide", "numMagnitudeBins", numMagnitudeBins, { least: 2, whole: true });
    this.numMagnitudeBins = numMagnitudeBins;
  }

  override draw(random: Random, shape: PictureShape): readonly PolicyStep[] {
    const bin = random.integer(this.numMagnitudeBins);
    return [drawStep(random, wideSpace, bin, this.numMagnitudeBins, shape)];
  }

  protected override settings(): object {
    return { numMagnitudeBins: this.numMagnitudeBins, ...this.warp };
  }
}

/** How chains of steps are made and mixed. */
export interface AugMixOptions extends WarpOptions {
  /** Strength 1 … 10. Default 3. */
  readonly severity?: number;
  /** Number of chains. Default 3. */
  readonly mixtureWidth?: number;
  /** Steps in a chain; −1 (the default) draws 1 to 3. */
  readonly chainDepth?: number;
  /** Evenness of the shares. Default 1. */
  readonly alpha?: number;
  /** Also brightness, colour, contrast and sharpness. Default true. */
  readonly allOps?: boolean;
}

/** What `AugMix` draws: chains with their shares of the result, and the share of the picture itself. */
export interface AugMixParams {
  readonly chains: readonly (readonly PolicyStep[])[];
  readonly shares: readonly number[];
  readonly original: number;
}

const augMixBins = 10;

/**
 * The picture mixed with several chains of mild steps, so that it stays recognisable. Default interpolation "bilinear". Source: Hendrycks et
 * al., "AugMix", 2019.
 */
export class AugMix extends Transform<AugMixParams> {
  override readonly name = "AugMix";
  readonly options: Required<AugMixOptions>;

  constructor(options: AugMixOptions = {}) {
    super();
    const op = "AugMix";
    const own = ["severity", "mixtureWidth", "chainDepth", "alpha", "allOps"];
    checkOptions(op, options, [...own, "interpolation", "fill"]);
    checkWarp(op, options);
    this.options = {
      severity: 3,
      mixtureWidth: 3,
      chainDepth: -1,
      alpha: 1,
      allOps: true,
      interpolation: "bilinear",
      fill: 0,
      ...options,
    };
    const { severity, mixtureWidth, chainDepth, alpha } = this.options;
    checkNumber(op, "severity", severity, { least: 1, most: augMixBins, whole: true });
    checkNumber(op, "mixtureWidth", mixtureWidth, { least: 1, whole: true });
    checkNumber(op, "chainDepth", chainDepth, { least: -1, whole: true });
    checkNumber(op, "alpha", alpha, { least: 0, above: true });
  }

  override draw(random: Random, shape: PictureShape): AugMixParams {
    const { severity, mixtureWidth, chainDepth, alpha, allOps } = this.options;
    const space = allOps ? augMixSpace : { ...augMixSpace, ops: [...geometric, ...tonal] };
    const [original, mixed] = dirichlet(random, alpha, 2) as [number, number];
    const shares = dirichlet(random, alpha, mixtureWidth).map((share) => share * mixed);
    const chains = shares.map(() => {
      const depth = chainDepth > 0 ? chainDepth : wholeBetween(random, 1, 3);
      return Array.from({ length: depth }, () =>
        drawStep(random, space, random.integer(severity), augMixBins, shape),
      );
    });
    return { chains, shares, original };
  }

  override apply(picture: Picture, { chains, shares, original }: AugMixParams): Picture {
    const { interpolation, fill } = this.options;
    const sum = Float64Array.from(picture.data, (v) => v * original + 0.5);
    for (const [i, chain] of chains.entries()) {
      const share = shares[i]!;
      let current = picture;
      for (const step of chain) current = applyPolicyStep(current, step, { interpolation, fill });
      for (let k = 0; k < sum.length; k++) sum[k] = sum[k]! + share * current.data[k]!;
    }
    return { ...picture, data: Uint8Array.from(sum) };
  }

  protected override settings(): object {
    return this.options;
  }
}
