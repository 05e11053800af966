// A run of its own making: data, options, events, and hands on it. Two arms of a spiral, so that it takes a second.
import { manualSeed, nn, optim } from "fovea";
import { spirals } from "fovea/data";
import { batchSizeFor, confusionScores, fit, schedule, trainingBytes } from "fovea/train";

const [train, val] = spirals({ count: 600, turns: 0.8, noise: 0.02 }).split(0.8);
manualSeed(0);
const model = new nn.MLP(2, [32, 32, 2], { activation: nn.Tanh });
const run = fit(
  model,
  { train, val, batchSize: 32 },
  {
    optimizer: new optim.AdamW(model.parameters(), { lr: 1e-2 }),
    schedule: schedule("cosine", { warmup: 0.1 }),
    epochs: 60,
    earlyStopping: { patience: 15 },
  },
);
for await (const event of run) {
  if (event.type === "epoch" && event.epoch === 1) run.setLearningRate(5e-3); // from the next step on
  if (event.type !== "end") continue;
  const { reason, bestAccuracy } = event;
  console.log(`${reason}: ${(100 * bestAccuracy).toFixed(1)}% at best, whose weights the model has now`);
  const { precision, recall, f1 } = confusionScores(event.val.confusion);
  console.log(`precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}, F1 ${f1.toFixed(2)}`);
}

// Can it learn at all? One batch by heart, within a second.
const fresh = new nn.MLP(2, [32, 32, 2], { activation: nn.Tanh });
const heart = fit(
  fresh,
  { train, val, batchSize: 16 },
  { optimizer: new optim.Adam(fresh.parameters(), { lr: 1e-2 }), epochs: 4, overfitBatch: true },
);
let loss = Number.NaN;
for await (const event of heart) if (event.type === "step") ({ loss } = event);
console.log(loss < 0.1 ? "it learns a batch by heart" : `it does not learn: ${loss}`);

// The largest batch whose training has room in 100 kB.
const batchSize = batchSizeFor(model, [2], { memory: 100_000 }); // [2] is the shape of one sample
console.log(`a batch of ${batchSize} takes ${trainingBytes(model, [2], batchSize)} bytes`);
