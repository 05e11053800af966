// What `augment=`, `imgsz=` and `channels=` come to: the pipelines of training and of evaluation.
import { FoveaError, OptionError } from "../base/errors.ts";
import {
  type AugmentationName,
  augmentation,
  augmentationNames,
  Compose,
  fromJSON,
  Grayscale,
  Letterbox,
  Normalize,
  RGB,
  type Step,
  ToTensor,
} from "../transforms/index.ts";
import { suggestion } from "./options.ts";
import { readBytes } from "./weights.ts";

/** The form of a network's pictures. */
export interface PictureForm {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Steps that bring any picture to a form: colours, then size with its aspect ratio kept. */
export function sizing({ channels, height, width }: PictureForm): readonly Step[] {
  return [channels === 1 ? new Grayscale() : new RGB(), new Letterbox([height, width])];
}

/** The end of a pipeline. */
export function ending({
  mean,
  std,
}: {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}): readonly Step[] {
  return [new ToTensor(), new Normalize([...mean], [...std])];
}

/** The bytes of what lies beyond a turned picture, or is erased, in photographs: the mean, which is no mark of anything. */
export function meanBytes(mean: readonly number[]): readonly number[] {
  return mean.map((value) => Math.round(255 * value));
}

/**
 * The steps that `augment=` means for pictures of a form, with the bytes of what nothing is known of: those of a name, or those of a JSON file, which holds a transform as its `toJSON` gives it.
 */
export async function augmentationSteps(
  augment: string,
  form: PictureForm,
  fill: number | readonly number[],
): Promise<readonly Step[]> {
  if (augmentationNames.includes(augment as AugmentationName)) {
    return augmentation(augment as AugmentationName, [form.height, form.width], { fill });
  }
  if (!augment.endsWith(".json")) {
    throw new OptionError(
      `augment has no choice "${augment}"; ${suggestion(augment, augmentationNames)}, or give a .json file with transforms`,
    );
  }
  const text = new TextDecoder().decode(await readBytes(augment));
  try {
    const step = fromJSON(text);
    return step instanceof Compose ? step.transforms : [step];
  } catch (error) {
    if (error instanceof FoveaError) throw new OptionError(`${augment}: ${error.message}`);
    throw error;
  }
}
