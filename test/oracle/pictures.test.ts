// Picture files of every kind that is read give the pixels that Pillow gives.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeImage, pictureInfo } from "../../src/picture/index.ts";
import { readStored, stored } from "./harness.ts";

const { index, tensors } = readStored<{ pillow: string; cases: readonly string[] }>("pictures.safetensors");

for (const name of index.cases) {
  test(name, async () => {
    const file = stored(tensors, `${name}.file`).data as Uint8Array;
    const { shape, data } = stored(tensors, `${name}.pixels`);
    const { width, height, channels, data: pixels } = await decodeImage(file, { file: name });
    assert.deepEqual([height, width, channels], shape);
    assert.deepEqual(pixels, data);
    const info = pictureInfo(file);
    const [across, down] = info.orientation < 5 ? [width, height] : [height, width];
    assert.deepEqual(
      { ...info, orientation: 0 },
      { format: name.split(" ")[0], width: across, height: down, channels, orientation: 0 },
    );
    const turned = / orientation (\d)$/.exec(name);
    assert.equal(info.orientation, turned ? Number(turned[1]) : 1);
  });
}

test("there are files of each format", () => {
  for (const format of ["jpeg", "png", "webp"])
    assert.ok(index.cases.filter((name) => name.startsWith(format)).length >= 5, format);
});
