// Tone curves: each byte becomes another by a table of 256, made once for a picture or for each of its channels.
import type { Picture } from "../../picture/picture.ts";
import { checkNumber, checkPicture } from "./check.ts";
import { greyOf } from "./grey.ts";

const { fround } = Math;

/** `trunc(min(v · factor, 255))`: 0 is black, 1 changes nothing, 2 is twice as bright. */
export function adjustBrightness(picture: Picture, brightnessFactor: number): Picture {
  checkPicture("adjustBrightness", picture);
  checkNumber("adjustBrightness", "brightnessFactor", brightnessFactor, { least: 0 });
  return mapped(picture, (v) => fround(v * fround(brightnessFactor)));
}

/** A blend with the mean brightness m, `factor · v + (1 − factor) · m`: 0 is plain grey, 1 changes nothing. */
export function adjustContrast(picture: Picture, contrastFactor: number): Picture {
  checkPicture("adjustContrast", picture);
  checkNumber("adjustContrast", "contrastFactor", contrastFactor, { least: 0 });
  const grey = greyOf(picture);
  let sum = 0;
  for (let i = 0; i < grey.length; i++) sum += grey[i]!;
  const rest = fround(fround(1 - contrastFactor) * fround(sum / grey.length));
  return mapped(picture, (v) => fround(fround(v * fround(contrastFactor)) + rest));
}

/** `255 · gain · (v / 255)^gamma`: a gamma above 1 darkens the middle, one below 1 brightens it; black and white stay. */
export function adjustGamma(picture: Picture, gamma: number, gain = 1): Picture {
  checkPicture("adjustGamma", picture);
  checkNumber("adjustGamma", "gamma", gamma, { least: 0 });
  checkNumber("adjustGamma", "gain", gain, { least: 0 });
  // 255.999 gives each byte a share of 0 … 1 of equal length.
  return mapped(picture, (v) => Math.min(1, gain * fround((v / 255) ** gamma)) * 255.999);
}

/** `255 − v`. */
export function invert(picture: Picture): Picture {
  checkPicture("invert", picture);
  return mapped(picture, (v) => 255 - v);
}

/** Keeps the highest `bits` bits of each byte, 0 … 8. */
export function posterize(picture: Picture, bits: number): Picture {
  checkPicture("posterize", picture);
  checkNumber("posterize", "bits", bits, { least: 0, most: 8, whole: true });
  const mask = 0xff & (0xff << (8 - bits));
  return mapped(picture, (v) => v & mask);
}

/** Inverts bytes from `threshold` up. */
export function solarize(picture: Picture, threshold: number): Picture {
  checkPicture("solarize", picture);
  checkNumber("solarize", "threshold", threshold, { least: 0, most: 255 });
  return mapped(picture, (v) => (v >= threshold ? 255 - v : v));
}

/** Stretches each channel so that its smallest byte becomes 0 and its largest 255. */
export function autocontrast(picture: Picture): Picture {
  checkPicture("autocontrast", picture);
  const { channels, data } = picture;
  const tables = Array.from({ length: channels }, (_, c) => {
    let low = 255;
    let high = 0;
    for (let i = c; i < data.length; i += channels) {
      const v = data[i]!;
      if (v < low) low = v;
      if (v > high) high = v;
    }
    const scale = fround((high - low) * fround(1 / 255));
    return tableOf((v) => (low < high ? fround((v - low) / scale) : v));
  });
  return looked(picture, tables);
}

/** Spreads the bytes of each channel so that all are about equally frequent (Pillow's rule). */
export function equalize(picture: Picture): Picture {
  checkPicture("equalize", picture);
  const { channels, data } = picture;
  const tables = Array.from({ length: channels }, (_, c) => {
    const counts = new Int32Array(256);
    for (let i = c; i < data.length; i += channels) counts[data[i]!]!++;
    const largest = counts.findLastIndex((count) => count > 0);
    const step = Math.floor((data.length / channels - counts[largest]!) / 255);
    if (step === 0) return tableOf((v) => v);
    let before = 0;
    return tableOf((v) => {
      const value = Math.floor((before + Math.floor(step / 2)) / step);
      before += counts[v]!;
      return value;
    });
  });
  return looked(picture, tables);
}

function tableOf(curve: (v: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, v) => Math.min(255, Math.max(0, curve(v))));
}

/** The same curve for all channels. */
function mapped(picture: Picture, curve: (v: number) => number): Picture {
  const table = tableOf(curve);
  const { data } = picture;
  const result = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = table[data[i]!]!;
  return { ...picture, data: result };
}

/** A table for each channel. */
function looked(picture: Picture, tables: readonly Uint8Array[]): Picture {
  const { channels, data } = picture;
  const result = new Uint8Array(data.length);
  for (let c = 0; c < channels; c++) {
    const table = tables[c]!;
    for (let i = c; i < data.length; i += channels) result[i] = table[data[i]!]!;
  }
  return { ...picture, data: result };
}
