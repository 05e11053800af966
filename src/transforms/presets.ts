// Augmentations by name, for those who do not want to choose steps: what they do is written in docs/augmentation.md.
import { nearest, OptionError } from "../base/errors.ts";
import { ElasticTransform, RandomAffine } from "./angle.ts";
import { RandomCrop, RandomHorizontalFlip } from "./crop.ts";
import { ColorJitter } from "./light.ts";
import { RandomErasing } from "./occlusion.ts";
import { TrivialAugmentWide } from "./policy.ts";
import type { Step } from "./transform.ts";

/** Names of augmentations. */
export type AugmentationName = "none" | "light" | "standard" | "strong" | "digits";

const affine = (degrees: number, shift: number, scale: readonly [number, number]) =>
  new RandomAffine(degrees, { translate: [shift, shift], scale, interpolation: "bilinear" });

const augmentations: Readonly<Record<AugmentationName, (height: number, width: number) => readonly Step[]>> =
  {
    none: () => [],
    light: (height, width) => [
      new RandomHorizontalFlip(),
      new RandomCrop([height, width], {
        padding: Math.max(1, Math.round(Math.min(height, width) / 12)),
        paddingMode: "edge",
      }),
    ],
    standard: () => [
      new RandomHorizontalFlip(),
      affine(10, 0.08, [0.85, 1.15]),
      new ColorJitter({ brightness: 0.3, contrast: 0.3, saturation: 0.3 }),
      new RandomErasing(0.25),
    ],
    strong: () => [
      new RandomHorizontalFlip(),
      affine(15, 0.1, [0.75, 1.25]),
      new TrivialAugmentWide({ interpolation: "bilinear" }),
      new RandomErasing(0.4),
    ],
    // No mirrors: a mirrored digit is none.
    digits: () => [affine(10, 0.08, [0.9, 1.1]), new ElasticTransform({ alpha: 8, sigma: 3 })],
  };

/** Their names, the mildest first. */
export const augmentationNames = Object.keys(augmentations) as readonly AugmentationName[];

/**
 * The steps of an augmentation for pictures of a size `[height, width]`: "none", "light" (mirror, shift), "standard" (mirror, small affine map, light, erasing),
 * "strong" (the same, wider, with TrivialAugmentWide), or "digits" for characters (small affine map, elastic, no mirror). Throws OptionError for another name.
 */
export function augmentation(
  name: AugmentationName,
  [height, width]: readonly [number, number],
): readonly Step[] {
  if (!Object.hasOwn(augmentations, name)) {
    const near = nearest(String(name), augmentationNames);
    throw new OptionError(
      `augmentation: there is no "${name}"; ${near ? `did you mean "${near}"? ` : ""}Known: ${augmentationNames.join(", ")}`,
    );
  }
  return augmentations[name](height, width);
}
