// Pictures of files as a saved network's input, for the commands that show it some.
import type { Picture } from "../picture/picture.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { ModelInfo } from "../train/checkpoint.ts";
import { prepareInput } from "../train/input.ts";
import { type Invert, preparePicture } from "../train/preparePicture.ts";
import { stackPictures } from "../transforms/index.ts";
import { choice } from "./options.ts";

/** When the brightness of a picture is turned round. */
export const invertOption = { invert: choice(["auto", "yes", "no"], "auto", "turn dark and bright round") };

/** What that does, for the notes of commands. */
export const invertNote =
  "invert=auto compares the brightness of a picture's border with the background of the data trained on, and turns the picture's brightness round where the two lie more than half the range apart: a digit drawn in black on white paper becomes white on black, as in MNIST.";

/** The network's input for a picture, `[1, channels, height, width]`, and what it shows before it is normalised. */
export function networkInput(
  picture: Picture,
  info: ModelInfo,
  invert: Invert,
): { readonly x: Tensor; readonly shown: Picture; readonly inverted: boolean } {
  const { picture: shown, wasInverted } = preparePicture(picture, info, invert);
  const pixels = Tensor.fromArray(stackPictures([shown]).data, [1, ...info.input]);
  const x = prepareInput(pixels, info.transforms.normalize ?? undefined);
  return { x, shown, inverted: wasInverted };
}
