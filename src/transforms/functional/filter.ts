// Neighbourhoods: blur, sharpness, noise, and the smooth fields that elastic bending needs.
import { OptionError, ShapeError } from "../../base/errors.ts";
import type { Picture } from "../../picture/picture.ts";
import { blurBytes, type FieldRecipe, smoothFields } from "./bilinear.ts";
import { checkNumber, checkPicture, checkSize, shown } from "./check.ts";
import { mixed, normalField } from "./noise.ts";
import type { Bells } from "./workspace.ts";

/** Throws OptionError unless a kernel is odd; gives `[height, width]`. */
export function checkKernel(op: string, kernelSize: number | readonly number[]): readonly [number, number] {
  const [height, width] = checkSize(op, kernelSize, "kernelSize");
  if (height % 2 === 0 || width % 2 === 0) {
    throw new OptionError(
      `${op}: kernelSize must be odd, so that it has a middle; got ${shown(kernelSize)}. Take ${Math.max(height, width) | 1}`,
    );
  }
  return [height, width];
}

/** Weights of a Gaussian bell with the given deviation in pixels, cut off at `size` and scaled to a sum of 1. */
function bell(size: number, sigma: number): Float32Array {
  const middle = (size - 1) / 2;
  const weights = Float64Array.from({ length: size }, (_, i) =>
    Math.exp(-((i - middle) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  return Float32Array.from(weights, (weight) => weight / sum);
}

/**
 * Blurs by a Gaussian bell of `kernelSize` (odd; a number or `[height, width]`) pixels and deviation `sigma` (default 0.15 · size +
 * 0.35, for each axis; a number or `[vertical, horizontal]`), with the picture mirrored at its edges.
 */
export function gaussianBlur(
  picture: Picture,
  kernelSize: number | readonly number[],
  sigma: number | readonly [number, number] | null = null,
): Picture {
  checkPicture("gaussianBlur", picture);
  const [tall, wide] = checkKernel("gaussianBlur", kernelSize);
  const [sigmaY, sigmaX] =
    sigma === null
      ? [tall * 0.15 + 0.35, wide * 0.15 + 0.35]
      : typeof sigma === "number"
        ? [sigma, sigma]
        : sigma;
  for (const s of [sigmaY, sigmaX]) checkNumber("gaussianBlur", "sigma", s, { least: 0, above: true });
  const { width, height, channels, data } = picture;
  if (tall >> 1 >= height || wide >> 1 >= width) {
    throw new ShapeError(
      `gaussianBlur: half of kernelSize must be smaller than the picture, which is mirrored at its edges; got ${tall} × ${wide} on ${height} × ${width}. Take a smaller kernel`,
    );
  }
  const target = new Uint8Array(data.length);
  blurBytes(picture, { x: halfBell(wide, sigmaX), y: halfBell(tall, sigmaY) }, target);
  return { width, height, channels, data: target };
}

/**
 * A random displacement for `elastic`, `[height, width, 2]`: uniform numbers in [−1, 1), blurred with deviations `sigma` (`[x, y]`, in
 * pixels; 0 leaves them rough), times `alpha` (`[x, y]`) over width and height.
 */
export function elasticField(
  { width, height }: { readonly width: number; readonly height: number },
  alpha: readonly [number, number],
  sigma: readonly [number, number],
  seed: number,
): Float32Array {
  return smoothFields(width, height, fieldRecipe({ width, height }, alpha, sigma, seed));
}

/** What `elasticField` is made from. */
export function fieldRecipe(
  { width, height }: { readonly width: number; readonly height: number },
  alpha: readonly [number, number],
  sigma: readonly [number, number],
  seed: number,
): FieldRecipe {
  const bells = (axis: 0 | 1): Bells => {
    if (sigma[axis] === 0) return null;
    // As wide as torchvision's kernels, but no wider than the mirrored picture allows.
    const size = Math.trunc(8 * sigma[axis] + 1) | 1;
    const half = (along: 0 | 1, most: number) =>
      halfBell(Math.min(size, 2 * most - 1), sigma[along] || sigma[axis]);
    return { x: half(0, width), y: half(1, height) };
  };
  return {
    seeds: [mixed(seed), mixed(seed + 1)],
    bells: [bells(0), bells(1)],
    scale: [alpha[0] / width, alpha[1] / height],
  };
}

/** The first half of a bell and its middle; the last ones stay, since all pictures of a training ask for the same. */
const halves = new Map<number, Map<number, Float32Array>>();

function halfBell(size: number, sigma: number): Float32Array {
  let bySize = halves.get(sigma);
  if (!bySize) {
    if (halves.size > 8) halves.clear();
    bySize = new Map();
    halves.set(sigma, bySize);
  }
  let half = bySize.get(size);
  if (!half) {
    if (bySize.size > 8) bySize.clear();
    half = bell(size, sigma).slice(0, (size >> 1) + 1);
    bySize.set(size, half);
  }
  return half;
}

/**
 * A blend with a smoothed picture s, `factor · v + (1 − factor) · s`: 0 is smooth, 1 changes nothing, 2 is sharper. Smoothing weighs 3 × 3
 * pixels, 5 for the middle and 1 for each of the others; the outermost pixels stay.
 */
export function adjustSharpness(picture: Picture, sharpnessFactor: number): Picture {
  checkPicture("adjustSharpness", picture);
  checkNumber("adjustSharpness", "sharpnessFactor", sharpnessFactor, { least: 0 });
  const { width, height, channels, data } = picture;
  const result = Uint8Array.from(data);
  const line = width * channels;
  const share = 1 - sharpnessFactor;
  for (let y = 1; y < height - 1; y++) {
    const end = (y + 1) * line - channels;
    for (let i = y * line + channels; i < end; i++) {
      const v = data[i]!;
      const above = data[i - line - channels]! + data[i - line]! + data[i - line + channels]!;
      const below = data[i + line - channels]! + data[i + line]! + data[i + line + channels]!;
      const smooth = Math.round((above + below + data[i - channels]! + data[i + channels]! + 5 * v) / 13);
      const value = Math.fround(v + Math.fround(share) * (smooth - v));
      result[i] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  return { width, height, channels, data: result };
}

/**
 * Adds `255 · (mean + sigma · n)` to each byte, with n normal numbers that follow from `seed`; results outside 0 … 255 become the
 * nearest end.
 */
export function gaussianNoise(picture: Picture, mean: number, sigma: number, seed: number): Picture {
  checkPicture("gaussianNoise", picture);
  checkNumber("gaussianNoise", "mean", mean);
  checkNumber("gaussianNoise", "sigma", sigma, { least: 0 });
  const { data } = picture;
  const noise = normalField(data.length, seed);
  const result = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]! + 255 * (mean + sigma * noise[i]!) + 0.5;
    result[i] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
  return { ...picture, data: result };
}
