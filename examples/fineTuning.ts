// Fine-tuning: a network that knows the digits 0 to 4 learns 5 to 9 from few pictures, beside one that begins with nothing.
import { manualSeed, nn, optim } from "fovea";
import { ArrayDataset, mnist } from "fovea/data";
import { fineTune, fit, freeze, ratesByDepth, replaceHead, schedule, unfreeze } from "fovea/train";

/** Up to `most` pictures of five digits from `first` on, numbered from 0. */
function five(dataset: ArrayDataset, first: number, most: number): ArrayDataset {
  const chosen = Array.from(dataset.labels.keys()).filter(
    (i) => Math.floor(dataset.labels[i]! / 5) * 5 === first,
  );
  const part = dataset.subset(chosen.slice(0, most));
  const { data, sampleShape } = part;
  return new ArrayDataset({
    data,
    sampleShape,
    labels: part.labels.map((label) => label - first),
    classes: ["0", "1", "2", "3", "4"].map((c) => String(Number(c) + first)),
  });
}

const [all, test] = [await mnist(), await mnist({ train: false })];
const low = { train: five(all, 0, 20_000), val: five(test, 0, 5000) };
const others = { train: five(all, 5, 250), val: five(test, 5, 5000), batchSize: 25 };

const network = () =>
  new nn.Sequential(
    new nn.Conv2d(1, 8, 5), // [N, 8, 24, 24]
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(8, 16, 5), // [N, 16, 8, 8]
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(256, 64),
    new nn.ReLU(),
    new nn.Linear(64, 5),
  );
manualSeed(0);
const digits = network();
await fit(digits, low, {
  optimizer: new optim.AdamW(digits.parameters(), { lr: 3e-3 }),
  epochs: 2,
}).finished();

console.log("from the digits 0 to 4:");
for await (const event of fineTune(digits, others, { epochs: 2, lr: 4e-2, lrMult: 10 })) {
  if (event.type === "epoch") console.log(`${(100 * event.val.top1).toFixed(1)}%`);
}

console.log("from nothing:");
const fresh = network();
const run = fit(fresh, others, {
  optimizer: new optim.AdamW(fresh.parameters(), { lr: 5e-3 }),
  epochs: 9,
  schedule: schedule("onecycle"),
});
for await (const event of run) {
  if (event.type === "epoch") console.log(`${(100 * event.val.top1).toFixed(1)}%`);
}

freeze(digits, "0.**", "3.**"); // by paths: * is one name, ** anything
unfreeze(digits);
const { path } = replaceHead(digits, 5);
const careful = new optim.AdamW(ratesByDepth(digits, 1e-3));
console.log(`head ${path}, rates ${careful.groups.map(({ lr }) => lr.toPrecision(1)).join(" ")}`);
