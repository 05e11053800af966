// From a folder of pictures to a classifier: parts, a pipeline, the loader, training, and where a loop stands.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { manualSeed, nn, optim } from "fovea";
import {
  balancedWeights,
  DataLoader,
  imageFolder,
  pictureStatistics,
  WeightedRandomSampler,
} from "fovea/data";
import { encodePng } from "fovea/picture";
import { evaluate, fit } from "fovea/train";
import {
  augmentation,
  Compose,
  Letterbox,
  Normalize,
  type Picture,
  Random,
  RGB,
  ToTensor,
} from "fovea/transforms";
import { ConvNormActivation } from "fovea/vision";

/** A disc or a bar somewhere on paper. */
function drawn(shape: string, seed: number): Picture {
  const random = new Random(seed);
  const [width, height] = [24 + random.integer(16), 24 + random.integer(16)];
  const [x0, y0] = [8 + random.integer(width - 16), 8 + random.integer(height - 16)];
  const data = new Uint8Array(width * height).map((_, i) => {
    const [dx, dy] = [Math.abs((i % width) - x0), Math.abs(Math.floor(i / width) - y0)];
    const isInside = shape === "disc" ? dx * dx + dy * dy < 40 : dx < 3 && dy < 8;
    return (isInside ? 60 : 220) + random.integer(30);
  });
  return { width, height, channels: 1, data };
}

const folder = await mkdtemp(path.join(os.tmpdir(), "fovea-example-"));
for (const [k, shape] of ["bar", "disc"].entries()) {
  await mkdir(path.join(folder, shape));
  for (let i = 0; i < 120 - 40 * k; i++) {
    await writeFile(path.join(folder, shape, `${i}.png`), await encodePng(drawn(shape, 1000 * k + i)));
  }
}

const { train, val, test, classes } = await imageFolder(folder);
const sized = [new RGB(), new Letterbox(24)];
const { mean, std } = await pictureStatistics(train, new Compose(sized));
const transform = new Compose([
  ...sized,
  ...augmentation("light", [24, 24]),
  new ToTensor(),
  new Normalize(mean, std),
]);
const batches = new DataLoader(train, { batchSize: 16, shuffle: true, transform, workers: 2 });
for await (const [x, y] of batches) {
  console.log(`${x.dtype} [${x.shape}], ${y.shape[0]} labels`); // uint8 [16,3,24,24], 16 labels
  break;
}

manualSeed(0);
const model = new nn.Sequential(
  new ConvNormActivation(3, 16, { stride: 2 }),
  new ConvNormActivation(16, 32, { stride: 2 }),
  new nn.AdaptiveAvgPool2d(1),
  new nn.Flatten(),
  new nn.Linear(32, classes.length),
);
const run = fit(
  model,
  { train, val, transform, batchSize: 16 }, // validation takes transform.forEvaluation()
  { optimizer: new optim.AdamW(model.parameters(), { lr: 1e-2 }), epochs: 6 },
);
for await (const event of run) if (event.type === "end") console.log(`${event.epochs} epochs`);
const held = new DataLoader(test!, { batchSize: 32, transform: transform.forEvaluation() });
const { top1, samples } = await evaluate(model, held, { normalization: { mean, std } });
console.log(`${Math.round(top1 * samples)} of ${samples} test pictures right`);

const state = batches.state(); // { epoch: 0, batch: 1 }, plain JSON
const later = new DataLoader(train, { batchSize: 16, shuffle: true, transform });
later.restore(state); // the next loop makes the rest of that epoch, and nothing of what came before
let left = 0;
for await (const _ of later) left++;
console.log(`${JSON.stringify(state)}: ${left} of ${later.length} batches left`);

const balanced = new WeightedRandomSampler(balancedWeights(train.labels));
const even = new DataLoader(train, { batchSize: 16, sampler: balanced, transform });
const seen = [0, 0];
for await (const [, y] of even) for (const label of await y.data()) seen[label]!++;
console.log(
  `${classes.join(" and ")}: ${seen.map((n) => Math.round((100 * n) / train.length)).join(" and ")}%`,
);
batches.close();
await rm(folder, { recursive: true });
