// What augmentation takes from the speed of training: LeNet on MNIST, batches of 64, without it and with it on the calling thread or on a
// thread of the loader, by turns in one process.
//
//     npm run --silent build && node dist/bench/ours/augmented.js --threads 2 --rounds 15 --seconds 0.5
import { parseArgs } from "node:util";
import {
  type ArrayDataset,
  type Batch,
  DataLoader,
  type DataLoaderOptions,
  mnist,
} from "../../src/data/index.ts";
import { createWasmBackend, nn, optim, setBackend, type Tensor } from "../../src/index.ts";
import { Compose, ElasticTransform, RandomAffine, RandomErasing } from "../../src/transforms/index.ts";
import { machine, machineLine } from "../machine.ts";
import { round, summarise } from "../statistics.ts";
import { makeNetwork } from "./networks.ts";

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "15" },
    seconds: { type: "string", default: "0.5" },
  },
});
const [threads, rounds, seconds] = [values.threads, values.rounds, values.seconds].map(Number) as [
  number,
  number,
  number,
];
const batch = 64;

const affine = new RandomAffine(10, { translate: [0.1, 0.1], scale: [0.9, 1.1], interpolation: "bilinear" });
const erasing = new Compose([affine, new RandomErasing(0.25)]);
const elastic = new Compose([affine, new ElasticTransform({ alpha: 8, sigma: 3 })]);
const variants: readonly (readonly [string, DataLoaderOptions])[] = [
  ["without", {}],
  ["affine, erasing", { transform: erasing }],
  ["affine, elastic", { transform: elastic }],
  ["affine, erasing, 1 worker", { transform: erasing, workers: 1 }],
  ["affine, elastic, 1 worker", { transform: elastic, workers: 1 }],
];

/** A training that goes on for so many seconds at a time and gives its samples a second. */
function training(dataset: ArrayDataset, options: DataLoaderOptions): () => Promise<number> {
  const loader = new DataLoader(dataset, { batchSize: batch, shuffle: true, dropLast: true, ...options });
  const model = makeNetwork("lenet");
  const optimizer = new optim.Adam(model.parameters(), { lr: 2e-3 });
  async function* epochs(): AsyncGenerator<Batch, never> {
    for (;;) yield* loader;
  }
  const batches = epochs();
  let loss: Tensor;
  const step = async () => {
    const [x, y] = (await batches.next()).value;
    optimizer.zeroGrad();
    loss = nn.crossEntropy(model.forward(x.div(255)), y);
    loss.backward();
    optimizer.step();
  };
  return async () => {
    // What was made ahead while others had their turn does not count.
    for (let i = 0; i < loader.prefetch; i++) await step();
    loss.itemSync();
    const begin = performance.now();
    let steps = 0;
    do {
      await step();
      steps++;
    } while (performance.now() - begin < seconds * 1000);
    loss.itemSync();
    return (steps * batch * 1000) / (performance.now() - begin);
  };
}

const backend = createWasmBackend({ threads });
setBackend(backend);
console.log(
  `${machineLine(machine())}\n${rounds} rounds of ${seconds} s by turns, ${threads} thread${threads === 1 ? "" : "s"}; median (range)`,
);
const dataset = await mnist();
const trainings = variants.map(([, options]) => training(dataset, options));
for (const train of trainings) await train();
await backend.ready();
const rates: number[][] = trainings.map(() => []);
for (let i = 0; i < rounds; i++) {
  for (const [k, train] of trainings.entries()) rates[k]!.push(await train());
}
for (const [k, [name]] of variants.entries()) {
  const { median, min, max } = summarise(rates[k]!);
  const loss = summarise(rates[k]!.map((rate, i) => 100 * (1 - rate / rates[0]![i]!)));
  const text = k === 0 ? "" : `loses ${round(loss.median, 3)}%`;
  const least =
    k === 0 ? "" : `, of the fastest rounds ${round(100 * (1 - max / Math.max(...rates[0]!)), 3)}%`;
  const range = `${Math.round(median)} (${Math.round(min)}–${Math.round(max)}) samples/s`;
  console.log(`${name.padEnd(28)}${range.padEnd(40)}${text}${least}`);
}
process.exit(0);
