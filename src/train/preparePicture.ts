// A strange picture as a saved model wants it: its colours, its brightness turned round where the background is the other way, its size.
import { borderColour, inverted, type Picture, toGrey, toRgb } from "../picture/picture.ts";
import type { ModelInfo } from "./checkpoint.ts";

/** When the brightness of a picture is turned round; "auto": where its border and the background of the data trained on lie more than half the range apart. */
export type Invert = "auto" | "yes" | "no";

/** A picture of a network's size and channels, still as bytes. */
export interface PreparedPicture {
  readonly picture: Picture;
  readonly wasInverted: boolean;
}

/** Brings any picture to the input of a saved model: channels, brightness, and the transforms that are saved with the weights. `Normalize` is left to the batch. */
export function preparePicture(
  picture: Picture,
  { input, background, transforms }: Pick<ModelInfo, "input" | "background" | "transforms">,
  invert: Invert = "auto",
): PreparedPicture {
  const coloured = input[0] === 1 ? toGrey(picture) : toRgb(picture);
  const border = borderColour(coloured);
  const brightness = border.reduce((a, b) => a + b, 0) / border.length / 255;
  const wasInverted = invert === "yes" || (invert === "auto" && Math.abs(brightness - background) > 0.5);
  return { picture: transforms.forward(wasInverted ? inverted(coloured) : coloured), wasInverted };
}
