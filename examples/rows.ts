// Recurrent networks read handwritten digits row by row: 28 steps of 28 pixels, and the last hidden values tell the digit.
// `--steps 20` ends each training early, `--only GRU` trains one of them.
import { manualSeed, nn, noGrad, optim, type Shape, type Tensor } from "fovea";
import { DataLoader, mnist } from "fovea/data";

const { orthogonal, xavierUniform } = nn.init;
const hidden = 128;
/** What goes from step to step starts as a rotation, which neither grows nor shrinks what it is applied to 28 times. */
const weight = (shape: Shape) => (shape[1] === hidden ? orthogonal() : xavierUniform())(shape);

class RowReader extends nn.Module {
  readonly reader: nn.RNN | nn.LSTM | nn.GRU;
  readonly head = new nn.Linear(hidden, 10);

  constructor(Layer: typeof nn.RNN | typeof nn.LSTM | typeof nn.GRU) {
    super();
    this.reader = new Layer(28, hidden, { batchFirst: true, init: { weight } });
  }

  forward(images: Tensor): Tensor {
    const rows = images.div(255).squeeze(1); // [N, 28, 28]: 28 steps
    const [values] = this.reader.forward(rows); // [N, 28, 128]
    return this.head.forward(values.select(1, 27)); // [N, 10]
  }
}

const argument = (name: string) => process.argv[process.argv.indexOf(name) + 1];
const only = process.argv.includes("--only") ? argument("--only")! : "";
const train = new DataLoader(await mnist(), { batchSize: 64, shuffle: true });
const test = new DataLoader(await mnist({ train: false }), { batchSize: 1000 });

// The plain network has no gates that keep things for later, and needs to see the digits more often.
for (const [Layer, epochs] of [
  [nn.RNN, 4],
  [nn.LSTM, 2],
  [nn.GRU, 2],
] as const) {
  if (!Layer.name.startsWith(only)) continue;
  manualSeed(0);
  train.epoch = 0;
  const steps = process.argv.includes("--steps") ? Number(argument("--steps")) : epochs * train.length;
  const model = new RowReader(Layer);
  const parameters = model.parameters();
  const optimizer = new optim.AdamW(parameters);
  const schedule = new optim.OneCycleLR(optimizer, { maxLr: 2e-3, totalSteps: steps });
  const begin = performance.now();
  while (optimizer.steps < steps) {
    for await (const [x, y] of train) {
      if (optimizer.steps === steps) break;
      const loss = nn.crossEntropy(model.forward(x), y);
      optimizer.zeroGrad();
      loss.backward();
      optim.clipGradNorm(parameters, 1); // a long chain of steps can make gradients explode
      optimizer.step();
      schedule.step();
    }
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  let correct = 0;
  for (const [x, y] of test) correct += await noGrad(() => model.forward(x).argmax(1).eq(y).sum()).item();
  console.log(
    `${Layer.name}: ${(correct / 100).toFixed(2)}% of the test digits right, ${seconds} s of training`,
  );
}
