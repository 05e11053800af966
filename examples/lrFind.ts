// A learning rate that nobody chose: find it, train three epochs with one cycle. LeNet-5 with ReLU on MNIST. `--steps 20` ends it early.
import { manualSeed, nn, optim } from "fovea";
import { mnist } from "fovea/data";
import { findLearningRate, fit, schedule } from "fovea/train";

manualSeed(0);
const model = new nn.Sequential(
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
const data = {
  train: await mnist(),
  val: await mnist({ train: false }),
  normalization: { mean: [0.1307], std: [0.3081] },
};
const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3 });
const { suggestion } = await findLearningRate(model, data, { optimizer });
console.log(`suggestion ${suggestion.toPrecision(2)}`);

optimizer.lr = suggestion;
const steps = process.argv[2] === "--steps" ? { maxSteps: Number(process.argv[3]) } : {};
const run = fit(model, data, { optimizer, epochs: 3, schedule: schedule("onecycle"), ...steps });
for await (const event of run) {
  if (event.type !== "epoch") continue;
  const { epoch, val, seconds } = event;
  console.log(
    `epoch ${epoch}: ${(100 * val.top1).toFixed(2)}% of the test digits right, ${seconds.toFixed(1)} s`,
  );
}
