// Pictures as training sees them, on one sheet. Knows no files.
import { OptionError } from "../base/errors.ts";
import { checkNumber, checkOptions } from "../base/options.ts";
import { letterbox, type Picture, toRgb } from "../picture/picture.ts";
import type { Compose } from "../transforms/compose.ts";
import { sampleRandom } from "../transforms/seeded.ts";

/** A picture of a sheet with its number in the training part, from which its random numbers come. */
export interface SheetSample {
  readonly picture: Picture;
  readonly index: number;
}

/** What a sheet shows. */
export interface ContactSheetOptions {
  /** Draws beside each picture, those of one epoch after another. Default 8. */
  readonly count?: number;
  readonly seed?: number;
  /** The first epoch. Default 0. */
  readonly epoch?: number;
  /** Side of a tile in pixels. Default 64. */
  readonly size?: number;
}

/** Pixels between tiles, and around all; wider behind the first column. */
const gap = 4;
const wideGap = 12;
const paper = 255;

/**
 * A row for each picture: first as it is, fitted into a tile, then what the pipeline makes of it in epochs `epoch`, `epoch + 1`, …: the same bytes that a
 * `DataLoader` with this seed gives, before `Normalize`. Throws OptionError for no pictures and for options outside their rules.
 */
export function contactSheet(
  samples: readonly SheetSample[],
  pipeline: Compose,
  options: ContactSheetOptions = {},
): Picture {
  checkOptions("contactSheet", options, ["count", "seed", "epoch", "size"]);
  const { count = 8, seed = 0, epoch = 0, size = 64 } = options;
  for (const [name, value, least] of [
    ["count", count, 1],
    ["size", size, 1],
    ["seed", seed, 0],
    ["epoch", epoch, 0],
  ] as const) {
    const rule = `a whole number of at least ${least}`;
    checkNumber("contactSheet", name, value, rule, (x) => Number.isInteger(x) && x >= least);
  }
  if (samples.length === 0) throw new OptionError("contactSheet: there are no pictures to show");
  const width = wideGap + 2 * gap + size + count * (size + gap) - gap;
  const height = gap + samples.length * (size + gap);
  const data = new Uint8Array(width * height * 3).fill(paper);
  for (const [row, { picture, index }] of samples.entries()) {
    const top = gap + row * (size + gap);
    place(picture, gap, top);
    for (let k = 0; k < count; k++) {
      const random = sampleRandom(seed, epoch + k, index);
      place(pipeline.forward(picture, random), gap + size + wideGap + k * (size + gap), top);
    }
  }
  return { width, height, channels: 3, data };

  function place(picture: Picture, left: number, top: number): void {
    const tile = letterbox(toRgb(picture), size, size, [paper, paper, paper]);
    for (let y = 0; y < size; y++) {
      const line = tile.data.subarray(y * size * 3, (y + 1) * size * 3);
      data.set(line, ((top + y) * width + left) * 3);
    }
  }
}
