import assert from "node:assert/strict";
import { test } from "node:test";
import { type Interpolation, resample, useResampler } from "./resample.ts";
import { resampleVectors } from "./vectors.ts";

test("vectors give the bytes of the plain loops", () => {
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  let taken = 0;
  const counting: typeof resampleVectors = (...args) => {
    taken++;
    return resampleVectors(...args);
  };
  try {
    for (let i = 0; i < 300; i++) {
      const [width, height, channels] = [1 + random(40), 1 + random(40), 1 + random(4)];
      const data = Uint8Array.from({ length: width * height * channels }, () => random(256));
      const picture = { width, height, channels, data };
      const to = [1 + random(i % 3 === 0 ? 3 : 60), i % 5 === 0 ? height : 1 + random(60)] as const;
      const options = {
        interpolation: (["bilinear", "bicubic"] as Interpolation[])[i & 1]!,
        antialias: i % 4 < 2,
      };
      useResampler(null);
      const expected = resample(picture, ...to, options);
      useResampler(counting);
      assert.deepEqual(
        resample(picture, ...to, options),
        expected,
        `${width} × ${height} to ${to.join(" × ")}`,
      );
    }
    assert.ok(taken > 250);
    useResampler(counting);
    // One place that all sources count for.
    const row = { width: 5000, height: 1, channels: 3, data: new Uint8Array(15000).fill(77) };
    assert.deepEqual([...resample(row, 1, 1).data], [77, 77, 77]);
  } finally {
    useResampler(resampleVectors);
  }
});
