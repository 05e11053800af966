// Vector code of warps against the definition in plain numbers; results that are the same on every machine; results in given arrays.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Picture } from "../picture/picture.ts";
import { Random } from "../tensor/random.ts";
import { cosine, sine } from "./functional/trigonometry.ts";
import { inverseAffine } from "./functional/warp.ts";
import * as transforms from "./index.ts";

const { Compose, ElasticTransform, RandomAffine, RandomErasing, functional, sampleRandom } = transforms;

function noise(height: number, width: number, channels: number, seed = 1): Picture {
  const random = new Random(seed);
  const data = Uint8Array.from({ length: height * width * channels }, () => random.integer(256));
  return { height, width, channels, data };
}

/** What bilinear reading at (x, y) means, unrounded. */
function valueAt({ width, height, channels, data }: Picture, x: number, y: number, c: number, fill: number) {
  if (!(x > -1 && x < width && y > -1 && y < height)) return fill;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const pixel = (u: number, v: number) =>
    u < 0 || u >= width || v < 0 || v >= height ? fill : data[(v * width + u) * channels + c]!;
  const row = (v: number) => pixel(left, v) + (x - left) * (pixel(left + 1, v) - pixel(left, v));
  return row(top) + (y - top) * (row(top + 1) - row(top));
}

/** Every byte of `actual` is the definition's value at its place, give or take `tolerance` and rounding. */
function assertSampled(
  picture: Picture,
  actual: Picture,
  place: (u: number, v: number) => readonly [number, number],
  fill: readonly number[],
  tolerance: number,
) {
  const { width, height, channels, data } = actual;
  assert.equal(channels, picture.channels);
  for (let v = 0, at = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      const [x, y] = place(u, v);
      for (let c = 0; c < channels; c++, at++) {
        const expected = valueAt(picture, x, y, c, fill[c]!);
        const far = Math.abs(data[at]! - expected);
        assert.ok(
          far <= 0.5 + tolerance,
          `${height} × ${width}, (${u}, ${v}), ${c}: ${data[at]}, ${expected}`,
        );
      }
    }
  }
}

const sizes = [
  [28, 28],
  [1, 1],
  [1, 5],
  [9, 1],
  [3, 2],
  [17, 15],
  [5, 16],
  [7, 130],
  [67, 301],
] as const;
const fillOf = (channels: number) => (channels === 1 ? [77] : [10, 200, 99]);
const middles = ({ width, height }: Picture) => [(width - 1) / 2, (height - 1) / 2] as const;

/** Where an affine map of a picture onto its own size reads. */
function affinePlace(picture: Picture, map: readonly number[]) {
  const [a, b, c, d, e, f] = map as [number, number, number, number, number, number];
  const [middleX, middleY] = middles(picture);
  return (u: number, v: number) =>
    [
      middleX + a * (u - middleX) + b * (v - middleY) + c,
      middleY + d * (u - middleX) + e * (v - middleY) + f,
    ] as const;
}

describe("bilinear warps", () => {
  it("give the definition's values for straight maps of all sizes", () => {
    const maps = [
      [10, [1, -2], 1.1, [0, 0]],
      [-170, [0, 0], 0.3, [5, 20]],
      [90, [2, 0], 2, [0, 0]],
      [33, [-1, 1], 0.01, [0, 0]],
    ] as const;
    for (const channels of [1, 3]) {
      const fill = fillOf(channels);
      for (const [height, width] of sizes) {
        const picture = noise(height, width, channels);
        for (const [angle, translate, scale, shear] of maps) {
          const options = { interpolation: "bilinear", fill: channels === 1 ? fill[0]! : fill } as const;
          const actual = functional.affine(picture, angle, translate, scale, shear, options);
          const map = inverseAffine([0, 0], angle, translate, scale, shear);
          // Places are rounded to 1 / 2048 of a pixel, at most 255 levels along each axis.
          assertSampled(picture, actual, affinePlace(picture, map), fill, 0.3);
        }
      }
    }
  });

  it("leave a picture as it is where nothing moves", () => {
    for (const channels of [1, 3]) {
      const picture = noise(31, 150, channels);
      const same = functional.affine(picture, 0, [0, 0], 1, [0, 0], { interpolation: "bilinear" });
      assert.deepEqual(same.data, picture.data);
    }
  });

  it("give the definition's values for fields, and only fill for places far outside", () => {
    for (const channels of [1, 3]) {
      const fill = fillOf(channels);
      for (const [height, width] of sizes) {
        const picture = noise(height, width, channels);
        const random = new Random(3);
        const field = Float32Array.from({ length: height * width * 2 }, (_, i) =>
          i % 10 === 0 ? 1e9 * (random.uniform() - 0.5) : random.uniform() - 0.5,
        );
        const actual = functional.elastic(picture, field, { fill: channels === 1 ? fill[0]! : fill });
        const place = (u: number, v: number) => {
          const at = 2 * (v * width + u);
          return [u + (field[at]! * width) / 2, v + (field[at + 1]! * height) / 2] as const;
        };
        assertSampled(picture, actual, place, fill, 0.3);
      }
    }
  });

  it("reach pictures with long sides, and maps that leave next to nothing", () => {
    const long = noise(2, 40_000, 1);
    const shifted = functional.affine(long, 0, [1000, 0], 1, [0, 0], { interpolation: "bilinear" });
    assert.deepEqual(shifted.data.subarray(1000, 40_000), long.data.subarray(0, 39_000));
    const bent = functional.elastic(long, new Float32Array(160_000));
    assert.deepEqual(bent.data, long.data);
    for (const scale of [1e-5, 1e-9, 1e-300, 5e-324]) {
      const picture = noise(9, 9, 3);
      const options = { interpolation: "bilinear", fill: 9 } as const;
      const { data } = functional.affine(picture, 30, [0, 0], scale, [0, 0], options);
      assert.equal(data.filter((v) => v !== 9).length <= 3, true, `${scale}`);
    }
  });

  it("do not depend on what was warped before", () => {
    const [small, large] = [noise(28, 28, 1), noise(1100, 1300, 1)];
    const step = new ElasticTransform({ alpha: 8, sigma: 3, fill: 5 });
    const before = step.apply(small, { seed: 4 }).data;
    step.apply(large, { seed: 1 });
    functional.affine(noise(28, 28, 1, 2), 20, [0, 0], 1, [0, 0], { interpolation: "bilinear", fill: 250 });
    assert.deepEqual(step.apply(small, { seed: 4 }).data, before);
  });
});

describe("blurs", () => {
  it("weigh neighbours by Gaussian bells, mirrored at the edges", () => {
    const mirror = (i: number, size: number) => {
      const at = Math.abs(i);
      return at < size ? at : 2 * size - 2 - at;
    };
    const bell = (size: number, sigma: number) => {
      const weights = Array.from({ length: size }, (_, i) =>
        Math.exp(-((i - (size >> 1)) ** 2) / (2 * sigma * sigma)),
      );
      const sum = weights.reduce((a, b) => a + b, 0);
      return weights.map((w) => w / sum);
    };
    for (const [height, width, channels, tall, wide] of [
      [9, 7, 1, 5, 3],
      [6, 13, 3, 1, 9],
      [3, 4, 3, 5, 7],
      [5, 5, 1, 1, 1],
    ] as const) {
      const picture = noise(height, width, channels);
      const { data } = functional.gaussianBlur(picture, [tall, wide], [1.3, 0.8]);
      const [down, across] = [bell(tall, 1.3), bell(wide, 0.8)];
      for (let i = 0; i < data.length; i++) {
        const [c, x, y] = [i % channels, Math.floor(i / channels) % width, Math.floor(i / channels / width)];
        let sum = 0;
        for (const [j, h] of down.entries()) {
          for (const [k, w] of across.entries()) {
            const [row, column] = [mirror(y + j - (tall >> 1), height), mirror(x + k - (wide >> 1), width)];
            sum += h * w * picture.data[(row * width + column) * channels + c]!;
          }
        }
        assert.ok(Math.abs(data[i]! - sum) < 0.5001, `${height} × ${width}, ${i}: ${data[i]}, ${sum}`);
      }
    }
  });
});

describe("elastic fields", () => {
  it("are noise, mirrored at the edges and blurred by Gaussian bells", () => {
    for (const [width, height] of [
      [28, 28],
      [13, 30],
      [1, 6],
      [2, 3],
    ] as const) {
      const sigma = [3, 1.5] as const;
      const field = functional.elasticField({ width, height }, [width, height], sigma, 7);
      // The noise is made column by column, in columns of whole vectors.
      const tall = Math.ceil(height / 4) * 4;
      for (const axis of [0, 1] as const) {
        const plain = functional.elasticField({ width: tall, height: width }, [tall, width], [0, 0], 7);
        // As in torchvision, the axis that moves says how wide both bells are.
        const bell = (s: number, size: number) => {
          const reach = Math.min(Math.trunc(8 * sigma[axis] + 1) | 1, 2 * size - 1) >> 1;
          const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
            Math.exp(-((i - reach) ** 2) / (2 * s * s)),
          );
          const sum = weights.reduce((a, b) => a + b, 0);
          return { reach, weights: weights.map((w) => w / sum) };
        };
        const [across, down] = [bell(sigma[0], width), bell(sigma[1], height)];
        const mirror = (i: number, size: number) => {
          const at = Math.abs(i);
          return at < size ? at : 2 * size - 2 - at;
        };
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            let sum = 0;
            for (const [i, w] of across.weights.entries()) {
              for (const [j, h] of down.weights.entries()) {
                const column = mirror(x + i - across.reach, width);
                const row = mirror(y + j - down.reach, height);
                sum += w * h * plain[2 * (column * tall + row) + axis]!;
              }
            }
            const actual = field[2 * (y * width + x) + axis]!;
            assert.ok(Math.abs(actual - sum) < 1e-6, `${width} × ${height}: ${actual}, ${sum}`);
          }
        }
      }
    }
  });

  it("are the same within a transform as by themselves", () => {
    const picture = noise(21, 33, 3);
    const step = new ElasticTransform({ alpha: [30, 20], sigma: [4, 3] });
    const field = functional.elasticField(picture, [30, 20], [4, 3], 99);
    assert.deepEqual(step.apply(picture, { seed: 99 }).data, functional.elastic(picture, field).data);
  });
});

describe("sine and cosine of degrees", () => {
  it("are those of Math, and exact at right angles", () => {
    for (let degrees = -800; degrees < 800; degrees += 0.37) {
      const radians = (degrees * Math.PI) / 180;
      assert.ok(Math.abs(sine(degrees) - Math.sin(radians)) < 4e-15, `${degrees}`);
      assert.ok(Math.abs(cosine(degrees) - Math.cos(radians)) < 4e-15, `${degrees}`);
    }
    assert.deepEqual([-180, -90, 0, 90, 180, 270].map(cosine).map(Math.abs), [1, 0, 1, 0, 1, 0]);
    assert.deepEqual([-90, 90, 270].map(sine), [-1, 1, -1]);
  });
});

/** FNV-1a of bytes. */
function hash(arrays: readonly Uint8Array[]): number {
  let h = 0x811c9dc5;
  for (const bytes of arrays) for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}

describe("the bytes of a sample", () => {
  it("are these on every machine", () => {
    const affine = new RandomAffine(10, {
      translate: [0.1, 0.1],
      scale: [0.9, 1.1],
      interpolation: "bilinear",
    });
    const steps = [
      new Compose([affine, new RandomErasing(0.25)]),
      new ElasticTransform({ alpha: 8, sigma: 3 }),
      new RandomAffine(20, { shear: [-5, 5, -5, 5] }),
      new transforms.RandomPerspective(0.4, 1),
    ];
    const found = steps.flatMap((step) =>
      [noise(28, 28, 1), noise(37, 150, 3)].map((picture) =>
        hash(Array.from({ length: 30 }, (_, i) => step.forward(picture, sampleRandom(5, 2, i)).data)),
      ),
    );
    assert.deepEqual(
      found,
      [175053359, 2590181858, 3338611190, 3570084459, 1564414417, 3918638466, 2222728961, 3364638972],
    );
  });
});
