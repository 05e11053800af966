// What every transform keeps to: seeds, parameters as data, sizes, JSON, evaluation.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FormatError, OptionError, ShapeError } from "../base/errors.ts";
import type { Picture } from "../picture/picture.ts";
import { Random } from "../tensor/random.ts";
import * as transforms from "./index.ts";

const {
  CenterCrop,
  ColorJitter,
  Compose,
  Normalize,
  RandomApply,
  RandomChoice,
  RandomCrop,
  RandomErasing,
  RandomHorizontalFlip,
  RandomInvert,
  RandomResizedCrop,
  Resize,
  RGB,
  ToTensor,
  fromJSON,
  sampleRandom,
} = transforms;

function noise(height: number, width: number, channels: number, seed = 1): Picture {
  const random = new Random(seed);
  const data = Uint8Array.from({ length: height * width * channels }, () => 20 + random.integer(181));
  return { height, width, channels, data };
}

/** At least one of each, with every option given once. */
const samples: readonly transforms.Step[] = [
  new transforms.Identity(),
  new Resize(20),
  new Resize([13, 31], { interpolation: "bicubic", antialias: false }),
  new Resize(20, { interpolation: "nearest", maxSize: 22 }),
  new CenterCrop([21, 50]),
  new transforms.Pad([1, 2, 3, 4], { fill: 9 }),
  new transforms.Pad(2, { paddingMode: "reflect" }),
  new transforms.Letterbox([32, 20]),
  new transforms.Letterbox(24, { fill: 114 }),
  new transforms.Grayscale(),
  new transforms.Grayscale(3),
  new RGB(),
  new ToTensor(),
  new Normalize([0.5], [0.25]),
  new RandomHorizontalFlip(),
  new transforms.RandomVerticalFlip(0.3),
  new RandomCrop(17, { padding: [2, 3], fill: 7 }),
  new RandomCrop([60, 20], { padIfNeeded: true, paddingMode: "edge" }),
  new RandomResizedCrop(16),
  new RandomResizedCrop([10, 12], { scale: [0.5, 1], ratio: [1, 1], interpolation: "nearest" }),
  new transforms.RandomRotation(30, { expand: true, interpolation: "bilinear" }),
  new transforms.RandomRotation([90, 90], { expand: true }),
  new transforms.RandomRotation([10, 20], { center: [0, 3], fill: 200 }),
  new transforms.RandomAffine(10, { translate: [0.1, 0.2], scale: [0.8, 1.2], shear: [-5, 5, -3, 3] }),
  new transforms.RandomAffine([0, 5], { shear: 8, interpolation: "bilinear", fill: 3 }),
  new transforms.RandomPerspective(0.4, 0.9),
  new transforms.ElasticTransform({ alpha: 20, sigma: [3, 2] }),
  new ColorJitter({ brightness: 0.4, contrast: [0.5, 1.5], saturation: 0.3, hue: 0.1 }),
  new transforms.RandomGrayscale(0.5),
  new transforms.RandomAutocontrast(),
  new transforms.RandomEqualize(),
  new RandomInvert(),
  new transforms.RandomPosterize(3),
  new transforms.RandomSolarize(128, 0.4),
  new transforms.RandomAdjustSharpness(2),
  new transforms.RandomGamma(),
  new transforms.GaussianBlur(5),
  new transforms.GaussianBlur([3, 7], { sigma: 1 }),
  new transforms.GaussianNoise({ mean: 0.1, sigma: 0.2 }),
  new transforms.JPEG([10, 90]),
  new transforms.RandomShadow(0.8),
  new RandomErasing(0.9),
  new RandomErasing(1, { value: "random", scale: [0.1, 0.2], ratio: [0.5, 2] }),
  new transforms.Cutout(9, { holes: 2, value: 100 }),
  new transforms.GridMask({ p: 1 }),
  new transforms.RandAugment(),
  new transforms.RandAugment({ numOps: 3, magnitude: 30, interpolation: "bilinear", fill: 128 }),
  new transforms.TrivialAugmentWide(),
  new transforms.AugMix({ severity: 10 }),
  new RandomApply([new Resize(12), new RandomCrop(8)], 0.5),
  new RandomChoice([new Resize(12), new Resize([9, 8])], { p: [1, 3] }),
  new transforms.RandomOrder([new transforms.Pad(1), new RandomCrop(19), new RandomInvert()]),
  new Compose([
    new Resize(30),
    new RandomResizedCrop(16),
    new ToTensor(),
    new Normalize([0.4, 0.5, 0.6], [0.2, 0.2, 0.2]),
  ]),
];

const title = (step: transforms.Step) => JSON.stringify(step);
const bytes = (picture: Picture) => [picture.height, picture.width, picture.channels, ...picture.data];

describe("every transform", () => {
  for (const channels of [1, 3]) {
    it(`gives the same for the same seed and leaves its picture alone, of ${channels} channels`, () => {
      const picture = noise(37, 29, channels);
      const before = bytes(picture);
      for (const step of samples) {
        for (let seed = 0; seed < 6; seed++) {
          const params = step.draw(new Random(seed), picture);
          const result = step.apply(picture, params);
          assert.deepEqual(bytes(step.forward(picture, new Random(seed))), bytes(result), title(step));
          assert.equal(result.data.length, result.width * result.height * result.channels, title(step));
          const { width, height, channels: c } = step.outputShape(picture, params);
          assert.deepEqual([result.width, result.height, result.channels], [width, height, c], title(step));
          const again = JSON.parse(JSON.stringify(params));
          assert.deepEqual(
            bytes(step.apply(picture, again)),
            bytes(result),
            `${title(step)}: parameters as JSON`,
          );
        }
      }
      assert.deepEqual(bytes(picture), before);
    });
  }

  it("writes the same bytes into an array that it is given, also into the picture's own", () => {
    for (const channels of [1, 3]) {
      const picture = noise(37, 29, channels);
      for (const step of samples) {
        for (let seed = 0; seed < 4; seed++) {
          const params = step.draw(new Random(seed), picture);
          const { data } = step.apply(picture, params);
          const target = new Uint8Array(data.length).fill(1);
          step.applyInto(picture, params, target);
          assert.deepEqual(target, data, title(step));
          if (data.length !== picture.data.length) continue;
          const own = { ...picture, data: picture.data.slice() };
          step.applyInto(own, params, own.data);
          assert.deepEqual(own.data, data, title(step));
        }
      }
    }
  });

  it("changes something, unless it is there to change nothing", () => {
    const picture = noise(37, 29, 3);
    const still = new Set(["Identity", "RGB", "ToTensor", "Normalize"]);
    for (const step of samples) {
      const changed = [0, 1, 2, 3, 4, 5, 6, 7].some((seed) => {
        const result = step.forward(picture, new Random(seed));
        return bytes(result).join() !== bytes(picture).join();
      });
      assert.equal(changed, !still.has(step.name), title(step));
    }
  });

  it("takes pictures of few pixels", () => {
    for (const step of samples) {
      if (["GaussianBlur", "RandomCrop", "RandomOrder", "Pad", "RandomApply"].includes(step.name)) continue;
      for (const [height, width] of [
        [1, 1],
        [1, 5],
        [2, 2],
        [9, 1],
      ] as const) {
        for (let seed = 0; seed < 4; seed++) step.forward(noise(height, width, 3), new Random(seed));
      }
    }
  });

  it("goes through JSON unchanged", () => {
    const picture = noise(37, 29, 3);
    for (const step of samples) {
      const text = JSON.stringify(step);
      const read = fromJSON(text);
      assert.equal(read.constructor, step.constructor);
      assert.equal(JSON.stringify(read), text);
      const [a, b] = [step, read].map((each) => bytes(each.forward(picture, new Random(3))));
      assert.deepEqual(a, b, text);
    }
    const classes = Object.entries(transforms).flatMap(([name, value]) =>
      typeof value === "function" && value.prototype instanceof transforms.Transform ? [name] : [],
    );
    const tried = new Set(samples.map((step) => step.name));
    assert.deepEqual(
      classes.filter((name) => !tried.has(name)),
      [],
    );
  });

  it("says whether anything is left to chance", () => {
    const picture = noise(37, 29, 3);
    for (const step of samples) {
      const results = new Set(
        Array.from({ length: 40 }, (_, seed) => bytes(step.forward(picture, new Random(seed))).join()),
      );
      assert.equal(step.deterministic, results.size === 1, title(step));
    }
  });
});

describe("evaluation", () => {
  const pipeline = new Compose([
    new RGB(),
    new RandomResizedCrop(14),
    new RandomHorizontalFlip(),
    new RandomApply([new ColorJitter({ brightness: 0.4 })], 0.8),
    new RandomInvert(1),
    new RandomErasing(),
    new ToTensor(),
    new Normalize([0.5], [0.25]),
  ]);

  it("leaves out what is random, and takes crops from the middle", () => {
    const fixed = pipeline.forEvaluation();
    assert.ok(fixed.deterministic);
    assert.deepEqual(
      fixed.transforms.map((step) => step.name),
      ["RGB", "Resize", "CenterCrop", "RandomInvert", "ToTensor", "Normalize"],
    );
    assert.deepEqual(fixed.normalize?.mean, [0.5]);
    const result = fixed.forward(noise(40, 23, 1));
    assert.deepEqual([result.height, result.width, result.channels], [14, 14, 3]);
    const expected = transforms.functional.centerCrop(
      transforms.functional.resize(transforms.functional.grayscaleToRgb(noise(40, 23, 1)), 16),
      14,
    );
    assert.deepEqual(bytes(result), bytes(transforms.functional.invert(expected)));
  });

  it("gives a batch of numbers that a network sees", async () => {
    const fixed = new Compose([
      new Resize([2, 2]),
      new ToTensor(),
      new Normalize([0.5, 0.25, 0], [0.5, 1, 0.1]),
    ]);
    const picture: Picture = {
      width: 2,
      height: 2,
      channels: 3,
      data: Uint8Array.from([255, 0, 51, 0, 255, 0, 0, 0, 0, 0, 0, 255]),
    };
    const x = transforms.toTensor([picture, picture], fixed);
    assert.deepEqual(x.shape, [2, 3, 2, 2]);
    const values = (await x.data()) as Float32Array;
    const expected = [1, -1, -1, -1, -0.25, 0.75, -0.25, -0.25, 2, 0, 0, 10];
    for (const [i, value] of [...expected, ...expected].entries())
      assert.ok(Math.abs(values[i]! - value) < 1e-6);
    assert.throws(() => transforms.toTensor([picture, noise(3, 2, 3)]), ShapeError);
  });
});

describe("seeds of samples", () => {
  it("are functions of seed, epoch and index, and differ between them", () => {
    const first = (seed: number, epoch: number, index: number) => sampleRandom(seed, epoch, index).bits();
    const seen = new Set<number>();
    for (const seed of [0, 1, 2 ** 40]) {
      for (let epoch = 0; epoch < 20; epoch++) {
        for (let index = 0; index < 50; index++) seen.add(first(seed, epoch, index));
      }
    }
    // 3000 numbers of 32 bits: a collision or two may happen by chance.
    assert.ok(seen.size >= 2998, `${seen.size}`);
    assert.equal(first(7, 3, 9), first(7, 3, 9));
    let sum = 0;
    for (let index = 0; index < 4000; index++) sum += sampleRandom(5, 0, index).uniform();
    assert.ok(Math.abs(sum / 4000 - 0.5) < 4 / Math.sqrt(12 * 4000));
  });
});

describe("JSON that is wrong", () => {
  it("is refused with the nearest name", () => {
    assert.throws(() => fromJSON({ name: "RandomHorizontalflip" }), /did you mean "RandomHorizontalFlip"/);
    assert.throws(() => fromJSON({ name: "Resize", size: 3, antialiass: true }), /did you mean "antialias"/);
    assert.throws(() => fromJSON({ name: "RandomCrop", size: -3 }), OptionError);
    assert.throws(() => fromJSON("{"), FormatError);
    assert.throws(() => fromJSON([]), FormatError);
    assert.throws(() => fromJSON({ name: "toString" }), FormatError);
    assert.throws(
      () => fromJSON({ name: "Compose", transforms: [{ name: "Resize", size: 8 }, {}] }),
      FormatError,
    );
  });
});
