import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  borderColour,
  inverted,
  letterbox,
  type Picture,
  resized,
  toGrey,
  toRgb,
  upright,
} from "./picture.ts";

const grey = (width: number, height: number, values: number[]): Picture => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from(values),
});
const values = (picture: Picture) => [...picture.data];

describe("pictures", () => {
  it("turns upright by each of EXIF's orientations", () => {
    const stored = grey(3, 2, [1, 2, 3, 4, 5, 6]);
    const expected = [
      [1, 2, 3, 4, 5, 6],
      [3, 2, 1, 6, 5, 4],
      [6, 5, 4, 3, 2, 1],
      [4, 5, 6, 1, 2, 3],
      [1, 4, 2, 5, 3, 6],
      [4, 1, 5, 2, 6, 3],
      [6, 3, 5, 2, 4, 1],
      [3, 6, 2, 5, 1, 4],
    ];
    for (const [i, data] of expected.entries())
      assert.deepEqual(values(upright(stored, i + 1)), data, `orientation ${i + 1}`);
    assert.equal(upright(stored, 6).width, 2);
  });

  it("becomes grey or RGB over white paper", () => {
    const rgba: Picture = {
      width: 2,
      height: 1,
      channels: 4,
      data: Uint8Array.of(255, 0, 0, 255, 0, 0, 0, 0),
    };
    assert.deepEqual(values(toGrey(rgba)), [76, 255]);
    assert.deepEqual(values(toRgb(rgba)), [255, 0, 0, 255, 255, 255]);
    assert.deepEqual(values(toRgb(grey(1, 1, [9]))), [9, 9, 9]);
    assert.deepEqual(values(inverted(grey(2, 1, [0, 200]))), [255, 55]);
  });

  it("keeps a constant picture constant at every size, and the mean when it shrinks", () => {
    const flat = grey(7, 5, new Array<number>(35).fill(93));
    for (const [width, height] of [
      [1, 1],
      [3, 2],
      [14, 10],
      [28, 3],
    ] as const) {
      assert.ok(resized(flat, width, height).data.every((value) => value === 93));
    }
    const checks = grey(
      64,
      64,
      Array.from({ length: 4096 }, (_, i) => (((i >> 6) + i) & 1 ? 255 : 0)),
    );
    for (const value of resized(checks, 8, 8).data) assert.ok(Math.abs(value - 127.5) < 6, `${value}`);
  });

  it("keeps the aspect ratio and fills with the border's colour", () => {
    const wide = grey(4, 2, [10, 10, 10, 10, 10, 10, 10, 10]);
    assert.deepEqual(
      values(letterbox(wide, 4, 4, [0])),
      [0, 0, 0, 0, 10, 10, 10, 10, 10, 10, 10, 10, 0, 0, 0, 0],
    );
    assert.deepEqual(borderColour(grey(3, 3, [7, 7, 7, 7, 99, 7, 7, 7, 8])), [7]);
  });
});
