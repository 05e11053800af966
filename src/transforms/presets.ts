// Augmentations by name, for those who do not want to choose steps: what they do is written in docs/augmentation.md.
import { nearest, OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { ElasticTransform, RandomAffine } from "./angle.ts";
import { RandomCrop, RandomHorizontalFlip } from "./crop.ts";
import type { Fill } from "./functional/check.ts";
import { ColorJitter } from "./light.ts";
import { RandomErasing } from "./occlusion.ts";
import { TrivialAugmentWide } from "./policy.ts";
import type { Step } from "./transform.ts";

/** Names of augmentations. */
export type AugmentationName = "none" | "light" | "standard" | "strong" | "digits";

const affine = (degrees: number, shift: number, scale: readonly [number, number], fill: Fill) =>
  new RandomAffine(degrees, { translate: [shift, shift], scale, interpolation: "bilinear", fill });

/** What a preset is made for. */
interface Form {
  readonly height: number;
  readonly width: number;
  readonly fill: Fill;
}

const augmentations: Readonly<Record<AugmentationName, (form: Form) => readonly Step[]>> = {
  none: () => [],
  light: ({ height, width }) => [
    new RandomHorizontalFlip(),
    new RandomCrop([height, width], {
      padding: Math.max(1, Math.round(Math.min(height, width) / 12)),
      paddingMode: "edge",
    }),
  ],
  standard: ({ fill }) => [
    new RandomHorizontalFlip(),
    affine(10, 0.08, [0.85, 1.15], fill),
    new ColorJitter({ brightness: 0.3, contrast: 0.3, saturation: 0.3 }),
    new RandomErasing(0.25, { value: fill }),
  ],
  strong: ({ fill }) => [
    new RandomHorizontalFlip(),
    affine(15, 0.1, [0.75, 1.25], fill),
    new TrivialAugmentWide({ interpolation: "bilinear", fill }),
    new RandomErasing(0.4, { value: fill }),
  ],
  // No mirrors: a mirrored digit is none.
  digits: ({ fill }) => [
    affine(10, 0.08, [0.9, 1.1], fill),
    new ElasticTransform({ alpha: 8, sigma: 3, fill }),
  ],
};

/** Their names, the mildest first. */
export const augmentationNames = Object.keys(augmentations) as readonly AugmentationName[];

/**
 * The steps of an augmentation for pictures of a size `[height, width]`: "none", "light" (mirror, shift), "standard" (mirror, small affine map, light, erasing),
 * "strong" (the same, wider, with TrivialAugmentWide), or "digits" for characters (small affine map, elastic, no mirror). `fill`: the bytes of what lies beyond a turned picture,
 * and of what is erased, by default black. For photographs give the mean of their pixels: black corners are a mark that only training has. Throws OptionError for
 * another name.
 */
export function augmentation(
  name: AugmentationName,
  [height, width]: readonly [number, number],
  options: { readonly fill?: Fill } = {},
): readonly Step[] {
  checkOptions("augmentation", options, ["fill"]);
  if (!Object.hasOwn(augmentations, name)) {
    const near = nearest(String(name), augmentationNames);
    throw new OptionError(
      `augmentation: there is no "${name}"; ${near ? `did you mean "${near}"? ` : ""}Known: ${augmentationNames.join(", ")}`,
    );
  }
  return augmentations[name]({ height, width, fill: options.fill ?? 0 });
}
