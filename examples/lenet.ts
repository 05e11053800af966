// LeNet learns handwritten digits: the network, the loop, the accuracy. `--steps 20` ends it early.
import { nn, noGrad, optim, type Tensor } from "fovea";
import { DataLoader, mnist } from "fovea/data";

class LeNet extends nn.Module {
  readonly conv1 = new nn.Conv2d(1, 6, 5);
  readonly conv2 = new nn.Conv2d(6, 16, 5);
  readonly conv3 = new nn.Conv2d(16, 120, 4);
  readonly pool = new nn.MaxPool2d(2);
  readonly fc1 = new nn.Linear(120, 64);
  readonly fc2 = new nn.Linear(64, 10);

  forward(images: Tensor): Tensor {
    let x = this.conv1.forward(images.div(255)).sigmoid(); // [N, 6, 24, 24]
    x = this.conv2.forward(this.pool.forward(x).sigmoid()); // [N, 16, 8, 8]
    x = this.conv3.forward(this.pool.forward(x)).flatten(1); // [N, 120]
    return this.fc2.forward(this.fc1.forward(x).sigmoid()); // [N, 10]
  }
}

const lastStep = process.argv[2] === "--steps" ? Number(process.argv[3]) : 2 * 938;
const train = new DataLoader(await mnist(), { batchSize: 64, shuffle: true });
const test = new DataLoader(await mnist({ train: false }), { batchSize: 1000 });
const model = new LeNet();
const optimizer = new optim.Adam(model.parameters(), { lr: 2e-3 });

while (optimizer.steps < lastStep) {
  for await (const [x, y] of train) {
    const loss = nn.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    if (optimizer.steps % 100 === 0) console.log(`step ${optimizer.steps}: loss ${await loss.item()}`);
    if (optimizer.steps === lastStep) break;
  }
}
let correct = 0;
for (const [x, y] of test) correct += await noGrad(() => model.forward(x).argmax(1).eq(y).sum()).item();
console.log(`accuracy after ${lastStep} steps: ${correct / 10_000}`);
