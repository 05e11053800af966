// Random parameters have the distributions that their formulas say; bounds are four deviations wide, and seeds are fixed.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Picture } from "../picture/picture.ts";
import { Random } from "../tensor/random.ts";
import * as transforms from "./index.ts";

const big = { width: 400, height: 300, channels: 3 };

function drawMany<P>(step: transforms.Transform<P>, count: number, shape = big): P[] {
  const random = new Random(11);
  return Array.from({ length: count }, () => step.draw(random, shape));
}

/** Kolmogorov and Smirnov's distance from even numbers in [low, high] is small. */
function assertEven(values: readonly number[], low: number, high: number): void {
  const sorted = [...values].sort((a, b) => a - b);
  assert.ok(
    sorted[0]! >= low && sorted.at(-1)! <= high,
    `${sorted[0]} … ${sorted.at(-1)} is outside of ${low} … ${high}`,
  );
  let distance = 0;
  for (const [i, value] of sorted.entries()) {
    const share = (value - low) / (high - low);
    distance = Math.max(
      distance,
      Math.abs(share - i / sorted.length),
      Math.abs(share - (i + 1) / sorted.length),
    );
  }
  // 1.95 / √n is exceeded once in a thousand.
  assert.ok(distance < 1.95 / Math.sqrt(sorted.length), `distance ${distance} of ${sorted.length}`);
}

function assertShare(hits: number, count: number, p: number): void {
  const deviation = Math.sqrt((p * (1 - p)) / count);
  assert.ok(Math.abs(hits / count - p) < 4 * deviation + 1e-9, `${hits} of ${count}, expected ${p}`);
}

/** All names occur about equally often. */
function assertUniformNames(names: readonly string[], known: readonly string[]): void {
  for (const name of known)
    assertShare(names.filter((n) => n === name).length, names.length, 1 / known.length);
  assert.ok(names.every((name) => known.includes(name)));
}

describe("distributions", () => {
  it("take steps with probability p", () => {
    const steps: readonly (transforms.Step & { readonly p: number })[] = [
      new transforms.RandomHorizontalFlip(0.2),
      new transforms.RandomVerticalFlip(),
      new transforms.RandomGrayscale(),
      new transforms.RandomEqualize(0.9),
      new transforms.RandomPerspective(0.5, 0.3),
      new transforms.RandomErasing(0.25, { scale: [0.05, 0.1] }),
      new transforms.RandomApply([new transforms.RandomInvert()], 0.7),
      new transforms.GridMask({ p: 0.6 }),
      new transforms.RandomShadow(0.4),
    ];
    for (const step of steps) {
      const taken = drawMany(step, 3000).filter((params) => params !== null).length;
      assertShare(taken, 3000, step.p);
    }
    for (const p of [0, 1]) {
      const taken = drawMany(new transforms.RandomHorizontalFlip(p), 200).filter((params) => params !== null);
      assert.equal(taken.length, 200 * p);
    }
  });

  it("crop anywhere", () => {
    const params = drawMany(new transforms.RandomCrop([100, 200], { padding: 4 }), 4000);
    assertEven(
      params.map(({ top }) => top),
      0,
      208,
    );
    assert.deepEqual(
      [Math.min(...params.map((p) => p.top)), Math.max(...params.map((p) => p.top))],
      [0, 208],
    );
    assert.deepEqual(
      [Math.min(...params.map((p) => p.left)), Math.max(...params.map((p) => p.left))],
      [0, 208],
    );
  });

  it("crop areas evenly and ratios evenly in the logarithm", () => {
    const step = new transforms.RandomResizedCrop(224, { scale: [0.1, 0.4], ratio: [0.5, 2] });
    const boxes = drawMany(step, 4000, { width: 4000, height: 4000, channels: 3 });
    // All ratios of these areas fit, so none is drawn again.
    assertEven(
      boxes.map(({ width, height }) => (width * height) / 4000 ** 2),
      0.0999,
      0.4001,
    );
    assertEven(
      boxes.map(({ width, height }) => Math.log(width / height)),
      -0.694,
      0.694,
    );
    assertEven(
      boxes.map(({ left, width }) => (left + 0.5) / (4001 - width)),
      0,
      1,
    );
    const flat = drawMany(new transforms.RandomResizedCrop(10), 50, { width: 1000, height: 3, channels: 3 });
    assert.ok(flat.every(({ width, height }) => width <= 1000 && height <= 3 && width / height <= 4 / 3));
  });

  it("turn, shift, scale and shear evenly", () => {
    assertEven(
      drawMany(new transforms.RandomRotation(25), 3000).map(({ angle }) => angle),
      -25,
      25,
    );
    const step = new transforms.RandomAffine([5, 40], {
      translate: [0.1, 0.3],
      scale: [0.5, 2],
      shear: [-1, 2, 3, 4],
    });
    const params = drawMany(step, 3000, { width: 10_000, height: 10_000, channels: 1 });
    assertEven(
      params.map(({ angle }) => angle),
      5,
      40,
    );
    assertEven(
      params.map(({ translate }) => translate[0]),
      -1000,
      1000,
    );
    assertEven(
      params.map(({ translate }) => translate[1]),
      -3000,
      3000,
    );
    assertEven(
      params.map(({ scale }) => scale),
      0.5,
      2,
    );
    assertEven(
      params.map(({ shear }) => shear[0]),
      -1,
      2,
    );
    assertEven(
      params.map(({ shear }) => shear[1]),
      3,
      4,
    );
  });

  it("move the corners of a perspective inwards, by at most half the distortion", () => {
    for (const params of drawMany(new transforms.RandomPerspective(0.5, 1), 500)) {
      const [topLeft, topRight, lowRight, lowLeft] = params!.endpoints as [number, number][];
      for (const [x, y] of [
        topLeft!,
        [399 - topRight![0], topRight![1]],
        [399 - lowRight![0], 299 - lowRight![1]],
        [lowLeft![0], 299 - lowLeft![1]],
      ] as const) {
        assert.ok(x! >= 0 && x! <= 100 && y! >= 0 && y! <= 75);
      }
    }
  });

  it("jitter colours evenly, in every order", () => {
    const step = new transforms.ColorJitter({
      brightness: 0.4,
      contrast: [0.5, 0.9],
      saturation: 2,
      hue: 0.2,
    });
    const params = drawMany(step, 6000);
    const factors = (name: string) => params.map((steps) => steps.find(([n]) => n === name)![1]);
    assertEven(factors("brightness"), 0.6, 1.4);
    assertEven(factors("contrast"), 0.5, 0.9);
    assertEven(factors("saturation"), 0, 3);
    assertEven(factors("hue"), -0.2, 0.2);
    const orders = params.map((steps) => steps.map(([name]) => name[0]).join(""));
    const all = new Set(orders);
    assert.equal(all.size, 24);
    assertUniformNames(orders, [...all]);
    assert.deepEqual(drawMany(new transforms.ColorJitter(), 1), [[]]);
  });

  it("hide areas of the shares asked for", () => {
    const erasing = new transforms.RandomErasing(1, { scale: [0.05, 0.2], ratio: [0.5, 2] });
    const shape = { width: 2000, height: 2000, channels: 3 };
    const boxes = drawMany(erasing, 3000, shape).map((params) => params!.boxes[0]!);
    assertEven(
      boxes.map(({ width, height }) => (width * height) / 2000 ** 2),
      0.0495,
      0.2005,
    );
    assertEven(
      boxes.map(({ width, height }) => Math.log(height / width)),
      -0.695,
      0.695,
    );
    const white: Picture = {
      width: 160,
      height: 120,
      channels: 1,
      data: new Uint8Array(160 * 120).fill(255),
    };
    const hiddenShare = (step: transforms.Step, count: number) => {
      const random = new Random(4);
      let hidden = 0;
      for (let i = 0; i < count; i++) {
        for (const v of step.forward(white, random).data) if (v === 0) hidden++;
      }
      return hidden / count / white.data.length;
    };
    const grid = hiddenShare(new transforms.GridMask({ p: 1, ratio: 0.6 }), 300);
    assert.ok(Math.abs(grid - 0.16) < 0.01, `${grid}`);
    // A square whose middle is even in the picture loses a quarter of its length at most, on average over 160 and 120 pixels.
    const cut = hiddenShare(new transforms.Cutout(40), 600);
    const expected = ((40 - (40 * 40) / (4 * 160)) * (40 - (40 * 40) / (4 * 120))) / (160 * 120);
    assert.ok(Math.abs(cut / expected - 1) < 0.04, `${cut} of ${expected}`);
  });

  it("leave neither everything nor nothing in the light, on average", () => {
    const white: Picture = { width: 60, height: 40, channels: 1, data: new Uint8Array(2400).fill(200) };
    const step = new transforms.RandomShadow(1, { darkness: [1, 1], softness: [0, 0] });
    const random = new Random(6);
    let dark = 0;
    for (let i = 0; i < 300; i++)
      dark += step.forward(white, random).data.filter((v) => v === 0).length / 2400;
    assert.ok(dark / 300 > 0.2 && dark / 300 < 0.5, `${dark / 300}`);
  });

  it("choose among steps by their shares", () => {
    const choice = new transforms.RandomChoice(
      [new transforms.RandomInvert(), new transforms.RandomEqualize(), new transforms.Resize(9)],
      { p: [1, 0, 3] },
    );
    const picks = drawMany(choice, 3000).map(({ order }) => order[0]!);
    assertShare(picks.filter((i) => i === 0).length, 3000, 0.25);
    assert.ok(!picks.includes(1));
  });

  it("pick steps of policies evenly, of both signs, with the magnitudes of the papers", () => {
    const ops = ["Identity", "ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate", "Brightness"];
    ops.push("Color", "Contrast", "Sharpness", "Posterize", "Solarize", "AutoContrast", "Equalize");
    const steps = drawMany(new transforms.RandAugment(), 5000).flat();
    assert.equal(steps.length, 10_000);
    assertUniformNames(
      steps.map(({ op }) => op),
      ops,
    );
    const magnitudes = (name: string) =>
      new Set(steps.filter(({ op }) => op === name).map(({ magnitude }) => magnitude));
    assert.deepEqual(
      [...magnitudes("Rotate")].sort((a, b) => a - b),
      [-9, 9],
    );
    assert.deepEqual([...magnitudes("Posterize")], [7]);
    assert.deepEqual([...magnitudes("Solarize")], [0.7]);
    assert.deepEqual(
      [...magnitudes("Brightness")].map((m) => Math.abs(m)).map((m) => m.toFixed(6)),
      ["0.270000", "0.270000"],
    );
    assert.ok(
      [...magnitudes("TranslateX")].every((m) => Math.abs(Math.abs(m) - (150 / 331) * 400 * 0.3) < 1e-9),
    );
    const wide = drawMany(new transforms.TrivialAugmentWide(), 20_000).flat();
    assert.equal(wide.length, 20_000);
    const turns = wide.filter(({ op }) => op === "Rotate").map(({ magnitude }) => magnitude);
    assertShare(turns.filter((m) => m < 0).length, turns.filter((m) => m !== 0).length, 0.5);
    assert.deepEqual([Math.min(...turns), Math.max(...turns)], [-135, 135]);
    assert.ok(Math.min(...wide.filter(({ op }) => op === "Posterize").map((s) => s.magnitude)) === 2);
    for (const { chains, shares, original } of drawMany(new transforms.AugMix(), 300)) {
      assert.ok(Math.abs(shares.reduce((a, b) => a + b, original) - 1) < 1e-12);
      assert.ok(chains.length === 3 && chains.every((chain) => chain.length >= 1 && chain.length <= 3));
    }
  });

  it("mix batches by Beta(alpha, alpha)", () => {
    for (const alpha of [0.2, 1, 4]) {
      const random = new Random(3);
      const step = new transforms.MixUp({ alpha });
      const values = Array.from({ length: 5000 }, () => step.draw(random).lambda);
      const mean = values.reduce((a, b) => a + b, 0) / 5000;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / 5000;
      const expected = 1 / (4 * (2 * alpha + 1));
      assert.ok(Math.abs(mean - 0.5) < 4 * Math.sqrt(expected / 5000), `mean ${mean}`);
      assert.ok(Math.abs(variance / expected - 1) < 0.1, `variance ${variance} of ${expected}`);
      assert.ok(values.every((value) => value >= 0 && value <= 1));
      if (alpha === 1) assertEven(values, 0, 1);
    }
  });

  it("add noise of the mean and the deviation asked for, and none that repeats", () => {
    const grey: Picture = { width: 300, height: 300, channels: 1, data: new Uint8Array(90_000).fill(128) };
    const { data } = new transforms.GaussianNoise({ mean: 0.1, sigma: 0.05 }).forward(grey, new Random(2));
    const mean = data.reduce((a, b) => a + b, 0) / data.length;
    const deviation = Math.sqrt(data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length);
    assert.ok(Math.abs(mean - 153.5) < 0.3, `${mean}`);
    assert.ok(Math.abs(deviation - 12.75) < 0.2, `${deviation}`);
    const random = new Random(9);
    const [a, b] = [1, 2].map(() => new transforms.GaussianNoise().forward(grey, random).data);
    let product = 0;
    for (const [i, v] of a!.entries()) product += (v - 128) * (b![i]! - 128);
    const correlation = product / (a!.length * 25.5 ** 2);
    assert.ok(Math.abs(correlation) < 4 / Math.sqrt(a!.length), `${correlation}`);
  });

  it("bend more with a larger alpha, and more smoothly with a larger sigma", () => {
    const { elasticField } = transforms.functional;
    const size = { width: 64, height: 48 };
    const rough = elasticField(size, [10, 10], [0, 0], 1);
    // Even numbers of [−1, 1) times alpha over the size.
    assertEven(
      [...rough].filter((_, i) => i % 2 === 0),
      -10 / 64,
      10 / 64,
    );
    assertEven(
      [...rough].filter((_, i) => i % 2 === 1),
      -10 / 48,
      10 / 48,
    );
    const steps = (field: Float32Array) => {
      let sum = 0;
      let square = 0;
      for (let i = 2; i < field.length; i += 2) {
        // Neighbours stand in one row.
        if (i % (2 * size.width) === 0) continue;
        sum += (field[i]! - field[i - 2]!) ** 2;
        square += field[i]! ** 2;
      }
      return sum / square;
    };
    const [little, much] = [2, 6].map((sigma) => steps(elasticField(size, [10, 10], [sigma, sigma], 1)));
    assert.ok(
      steps(rough) > 1.5 && little! < 0.3 && much! < little! / 3,
      `${steps(rough)} ${little} ${much}`,
    );
  });
});
