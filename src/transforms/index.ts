// The public face of transforms and augmentation. Pages that only use a model take evaluation.ts, which is a part of this.
import { ElasticTransform, RandomAffine, RandomPerspective, RandomRotation } from "./angle.ts";
import { RandomApply, RandomChoice, RandomOrder } from "./compose.ts";
import { RandomCrop, RandomHorizontalFlip, RandomResizedCrop, RandomVerticalFlip } from "./crop.ts";
import { fixedDefinitions } from "./evaluation.ts";
import { type Definitions, reader } from "./json.ts";
import {
  ColorJitter,
  RandomAdjustSharpness,
  RandomAutocontrast,
  RandomEqualize,
  RandomGamma,
  RandomGrayscale,
  RandomInvert,
  RandomPosterize,
  RandomSolarize,
} from "./light.ts";
import { Cutout, GridMask, RandomErasing } from "./occlusion.ts";
import { AugMix, RandAugment, TrivialAugmentWide } from "./policy.ts";
import { GaussianBlur, GaussianNoise, JPEG, RandomShadow } from "./scene.ts";
import type { Step } from "./transform.ts";

export { Random } from "../tensor/random.ts";
export {
  type ElasticOptions,
  ElasticTransform,
  RandomAffine,
  type RandomAffineOptions,
  RandomPerspective,
  RandomRotation,
} from "./angle.ts";
export { type BatchMixOptions, batchFromJSON, CutMix, type MixedBatch, MixUp } from "./batch.ts";
export { RandomApply, RandomChoice, RandomOrder } from "./compose.ts";
export {
  RandomCrop,
  type RandomCropOptions,
  RandomHorizontalFlip,
  RandomResizedCrop,
  type RandomResizedCropOptions,
  RandomVerticalFlip,
} from "./crop.ts";
export {
  CenterCrop,
  Compose,
  type Definition,
  type Definitions,
  Grayscale,
  Identity,
  type Interpolation,
  Letterbox,
  Normalize,
  normalizedBatch,
  Pad,
  type Padding,
  type PaddingMode,
  type PadOptions,
  type Picture,
  type PictureBatch,
  type PictureShape,
  Resize,
  type ResizeOptions,
  type ResizeSize,
  RGB,
  type Step,
  stackPictures,
  ToTensor,
  Transform,
  type TransformJson,
} from "./evaluation.ts";
export * as functional from "./functional/index.ts";
export {
  ColorJitter,
  type ColorJitterOptions,
  RandomAdjustSharpness,
  RandomAutocontrast,
  RandomEqualize,
  RandomGamma,
  RandomGrayscale,
  RandomInvert,
  RandomPosterize,
  RandomSolarize,
} from "./light.ts";
export {
  Cutout,
  type CutoutOptions,
  GridMask,
  type GridMaskOptions,
  RandomErasing,
  type RandomErasingOptions,
} from "./occlusion.ts";
export {
  AugMix,
  type AugMixOptions,
  RandAugment,
  type RandAugmentOptions,
  TrivialAugmentWide,
} from "./policy.ts";
export { type AugmentationName, augmentation, augmentationNames } from "./presets.ts";
export { GaussianBlur, GaussianNoise, JPEG, RandomShadow, type RandomShadowOptions } from "./scene.ts";
export { sampleRandom } from "./seeded.ts";
export { toTensor } from "./tensors.ts";

const padOptions = ["fill", "paddingMode"];
const warpOptions = ["interpolation", "fill"];

/** All classes, by name. */
const definitions: Definitions = {
  ...fixedDefinitions,
  RandomApply: { make: RandomApply, positional: ["transforms", "p"] },
  RandomChoice: { make: RandomChoice, positional: ["transforms"], options: ["p"] },
  RandomOrder: { make: RandomOrder, positional: ["transforms"] },
  RandomHorizontalFlip: { make: RandomHorizontalFlip, positional: ["p"] },
  RandomVerticalFlip: { make: RandomVerticalFlip, positional: ["p"] },
  RandomCrop: { make: RandomCrop, positional: ["size"], options: ["padding", "padIfNeeded", ...padOptions] },
  RandomResizedCrop: {
    make: RandomResizedCrop,
    positional: ["size"],
    options: ["scale", "ratio", "interpolation", "antialias"],
  },
  RandomRotation: {
    make: RandomRotation,
    positional: ["degrees"],
    options: ["expand", "center", ...warpOptions],
  },
  RandomAffine: {
    make: RandomAffine,
    positional: ["degrees"],
    options: ["translate", "scale", "shear", "center", ...warpOptions],
  },
  RandomPerspective: {
    make: RandomPerspective,
    positional: ["distortionScale", "p"],
    options: warpOptions,
  },
  ElasticTransform: { make: ElasticTransform, options: ["alpha", "sigma", ...warpOptions] },
  ColorJitter: { make: ColorJitter, options: ["brightness", "contrast", "saturation", "hue"] },
  RandomGrayscale: { make: RandomGrayscale, positional: ["p"] },
  RandomAutocontrast: { make: RandomAutocontrast, positional: ["p"] },
  RandomEqualize: { make: RandomEqualize, positional: ["p"] },
  RandomInvert: { make: RandomInvert, positional: ["p"] },
  RandomPosterize: { make: RandomPosterize, positional: ["bits", "p"] },
  RandomSolarize: { make: RandomSolarize, positional: ["threshold", "p"] },
  RandomAdjustSharpness: { make: RandomAdjustSharpness, positional: ["sharpnessFactor", "p"] },
  RandomGamma: { make: RandomGamma, positional: ["gamma", "p"] },
  GaussianBlur: { make: GaussianBlur, positional: ["kernelSize"], options: ["sigma"] },
  GaussianNoise: { make: GaussianNoise, options: ["mean", "sigma"] },
  JPEG: { make: JPEG, positional: ["quality"] },
  RandomShadow: { make: RandomShadow, positional: ["p"], options: ["darkness", "softness"] },
  RandomErasing: { make: RandomErasing, positional: ["p"], options: ["scale", "ratio", "value"] },
  Cutout: { make: Cutout, positional: ["size"], options: ["holes", "value", "p"] },
  GridMask: { make: GridMask, options: ["unit", "ratio", "value", "p"] },
  RandAugment: {
    make: RandAugment,
    options: ["numOps", "magnitude", "numMagnitudeBins", ...warpOptions],
  },
  TrivialAugmentWide: { make: TrivialAugmentWide, options: ["numMagnitudeBins", ...warpOptions] },
  AugMix: {
    make: AugMix,
    options: ["severity", "mixtureWidth", "chainDepth", "alpha", "allOps", ...warpOptions],
  },
};

/**
 * A transform from the JSON that `toJSON` gives, as an object or as text; throws FormatError or OptionError with the nearest known name.
 * `more`: classes of your own.
 */
export function fromJSON(json: unknown, more: Definitions = {}): Step {
  return reader({ ...definitions, ...more })(json);
}
