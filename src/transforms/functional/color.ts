// Colour: saturation and hue. Grey pictures have neither and stay as they are.
import type { Picture } from "../../picture/picture.ts";
import { checkNumber, checkPicture } from "./check.ts";
import { greyOf } from "./grey.ts";

const { fround } = Math;

/** A blend of each pixel with its grey g, `factor · v + (1 − factor) · g`: 0 is grey, 1 changes nothing. */
export function adjustSaturation(picture: Picture, saturationFactor: number): Picture {
  checkPicture("adjustSaturation", picture);
  checkNumber("adjustSaturation", "saturationFactor", saturationFactor, { least: 0 });
  if (picture.channels === 1) return picture;
  const { data } = picture;
  const grey = greyOf(picture);
  const share = fround(saturationFactor);
  const rest = fround(1 - saturationFactor);
  const result = new Uint8Array(data.length);
  for (let i = 0, at = 0; i < grey.length; i++) {
    const back = fround(rest * grey[i]!);
    for (const end = at + 3; at < end; at++) {
      const value = fround(fround(share * data[at]!) + back);
      result[at] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  return { ...picture, data: result };
}

/** Turns the circle of colours by `hueFactor` of a whole turn, −0.5 … 0.5; 0 changes nothing. By way of HSV. */
export function adjustHue(picture: Picture, hueFactor: number): Picture {
  checkPicture("adjustHue", picture);
  checkNumber("adjustHue", "hueFactor", hueFactor, { least: -0.5, most: 0.5 });
  if (picture.channels === 1) return picture;
  const { data } = picture;
  const result = new Uint8Array(data.length);
  // Values 0 … 255 become bytes by shares of equal length.
  const scale = 255.999 / 255;
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at]!;
    const green = data[at + 1]!;
    const blue = data[at + 2]!;
    const high = red > green ? (red > blue ? red : blue) : green > blue ? green : blue;
    const low = red < green ? (red < blue ? red : blue) : green < blue ? green : blue;
    const range = high - low;
    if (range === 0) {
      result[at] = result[at + 1] = result[at + 2] = high;
      continue;
    }
    // The hue in sixths of a turn: 0 is red, 2 green, 4 blue.
    const hue =
      high === red
        ? (green - blue) / range
        : high === green
          ? 2 + (blue - red) / range
          : 4 + (red - green) / range;
    let turned = hue + 6 * hueFactor;
    turned -= 6 * Math.floor(turned / 6);
    const sector = Math.floor(turned) % 6;
    const rise = turned - Math.floor(turned);
    const up = (low + range * rise) * scale;
    const down = (high - range * rise) * scale;
    const most = high * scale;
    const least = low * scale;
    result[at] = sector === 0 || sector === 5 ? most : sector === 1 ? down : sector === 4 ? up : least;
    result[at + 1] = sector === 1 || sector === 2 ? most : sector === 3 ? down : sector === 0 ? up : least;
    result[at + 2] = sector === 3 || sector === 4 ? most : sector === 5 ? down : sector === 2 ? up : least;
  }
  return { ...picture, data: result };
}
