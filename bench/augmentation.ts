// What augmentation costs a picture of MNIST on one thread, in microseconds: the pipelines of docs/augmentation.md, and their steps alone.
//
//     npm run --silent build && node dist/bench/augmentation.js
import { performance } from "node:perf_hooks";
import { mnist } from "../src/data/mnist.ts";
import type { Picture } from "../src/picture/picture.ts";
import {
  Compose,
  ElasticTransform,
  RandomAffine,
  RandomErasing,
  type Step,
  sampleRandom,
} from "../src/transforms/index.ts";

const count = 2000;
const rounds = 25;

const affine = new RandomAffine(10, { translate: [0.1, 0.1], scale: [0.9, 1.1], interpolation: "bilinear" });
const elastic = new ElasticTransform({ alpha: 8, sigma: 3 });

const pipelines: readonly (readonly [string, Step])[] = [
  ["affine", affine],
  ["erasing, p = 1", new RandomErasing(1)],
  ["affine, erasing", new Compose([affine, new RandomErasing(0.25)])],
  ["elastic", elastic],
];

/** Microseconds a picture: the least of all rounds. */
function least(body: (epoch: number) => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    body(round);
    best = Math.min(best, performance.now() - start);
  }
  return (best * 1000) / count;
}

const { data } = await mnist();
const pictures = Array.from({ length: count }, (_, i): Picture => {
  return { width: 28, height: 28, channels: 1, data: data.subarray(i * 784, (i + 1) * 784) as Uint8Array };
});

const places = Array.from({ length: 64 }, (_, i) =>
  new Uint8Array(64 * 784).subarray(i * 784, (i + 1) * 784),
);

/** Sums what would otherwise be left out. */
let used = 0;
const row = (name: string, us: number) => console.log(`${name.padEnd(28)} ${us.toFixed(2).padStart(7)} µs`);
row(
  "sampleRandom",
  least((epoch) => {
    for (let i = 0; i < count; i++) used += sampleRandom(0, epoch, i).bits();
  }),
);
for (const [name, step] of pipelines) {
  row(
    `${name}: draw`,
    least((epoch) => {
      for (let i = 0; i < count; i++) {
        used += step.draw(sampleRandom(0, epoch, i), pictures[i]!) === null ? 1 : 0;
      }
    }),
  );
  row(
    `${name}: draw and apply`,
    least((epoch) => {
      for (let i = 0; i < count; i++) {
        const picture = pictures[i]!;
        used += step.apply(picture, step.draw(sampleRandom(0, epoch, i), picture)).data[0]!;
      }
    }),
  );
  row(
    `${name}: into a batch`,
    least((epoch) => {
      for (let i = 0; i < count; i++) {
        const picture = pictures[i]!;
        step.applyInto(picture, step.draw(sampleRandom(0, epoch, i), picture), places[i % places.length]!);
      }
    }),
  );
}
if (Number.isNaN(used)) throw new Error("a picture is no picture");
