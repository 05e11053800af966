// Every optimizer trains the same LeNet on handwritten digits for two epochs, each at a rate that suits it; prints a table in Markdown.
// `--steps 20` ends each training early, `--only Adam` trains with those whose name begins so.
import { manualSeed, nn, noGrad, optim, type Tensor } from "fovea";
import { DataLoader, mnist } from "fovea/data";

class LeNet extends nn.Module {
  readonly conv1 = new nn.Conv2d(1, 6, 5);
  readonly conv2 = new nn.Conv2d(6, 16, 5);
  readonly conv3 = new nn.Conv2d(16, 120, 4);
  readonly pool = new nn.MaxPool2d(2);
  readonly fc1 = new nn.Linear(120, 64);
  readonly fc2 = new nn.Linear(64, 10);

  forward(images: Tensor): Tensor {
    let x = this.pool.forward(this.conv1.forward(images.div(255)).relu()); // [N, 6, 12, 12]
    x = this.pool.forward(this.conv2.forward(x).relu()); // [N, 16, 4, 4]
    x = this.conv3.forward(x).flatten(1).relu(); // [N, 120]
    return this.fc2.forward(this.fc1.forward(x).relu()); // [N, 10]
  }
}

type AnyOptimizer = optim.Optimizer<{ lr: number }>;
type Parameters = nn.Parameter[];

const makers: [name: string, options: string, make: (parameters: Parameters) => AnyOptimizer][] = [
  ["SGD", "lr 0.1", (p) => new optim.SGD(p, { lr: 0.1 })],
  ["SGD", "lr 0.02, momentum 0.9", (p) => new optim.SGD(p, { lr: 0.02, momentum: 0.9 })],
  [
    "SGD",
    "lr 0.02, momentum 0.9, nesterov",
    (p) => new optim.SGD(p, { lr: 0.02, momentum: 0.9, nesterov: true }),
  ],
  ["Adagrad", "lr 0.02", (p) => new optim.Adagrad(p, { lr: 0.02 })],
  ["Adadelta", "lr 1", (p) => new optim.Adadelta(p)],
  ["RMSprop", "lr 0.001", (p) => new optim.RMSprop(p, { lr: 0.001 })],
  ["Adam", "lr 0.002", (p) => new optim.Adam(p, { lr: 0.002 })],
  ["AdamW", "lr 0.002", (p) => new optim.AdamW(p, { lr: 0.002 })],
  ["Adamax", "lr 0.004", (p) => new optim.Adamax(p, { lr: 0.004 })],
  ["NAdam", "lr 0.002", (p) => new optim.NAdam(p)],
  ["RAdam", "lr 0.002", (p) => new optim.RAdam(p, { lr: 0.002 })],
  ["Lion", "lr 0.0003", (p) => new optim.Lion(p, { lr: 0.0003 })],
  [
    "Muon and AdamW",
    "lr 0.01 and 0.002",
    (parameters) => {
      const weights = parameters.filter((p) => p.rank >= 2);
      const biases = parameters.filter((p) => p.rank < 2);
      return new optim.Combined([
        new optim.Muon(weights, { lr: 0.01 }),
        new optim.AdamW(biases, { lr: 0.002 }),
      ]);
    },
  ],
];

const argument = (name: string) => process.argv[process.argv.indexOf(name) + 1];
const stepsPerEpoch = process.argv.includes("--steps") ? Number(argument("--steps")) : 938;
const only = process.argv.includes("--only") ? argument("--only")! : "";
const train = new DataLoader(await mnist(), { batchSize: 64, shuffle: true });
const test = new DataLoader(await mnist({ train: false }), { batchSize: 1000 });

/** Percentage of the test digits that are recognized. */
async function accuracyOf(model: LeNet): Promise<string> {
  let correct = 0;
  for (const [x, y] of test) correct += await noGrad(() => model.forward(x).argmax(1).eq(y).sum()).item();
  return (correct / 100).toFixed(2);
}

console.log("| optimizer | options | epoch 1 | epoch 2 | seconds |");
console.log("| --- | --- | ---: | ---: | ---: |");
for (const [name, options, make] of makers) {
  if (!name.startsWith(only)) continue;
  manualSeed(0);
  const model = new LeNet();
  const optimizer = make(model.parameters());
  const accuracies: string[] = [];
  let seconds = 0;
  for (let epoch = 0; epoch < 2; epoch++) {
    const begin = performance.now();
    let loss: Tensor | null = null;
    train.epoch = epoch;
    for await (const [x, y] of train) {
      loss = nn.crossEntropy(model.forward(x), y);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      if (optimizer.steps === (epoch + 1) * stepsPerEpoch) break;
    }
    await loss?.item();
    seconds += (performance.now() - begin) / 1000;
    accuracies.push(await accuracyOf(model));
  }
  console.log(`| ${name} | ${options} | ${accuracies.join(" | ")} | ${seconds.toFixed(1)} |`);
}
