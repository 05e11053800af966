// The end of a pipeline, from bytes to the numbers that a network sees. Pictures stay bytes up to there: a batch is a quarter of the size,
// and the arithmetic becomes part of the network's first kernel.
import { OptionError, ShapeError } from "../base/errors.ts";
import type { Picture } from "../picture/picture.ts";
import { shown } from "./functional/check.ts";
import { FixedTransform } from "./transform.ts";

/** A step at the end of a pipeline: it leaves the bytes as they are and says what a batch of them becomes. */
export abstract class TailTransform extends FixedTransform {
  override apply(picture: Picture): Picture {
    return picture;
  }
}

/** Bytes `[height, width, channels]` become numbers 0 … 1 as `[channels, height, width]`. */
export class ToTensor extends TailTransform {
  override readonly name = "ToTensor";

  protected override settings(): object {
    return {};
  }
}

/** `(v − mean) / std` of values 0 … 1, by channel. One number in each stands for all channels. */
export class Normalize extends TailTransform {
  override readonly name = "Normalize";
  readonly mean: readonly number[];
  readonly std: readonly number[];

  constructor(mean: readonly number[], std: readonly number[]) {
    super();
    const fits = (values: readonly number[]) =>
      Array.isArray(values) && [1, 3].includes(values.length) && values.every(Number.isFinite);
    if (!fits(mean) || !fits(std) || mean.length !== std.length || std.some((s) => s <= 0)) {
      throw new OptionError(
        `Normalize: mean and std must have one number for each channel (1 or 3), std above 0; got ${shown(mean)}, ${shown(std)}`,
      );
    }
    if (mean.some((m) => m > 1) || std.some((s) => s > 1)) {
      throw new OptionError(
        `Normalize: mean and std are of values 0 to 1; got ${shown(mean)}, ${shown(std)}. Divide those of bytes by 255`,
      );
    }
    this.mean = [...mean];
    this.std = [...std];
  }

  protected override settings(): object {
    return { mean: this.mean, std: this.std };
  }
}

/** Pictures of one size side by side, channels first: bytes `[n, channels, height, width]`. */
export interface PictureBatch {
  readonly data: Uint8Array;
  readonly shape: readonly [n: number, channels: number, height: number, width: number];
}

/** Puts pictures of one size side by side as a network takes them; throws ShapeError where sizes differ. */
export function stackPictures(pictures: readonly Picture[]): PictureBatch {
  const [first] = pictures;
  if (!first) throw new ShapeError("stackPictures: at least one picture is needed; got none");
  const { width, height, channels } = first;
  const size = width * height * channels;
  const data = new Uint8Array(pictures.length * size);
  for (const [n, picture] of pictures.entries()) {
    if (picture.width !== width || picture.height !== height || picture.channels !== channels) {
      throw new ShapeError(
        `stackPictures: all pictures must have one size; number 0 is ${height} × ${width} × ${channels} (height, width, channels), ` +
          `number ${n} is ${picture.height} × ${picture.width} × ${picture.channels}. End the pipeline with Resize([h, w]), a crop or Letterbox`,
      );
    }
    for (let c = 0, to = n * size; c < channels; c++) {
      for (let from = c; from < size; from += channels) data[to++] = picture.data[from]!;
    }
  }
  return { data, shape: [pictures.length, channels, height, width] };
}

/** The numbers that a network sees, `(v / 255 − mean) / std`, as plain float32: for hosts without tensors. */
export function normalizedBatch({ data, shape }: PictureBatch, normalize?: Normalize | null): Float32Array {
  const [n, channels, height, width] = shape;
  if (normalize && normalize.mean.length !== 1 && normalize.mean.length !== channels) {
    throw new OptionError(
      `Normalize: mean and std have ${normalize.mean.length} numbers, and the pictures ${channels === 1 ? "are grey" : `have ${channels} channels`}. ` +
        "Give one number each, or make the pictures RGB with new RGB()",
    );
  }
  const plane = height * width;
  const result = new Float32Array(data.length);
  for (let i = 0, at = 0; i < n * channels; i++) {
    const mean = normalize ? normalize.mean[(i % channels) % normalize.mean.length]! : 0;
    const std = normalize ? normalize.std[(i % channels) % normalize.std.length]! : 1;
    for (const end = at + plane; at < end; at++) result[at] = (data[at]! / 255 - mean) / std;
  }
  return result;
}
