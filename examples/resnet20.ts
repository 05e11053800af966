// ResNet-20 on Fashion-MNIST: five epochs with flipped and shifted pictures and one cycle of the rate. `--steps 300` ends it early.
import { manualSeed, nn, noGrad, optim, type Tensor } from "fovea";
import { DataLoader, fashionMnist } from "fovea/data";
import { Compose, RandomCrop, RandomHorizontalFlip } from "fovea/transforms";
import { resnet20 } from "fovea/vision";

const epochs = 5;
manualSeed(0);
const model = resnet20({ inChannels: 1 });
const transform = new Compose([new RandomCrop(28, { padding: 1 }), new RandomHorizontalFlip()]);
const train = new DataLoader(await fashionMnist(), {
  batchSize: 128,
  shuffle: true,
  dropLast: true,
  transform,
});
const test = new DataLoader(await fashionMnist({ train: false }), { batchSize: 1000 });
const normalized = (x: Tensor) => x.div(255).sub(0.286).div(0.353); // mean and deviation of the training set

const weights = model.parameters().filter((p) => p.rank >= 2);
const others = model.parameters().filter((p) => p.rank < 2); // normalisations and the bias: not decayed
const optimizer = new optim.SGD([{ params: weights }, { params: others, weightDecay: 0 }], {
  lr: 0.1,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 5e-4,
});
const steps = process.argv[2] === "--steps" ? Number(process.argv[3]) : epochs * train.length;
const schedule = new optim.OneCycleLR(optimizer, { maxLr: 0.2, totalSteps: steps + 1, pctStart: 0.3 });

const start = performance.now();
while (optimizer.steps < steps) {
  model.train();
  let sum = 0;
  let count = 0;
  for await (const [x, y] of train) {
    if (optimizer.steps === steps) break;
    const loss = nn.crossEntropy(model.forward(normalized(x)), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    schedule.step();
    if (optimizer.steps % 20 === 0) {
      sum += await loss.item();
      count++;
    }
  }
  model.eval();
  let correct = 0;
  for await (const [x, y] of test)
    correct += await noGrad(() => model.forward(normalized(x)).argmax(1).eq(y).sum()).item();
  const percent = ((100 * correct) / test.dataset.length).toFixed(2);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const mean = (sum / count).toFixed(3);
  console.log(`${optimizer.steps} steps: loss ${mean}, ${percent}% of the test pictures right, ${seconds} s`);
}
