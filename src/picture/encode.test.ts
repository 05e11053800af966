import assert from "node:assert/strict";
import { test } from "node:test";
import { jpeg } from "../transforms/functional/jpeg.ts";
import { encodeJpeg, encodePng } from "./encode.ts";
import { decodeImage, pictureInfo } from "./image.ts";
import type { Picture } from "./picture.ts";

const waves = (width: number, height: number, channels: number): Picture => ({
  width,
  height,
  channels,
  data: Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    return 128 + 80 * Math.sin(x / 3 + (i % channels)) * Math.cos(y / 5) + ((i * 7) % 31);
  }),
});

test("PNG keeps every byte", async () => {
  for (const channels of [1, 2, 3, 4]) {
    for (const [width, height] of [
      [1, 1],
      [37, 5],
    ] as const) {
      const picture = waves(width, height, channels);
      const file = await encodePng(picture);
      assert.deepEqual(await decodeImage(file), picture);
      assert.deepEqual(pictureInfo(file), { format: "png", width, height, channels, orientation: 1 });
    }
  }
});

test("what is read from a JPEG file is what the transform of that name makes of the picture", async () => {
  for (const channels of [1, 3]) {
    for (const [width, height] of [
      [1, 1],
      [16, 16],
      [37, 21],
      [5, 40],
    ] as const) {
      for (const quality of [1, 40, 75, 95, 100]) {
        const picture = waves(width, height, channels);
        const decoded = await decodeImage(encodeJpeg(picture, quality));
        // Colours of 1 or 2 columns are repeated by decoders, not interpolated.
        if (channels === 3 && width < 5) assert.deepEqual([decoded.width, decoded.height], [width, height]);
        else assert.deepEqual(decoded, jpeg(picture, quality), `${width} × ${height}, quality ${quality}`);
      }
    }
  }
});

test("JPEG shows white where a picture is transparent", async () => {
  const clear = { width: 8, height: 8, channels: 4, data: new Uint8Array(256) };
  assert.ok((await decodeImage(encodeJpeg(clear))).data.every((value) => value === 255));
});
