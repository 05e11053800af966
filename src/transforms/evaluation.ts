// The public face of what leaves nothing to chance: for pages and programs that only use a model. Knows no tensors and no random steps.
import { Compose } from "./compose.ts";
import { CenterCrop, Grayscale, Letterbox, Pad, Resize, RGB } from "./fixed.ts";
import { type Definitions, reader } from "./json.ts";
import { Normalize, ToTensor } from "./tail.ts";
import { Identity, type Step } from "./transform.ts";

export type { Picture } from "../picture/picture.ts";
export type { Interpolation } from "../picture/resample.ts";
export { Compose } from "./compose.ts";
export { CenterCrop, Grayscale, Letterbox, Pad, Resize, RGB } from "./fixed.ts";
export type {
  Padding,
  PaddingMode,
  PadOptions,
  PictureShape,
  ResizeOptions,
  ResizeSize,
} from "./functional/geometry.ts";
export type { Definition, Definitions } from "./json.ts";
export { Normalize, normalizedBatch, type PictureBatch, stackPictures, ToTensor } from "./tail.ts";
export { Identity, type Step, Transform, type TransformJson } from "./transform.ts";

/** The classes of this list, by name. */
export const fixedDefinitions: Definitions = {
  Identity: { make: Identity },
  Compose: { make: Compose, positional: ["transforms"] },
  Resize: { make: Resize, positional: ["size"], options: ["interpolation", "maxSize", "antialias"] },
  CenterCrop: { make: CenterCrop, positional: ["size"] },
  Pad: { make: Pad, positional: ["padding"], options: ["fill", "paddingMode"] },
  Letterbox: { make: Letterbox, positional: ["size"], options: ["fill"] },
  Grayscale: { make: Grayscale, positional: ["numOutputChannels"] },
  RGB: { make: RGB },
  ToTensor: { make: ToTensor },
  Normalize: { make: Normalize, positional: ["mean", "std"] },
};

/** Ends the message for names that are not of this list. */
const elsewhere =
  ". All others are read by fromJSON of fovea/transforms; pipeline.forEvaluation() leaves out what is random";

/**
 * A transform from the JSON that `pipeline.forEvaluation().toJSON()` gives, as an object or as text; throws FormatError or OptionError with the
 * nearest known name. `more`: classes of your own.
 */
export function fromJSON(json: unknown, more: Definitions = {}): Step {
  return reader({ ...fixedDefinitions, ...more }, elsewhere)(json);
}
