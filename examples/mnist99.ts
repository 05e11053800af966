// 99 of 100 handwritten digits right, seconds after the process has started. `--steps 20` ends it early.
import { nn, noGrad, optim } from "fovea";
import { DataLoader, mnist } from "fovea/data";
import { schedule } from "fovea/train";

const model = new nn.Sequential(
  new nn.Conv2d(1, 8, 5), // [N, 8, 24, 24]
  new nn.MaxPool2d(2),
  new nn.BatchNorm2d(8),
  new nn.ReLU(),
  new nn.Conv2d(8, 24, 5), // [N, 24, 8, 8]
  new nn.MaxPool2d(2),
  new nn.BatchNorm2d(24),
  new nn.ReLU(),
  new nn.Flatten(), // [N, 384]
  new nn.Linear(384, 64),
  new nn.BatchNorm1d(64),
  new nn.ReLU(),
  new nn.Linear(64, 10),
);
const parameters = [...model.parameters()];
const count = parameters.reduce((sum, parameter) => sum + parameter.size, 0);

const train = new DataLoader(await mnist(), { batchSize: 128, shuffle: true, dropLast: true });
const test = new DataLoader(await mnist({ train: false }), { batchSize: 1000 });
const steps = process.argv[2] === "--steps" ? Number(process.argv[3]) : 2 * train.length;
const optimizer = new optim.AdamW(parameters, { lr: 1e-2 });
// Few steps are enough where the rate first rises and then falls to nothing.
const rate = schedule("linear", { final: 1e-3, warmup: 0.15 });

while (optimizer.steps < steps) {
  model.train();
  for await (const [x, y] of train) {
    if (optimizer.steps === steps) break;
    optimizer.lr = 1e-2 * rate(optimizer.steps / steps);
    const loss = nn.crossEntropy(model.forward(x.div(255)), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
  model.eval();
  let correct = 0;
  for await (const [x, y] of test)
    correct += await noGrad(() => model.forward(x.div(255)).argmax(1).eq(y).sum()).item();
  const seconds = (performance.now() / 1000).toFixed(2);
  const percent = (correct / 100).toFixed(2);
  console.log(`${optimizer.steps} steps: ${percent}% of the test digits right, ${seconds} s after the start`);
}
console.log(`${count} parameters`);
