// Decoded pictures as bytes, and the few steps that bring them to a network's input. Knows no file format.
import { resample } from "./resample.ts";

/** Pixels row by row, `[height, width, channels]`: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** How EXIF says a picture was stored: from which corner, and whether rows became columns. */
interface Turn {
  readonly transposed: boolean;
  readonly flipX: boolean;
  readonly flipY: boolean;
}

/** Index is EXIF's orientation tag (274) less 1; the flips say how the stored picture is read for the upright one. */
const turns: readonly Turn[] = [
  { transposed: false, flipX: false, flipY: false },
  { transposed: false, flipX: true, flipY: false },
  { transposed: false, flipX: true, flipY: true },
  { transposed: false, flipX: false, flipY: true },
  { transposed: true, flipX: false, flipY: false },
  { transposed: true, flipX: false, flipY: true },
  { transposed: true, flipX: true, flipY: true },
  { transposed: true, flipX: true, flipY: false },
];

/** The picture as it is meant to be seen, by EXIF's orientation 1 … 8; other numbers count as 1. */
export function upright(picture: Picture, orientation: number): Picture {
  const turn = turns[orientation - 1];
  if (!turn || orientation === 1) return picture;
  const { channels, data } = picture;
  const [width, height] = turn.transposed ? [picture.height, picture.width] : [picture.width, picture.height];
  const result = new Uint8Array(data.length);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = turn.transposed ? [y, x] : [x, y];
      const column = turn.flipX ? picture.width - 1 - u : u;
      const line = turn.flipY ? picture.height - 1 - v : v;
      const from = (line * picture.width + column) * channels;
      for (let c = 0; c < channels; c++) result[to++] = data[from + c]!;
    }
  }
  return { width, height, channels, data: result };
}

/** Brightness `0.299 R + 0.587 G + 0.114 B` (ITU-R BT.601); what is transparent shows white paper. One channel. */
export function toGrey({ width, height, channels, data }: Picture): Picture {
  if (channels === 1) return { width, height, channels, data };
  const hasAlpha = channels === 2 || channels === 4;
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    const at = i * channels;
    const value =
      channels < 3 ? data[at]! : 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
    const alpha = hasAlpha ? data[at + channels - 1]! / 255 : 1;
    grey[i] = Math.round(value * alpha + 255 * (1 - alpha));
  }
  return { width, height, channels: 1, data: grey };
}

/** Three channels; what is transparent shows white. */
export function toRgb(picture: Picture): Picture {
  const { width, height, channels, data } = picture;
  if (channels === 3) return picture;
  const hasAlpha = channels === 2 || channels === 4;
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const at = i * channels;
    const alpha = hasAlpha ? data[at + channels - 1]! / 255 : 1;
    for (let c = 0; c < 3; c++) {
      rgb[i * 3 + c] = Math.round(data[at + (channels < 3 ? 0 : c)]! * alpha + 255 * (1 - alpha));
    }
  }
  return { width, height, channels: 3, data: rgb };
}

/** 255 less each value. */
export function inverted(picture: Picture): Picture {
  return { ...picture, data: picture.data.map((value) => 255 - value) };
}

/** The middle value, channel by channel, of the pixels along the four edges: what stands behind the motif. */
export function borderColour({ width, height, channels, data }: Picture): number[] {
  const edge: number[] = [];
  for (let x = 0; x < width; x++) edge.push(x, (height - 1) * width + x);
  for (let y = 0; y < height; y++) edge.push(y * width, y * width + width - 1);
  return Array.from({ length: channels }, (_, c) => {
    const values = edge.map((pixel) => data[pixel * channels + c]!).sort((a, b) => a - b);
    return values[values.length >> 1]!;
  });
}

/**
 * Fits the picture into `width × height` with its aspect ratio kept, in the middle; bands beside it take `fill`, one
 * value per channel (by default the colour of its border).
 */
export function letterbox(
  picture: Picture,
  width: number,
  height: number,
  fill = borderColour(picture),
): Picture {
  const { channels } = picture;
  const scale = Math.min(width / picture.width, height / picture.height);
  const inner = resized(
    picture,
    Math.max(1, Math.min(width, Math.round(picture.width * scale))),
    Math.max(1, Math.min(height, Math.round(picture.height * scale))),
  );
  if (inner.width === width && inner.height === height) return inner;
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < data.length; i++) data[i] = fill[i % channels]!;
  const left = (width - inner.width) >> 1;
  const top = (height - inner.height) >> 1;
  const rowBytes = inner.width * channels;
  for (let y = 0; y < inner.height; y++) {
    data.set(inner.data.subarray(y * rowBytes, (y + 1) * rowBytes), ((top + y) * width + left) * channels);
  }
  return { width, height, channels, data };
}

/** Another size, by a triangle filter that widens where the picture shrinks, so that nothing is skipped. */
export function resized(picture: Picture, width: number, height: number): Picture {
  return resample(picture, width, height);
}
