// Fovea's side of the LeNet benchmark: an ordinary training loop over the public API.
import { readFileSync } from "node:fs";
import { type Batch, DataLoader, mnist } from "../../src/data/index.ts";
import { createWasmBackend, manualSeed, nn, optim, setBackend, type Tensor } from "../../src/index.ts";
import * as vision from "../../src/vision/index.ts";
import { serve, sideOptions } from "../serve.ts";

const options = sideOptions();
const backend = createWasmBackend({ threads: options.threads });
setBackend(backend);
manualSeed(0);

const dataset = await mnist({ root: options.data });
const loader = new DataLoader(dataset, { batchSize: options.batch, shuffle: true, dropLast: true });
const model = new vision.LeNet();
const optimizer = new optim.Adam(model.parameters(), { lr: 2e-3 });

async function* epochs(): AsyncGenerator<Batch, never> {
  for (;;) yield* loader;
}

const batches = epochs();
let loss: Tensor;

async function step(): Promise<void> {
  const [images, labels] = (await batches.next()).value;
  optimizer.zeroGrad();
  loss = nn.crossEntropy(model.forward(images.cast("float32").div(255)), labels);
  loss.backward();
  optimizer.step();
}

const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
const { simd, threads } = backend.info;
const about = { name: "fovea", version, mode: `wasm, ${simd}`, threads };
await serve(about, options, step, () => loss.item());
