// Fovea's side of the benchmark "loader": batches from its DataLoader, `--threads` being its number of workers, as numbers that a network
// takes. Options besides those of every side: `--photos DIR`.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Batch, DataLoader, listPictures, mnist, PictureDataset } from "../../src/data/index.ts";
import { createWasmBackend, setBackend, type Tensor, tensor } from "../../src/index.ts";
import {
  Compose,
  RandomAffine,
  RandomCrop,
  RandomErasing,
  RandomHorizontalFlip,
  Resize,
  RGB,
  type Step,
} from "../../src/transforms/index.ts";
import { serve, sideOptions } from "../serve.ts";
import type { LoaderWork } from "../works.ts";

const options = sideOptions();
const { values } = parseArgs({
  strict: false,
  options: { photos: { type: "string", default: "" } },
});
setBackend(createWasmBackend({ threads: 1 }));

async function loaderOf({ pictures, batch }: LoaderWork): Promise<DataLoader> {
  const how = { batchSize: batch, shuffle: true, dropLast: true, workers: options.threads };
  if (pictures === "digits") {
    const transform = new Compose([
      new RandomAffine(10, { translate: [0.1, 0.1], scale: [0.9, 1.1], interpolation: "bilinear" }),
      new RandomErasing(0.25),
    ]);
    return new DataLoader(await mnist({ root: options.data }), { ...how, transform });
  }
  const { pictures: files, classes } = await listPictures(String(values.photos));
  const steps: readonly Step[] = [new RGB(), new Resize(72), new RandomCrop(64), new RandomHorizontalFlip()];
  return new DataLoader(new PictureDataset({ pictures: files, classes }), {
    ...how,
    // The peer reads its files anew in each epoch.
    cache: 0,
    transform: new Compose(steps),
  });
}

const statistics = {
  digits: { mean: [0.1307], std: [0.3081] },
  photos: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
} as const;

const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));

await serve({ name: "fovea", version }, options, async (work) => {
  if (work.kind !== "loader") throw new Error(`this side makes batches, and ${work.name} is none`);
  const loader = await loaderOf(work);
  const channel = (numbers: readonly number[]) => tensor(numbers).reshape([1, numbers.length, 1, 1]);
  const [mean, std] = [channel(statistics[work.pictures].mean), channel(statistics[work.pictures].std)];
  async function* epochs(): AsyncGenerator<Batch, never> {
    for (;;) yield* loader;
  }
  const batches = epochs();
  let last: Tensor;
  const step = async () => {
    const [x] = (await batches.next()).value;
    last = x.div(255).sub(mean).div(std);
    await last.data();
  };
  return {
    step,
    async begin() {
      for (let i = 0; i < loader.prefetch; i++) await step();
    },
    finish() {},
    check: () => last.abs().mean().item(),
    mode: "DataLoader",
    threads: options.threads,
  };
});
