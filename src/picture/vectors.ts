// Makes `resample` work with vectors, to the same bytes as its plain loops. A file of its own, so that pages which only need the loops
// don't load the assembler.
import type { Picture } from "./picture.ts";
import { type Taps, useResampler } from "./resample.ts";
import { slack, workspace } from "./vector/resample.ts";

/** Larger pictures, of whatever sides, are left to the loops: their bytes would all have to be copied. */
const mostBytes = 256 * 2 ** 20;

useResampler(resampleVectors);

/** Another size of a picture by weights along its rows and columns; null where it is too large. */
export function resampleVectors(picture: Picture, across: Taps | null, down: Taps | null): Picture | null {
  const { channels, data } = picture;
  const width = across?.first.length ?? picture.width;
  const height = down?.first.length ?? picture.height;
  let end = 0;
  const room = (bytes: number): number => {
    const address = end;
    end = Math.ceil((end + bytes + slack) / 16) * 16;
    return address;
  };
  const source = { address: room(data.length), stride: picture.width * channels };
  // The rows' function takes four at a time, reads as many pixels for each place, and writes a few bytes behind each row.
  const fours = Math.ceil(picture.height / 4) * 4;
  if (across) room((fours - picture.height) * source.stride + across.most * channels);
  const middle = across ? { address: 0, stride: Math.ceil((width * channels + 3) / 16) * 16 } : source;
  if (across) middle.address = room(fours * middle.stride);
  const acrossTaps = across ? room(4 * width * (across.most + 1)) : 0;
  const downWeights = down ? room(4 * down.weights.length) : 0;
  const target = down ? room(width * height * channels) : 0;
  if (end > mostBytes) return null;

  const { kernels, bytes } = workspace(end);
  bytes.set(data, source.address);
  if (across) {
    const { most, first, counts, weights } = across;
    const taps = new Int32Array(bytes.buffer, acrossTaps, width * (most + 1));
    for (let x = 0, to = 0; x < width; x++) {
      taps[to++] = first[x]! * channels;
      for (let k = 0; k < most; k++) taps[to++] = k < counts[x]! ? weights[x * most + k]! : 0;
    }
    kernels.rows(
      source.address,
      source.stride,
      picture.height,
      acrossTaps,
      most,
      width,
      channels,
      middle.address,
      middle.stride,
    );
  }
  const rowBytes = width * channels;
  if (!down) {
    const result = new Uint8Array(rowBytes * height);
    for (let y = 0; y < height; y++) {
      const from = middle.address + y * middle.stride;
      result.set(bytes.subarray(from, from + rowBytes), y * rowBytes);
    }
    return { width, height, channels, data: result };
  }
  new Int32Array(bytes.buffer, downWeights, down.weights.length).set(down.weights);
  for (let y = 0; y < height; y++) {
    kernels.column(
      middle.address + down.first[y]! * middle.stride,
      middle.stride,
      downWeights + 4 * y * down.most,
      down.counts[y]!,
      target + y * rowBytes,
      rowBytes,
    );
  }
  return { width, height, channels, data: bytes.slice(target, target + rowBytes * height) };
}
