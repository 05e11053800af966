// Brightness of pixels, and pictures with another number of channels.
import { OptionError } from "../../base/errors.ts";
import { type Picture, toRgb } from "../../picture/picture.ts";
import { checkPicture, shown } from "./check.ts";

const { fround } = Math;
const redShare = fround(0.2989);
const greenShare = fround(0.587);
const blueShare = fround(0.114);

/** `⌊0.2989 R + 0.587 G + 0.114 B⌋` of each pixel; a grey picture's own bytes. In float32, so that bytes are torchvision's. */
export function greyOf({ channels, data }: Picture): Uint8Array {
  if (channels === 1) return data;
  const grey = new Uint8Array(data.length / channels);
  for (let i = 0, from = 0; i < grey.length; i++, from += channels) {
    grey[i] = fround(
      fround(fround(data[from]! * redShare) + fround(data[from + 1]! * greenShare)) +
        fround(data[from + 2]! * blueShare),
    );
  }
  return grey;
}

/** Grey in 1 channel, or in 3 equal ones; what is transparent shows white. */
export function rgbToGrayscale(picture: Picture, numOutputChannels = 1): Picture {
  if (numOutputChannels !== 1 && numOutputChannels !== 3) {
    throw new OptionError(
      `rgbToGrayscale: numOutputChannels must be 1, or 3 for three equal ones; got ${shown(numOutputChannels)}`,
    );
  }
  const opaque = withoutAlpha("rgbToGrayscale", picture);
  const { width, height } = picture;
  const grey: Picture = { width, height, channels: 1, data: greyOf(opaque) };
  return numOutputChannels === 1 ? grey : grayscaleToRgb(grey);
}

/** Three channels; a grey picture's channel three times. What is transparent shows white. */
export function grayscaleToRgb(picture: Picture): Picture {
  return toRgb(withoutAlpha("grayscaleToRgb", picture));
}

function withoutAlpha(op: string, picture: Picture): Picture {
  const opaque = picture.channels === 2 || picture.channels === 4 ? toRgb(picture) : picture;
  checkPicture(op, opaque);
  return opaque;
}
