// Pictures that look like no other, for tests of reviews: waves and shapes in colours drawn by a seed. The same on every machine.
import { encodeJpeg } from "../../src/picture/encode.ts";
import type { Picture } from "../../src/picture/picture.ts";
import { Random } from "../../src/tensor/random.ts";
import { idat, iend, ihdr, pngOf } from "./png.ts";

/** A picture of a seed. */
export function photo(seed: number, width = 96, height = 72): Picture {
  const random = new Random(seed, 0x70686f74);
  const waves = Array.from({ length: 7 }, () => ({
    x: (random.uniform() - 0.5) * 24,
    y: (random.uniform() - 0.5) * 24,
    phase: random.uniform() * 7,
    colour: [random.uniform() - 0.5, random.uniform() - 0.5, random.uniform() - 0.5],
  }));
  const shapes = Array.from({ length: 7 }, () => ({
    x: random.uniform(),
    y: random.uniform(),
    width: 0.06 + 0.2 * random.uniform(),
    height: 0.06 + 0.2 * random.uniform(),
    round: random.uniform() < 0.5,
    colour: [random.integer(256), random.integer(256), random.integer(256)],
  }));
  const data = new Uint8Array(width * height * 3);
  const ground = new Float64Array(3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const [u, v] = [x / width, y / height];
      ground.fill(128);
      for (const wave of waves) {
        const level = 90 * Math.sin(wave.x * u + wave.y * v + wave.phase);
        for (let c = 0; c < 3; c++) ground[c]! += level * wave.colour[c]!;
      }
      const shape = shapes.findLast((s) => {
        const [dx, dy] = [(u - s.x) / s.width, (v - s.y) / s.height];
        return s.round ? dx * dx + dy * dy < 1 : Math.max(Math.abs(dx), Math.abs(dy)) < 1;
      });
      for (let c = 0; c < 3; c++) {
        const value = shape ? 0.7 * shape.colour[c]! + 0.3 * ground[c]! : ground[c]!;
        data[at + c] = Math.max(0, Math.min(255, value));
      }
    }
  }
  return { width, height, channels: 3, data };
}

/** The picture as a JPEG file. */
export function jpegFile(picture: Picture, quality = 90): Uint8Array {
  return encodeJpeg(picture, quality);
}

/** The picture as a PNG file, rows unfiltered. */
export function pngFile({ width, height, data }: Picture): Uint8Array {
  const rows = new Uint8Array(height * (width * 3 + 1));
  for (let y = 0; y < height; y++) {
    rows.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * (width * 3 + 1) + 1);
  }
  return pngOf([ihdr(width, height, 8, 2), idat(rows), iend]);
}

/** Other values by a function of each. */
export function mapped(picture: Picture, change: (value: number) => number): Picture {
  return { ...picture, data: picture.data.map((value) => Math.max(0, Math.min(255, change(value)))) };
}

/** The part from (left, top) on. */
export function cropped(picture: Picture, left: number, top: number, width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * picture.width + left) * 3;
    data.set(picture.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, channels: 3, data };
}
