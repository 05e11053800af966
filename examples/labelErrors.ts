// Wrong labels on purpose: 3% of MNIST's training labels are changed to any other, found again, and counted. `--pairs` takes one digit for another that looks
// like it instead, `--samples 3000 --folds 3` looks at fewer.
import { parseArgs } from "node:util";
import { nn, optim } from "fovea";
import { ArrayDataset, findLabelErrors, mnist, shuffledOrder } from "fovea/data";
import { crossValidate, schedule } from "fovea/train";

const { values } = parseArgs({
  options: {
    samples: { type: "string", default: "60000" },
    folds: { type: "string", default: "5" },
    epochs: { type: "string", default: "4" },
    seed: { type: "string", default: "0" },
    pairs: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);

const digits = (await mnist()).slice(0, Number(values.samples));
const labels = digits.labels.slice();
const shuffled = [...shuffledOrder(digits.length, seed, 0)];
const likeness = new Map([
  [1, 7],
  [3, 8],
  [4, 9],
  [5, 6],
  [7, 1],
]);
const similar = shuffled.filter((i) => likeness.has(labels[i]!));
const changed = values.pairs
  ? similar.slice(0, Math.round(0.1 * similar.length))
  : shuffled.slice(0, Math.round(0.03 * digits.length));
// Without pairs, each of the nine other classes equally often.
for (const [k, i] of changed.entries()) {
  labels[i] = values.pairs ? likeness.get(labels[i]!)! : (labels[i]! + 1 + (k % 9)) % 10;
}
const { data, sampleShape, classes } = digits;
const train = new ArrayDataset({ data, sampleShape, classes, labels });

const lenet = () =>
  new nn.Sequential(
    new nn.Conv2d(1, 6, 5, { padding: 2 }), // [N, 6, 28, 28]
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(6, 16, 5), // [N, 16, 10, 10]
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(), // [N, 400]
    new nn.Linear(400, 120),
    new nn.ReLU(),
    new nn.Linear(120, 84),
    new nn.ReLU(),
    new nn.Linear(84, 10),
  );
const start = performance.now();
const { probabilities, accuracy } = await crossValidate(
  lenet,
  { train, normalization: { mean: [0.1307], std: [0.3081] } },
  {
    folds: Number(values.folds),
    epochs: Number(values.epochs),
    seed,
    optimizer: (model) => new optim.AdamW(model.parameters(), { lr: 3e-3, weightDecay: 0.05 }),
    schedule: schedule("cosine", { final: 0.01, warmup: 0.05 }),
  },
).finished();
const { errors, noiseRate } = findLabelErrors(probabilities, labels);

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const isChanged = new Set(changed);
const found = errors.filter(({ index }) => isChanged.has(index));
const restored = found.filter(({ index, suggested }) => suggested === digits.labels[index]);
console.log(`${percent(accuracy)} of the labels are what the models that did not see them say`);
console.log(`estimated noise ${percent(noiseRate)}, ${errors.length} suspects for ${changed.length} changes`);
console.log(
  `recall ${percent(found.length / changed.length)}, precision ${percent(found.length / errors.length)}`,
);
console.log(`right suggestions ${percent(restored.length / found.length)}`);
for (const prune of ["class", "both", "confusion"] as const) {
  const other = findLabelErrors(probabilities, labels, { prune }).errors;
  const right = other.filter(({ index }) => isChanged.has(index)).length;
  console.log(
    `by ${prune}: recall ${percent(right / changed.length)}, precision ${percent(right / other.length)}`,
  );
}
console.log(`${((performance.now() - start) / 1000).toFixed(0)} s`);
