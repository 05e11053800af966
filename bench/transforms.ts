// How fast transforms are on one thread, in millions of pixels of their input a second, and pictures a second for usual pipelines.
//
//     npm run --silent build && node dist/bench/transforms.js
import { performance } from "node:perf_hooks";
import type { Picture } from "../src/picture/picture.ts";
import { Random } from "../src/tensor/random.ts";
import * as transforms from "../src/transforms/index.ts";

const {
  ColorJitter,
  Compose,
  ElasticTransform,
  GaussianBlur,
  GaussianNoise,
  JPEG,
  RandAugment,
  RandomAffine,
  RandomCrop,
  RandomErasing,
  RandomHorizontalFlip,
  RandomPerspective,
  RandomResizedCrop,
  RandomRotation,
  RandomShadow,
  Resize,
} = transforms;

/** A smooth picture with some noise. */
function photo(height: number, width: number, channels = 3): Picture {
  const random = new Random(1);
  const data = Uint8Array.from({ length: height * width * channels }, (_, i) => {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    return 128 + 90 * Math.sin(x / 17 + y / 29 + (i % channels)) + random.uniform() * 30;
  });
  return { height, width, channels, data };
}

/** Milliseconds for one picture: the least of several rounds. */
function time(step: transforms.Step, picture: Picture): number {
  const random = new Random(2);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    let count = 0;
    do {
      step.forward(picture, random);
      count++;
    } while (performance.now() - start < 150);
    best = Math.min(best, (performance.now() - start) / count);
  }
  return best;
}

const still = { brightness: 0.4, contrast: 0.4, saturation: 0.4 };
const steps: readonly (readonly [string, transforms.Step])[] = [
  ["Resize(256) bilinear", new Resize(256)],
  ["Resize(256) bicubic", new Resize(256, { interpolation: "bicubic" })],
  ["Resize(256) nearest", new Resize(256, { interpolation: "nearest" })],
  ["Resize(1024) bilinear", new Resize(1024)],
  ["RandomResizedCrop(224)", new RandomResizedCrop(224)],
  ["RandomHorizontalFlip(1)", new RandomHorizontalFlip(1)],
  ["RandomRotation(30) nearest", new RandomRotation(30)],
  ["RandomRotation(30) bilinear", new RandomRotation(30, { interpolation: "bilinear" })],
  [
    "RandomAffine(10, …) bilinear",
    new RandomAffine(10, { translate: [0.1, 0.1], interpolation: "bilinear" }),
  ],
  ["RandomPerspective(0.5, 1)", new RandomPerspective(0.5, 1)],
  ["ElasticTransform()", new ElasticTransform()],
  ["ColorJitter without hue", new ColorJitter(still)],
  ["ColorJitter with hue", new ColorJitter({ ...still, hue: 0.1 })],
  ["GaussianBlur(9)", new GaussianBlur(9)],
  ["GaussianNoise()", new GaussianNoise()],
  ["JPEG(50)", new JPEG(50)],
  ["RandomShadow(1)", new RandomShadow(1)],
  ["RandomErasing(1)", new RandomErasing(1)],
  ["RandAugment()", new RandAugment()],
];
const picture = photo(500, 666);
for (const [name, step] of steps) {
  const ms = time(step, picture);
  const speed = (picture.width * picture.height) / ms / 1000;
  console.log(`${name.padEnd(32)} ${speed.toFixed(1).padStart(7)} Mpixel/s ${ms.toFixed(2).padStart(8)} ms`);
}
const pipelines: readonly (readonly [string, transforms.Step, Picture])[] = [
  [
    "666×500 RGB: RandomResizedCrop(224), flip",
    new Compose([new RandomResizedCrop(224), new RandomHorizontalFlip()]),
    picture,
  ],
  ["224×224 RGB: RandAugment", new RandAugment(), photo(224, 224)],
  [
    "32×32 RGB: RandomCrop(32, padding 4), flip",
    new Compose([new RandomCrop(32, { padding: 4 }), new RandomHorizontalFlip()]),
    photo(32, 32),
  ],
  [
    "28×28 grey: RandomAffine bilinear, RandomErasing",
    new Compose([
      new RandomAffine(10, { translate: [0.1, 0.1], interpolation: "bilinear" }),
      new RandomErasing(),
    ]),
    photo(28, 28, 1),
  ],
];
for (const [name, step, source] of pipelines) {
  console.log(`${name.padEnd(52)} ${(1000 / time(step, source)).toFixed(0).padStart(7)} pictures/s`);
}
