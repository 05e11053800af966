// ResNet-20 on Fashion-MNIST: five epochs with flipped and shifted pictures and one cycle of the rate. `--steps 300` ends it early.
import { manualSeed, nn, noGrad, optim, type Tensor } from "fovea";
import { DataLoader, type Dataset, fashionMnist } from "fovea/data";
import { resnet20 } from "fovea/vision";

const epochs = 5;
const side = 28;
/** Pixels that a picture is shifted by at most. */
const reach = 1;

/** The pictures of a data set, half of them mirrored, all shifted by up to a pixel; other ones each time. */
function varied(dataset: Dataset): Dataset {
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // the numbers of Numerical Recipes
    return Math.floor((state / 2 ** 32) * below);
  };
  const { length, sampleShape, dtype, classes } = dataset;
  const batch = async (indices: Int32Array) => {
    const { data, labels } = await dataset.batch(indices);
    const changed = new Uint8Array(data.length);
    for (let n = 0; n < indices.length; n++) {
      const down = random(2 * reach + 1) - reach;
      const right = random(2 * reach + 1) - reach;
      const isMirrored = random(2) === 1;
      for (let y = Math.max(0, -down); y < Math.min(side, side - down); y++) {
        const from = (n * side + y + down) * side;
        const to = (n * side + y) * side;
        for (let x = Math.max(0, -right); x < Math.min(side, side - right); x++) {
          changed[to + (isMirrored ? side - 1 - x : x)] = data[from + x + right]!;
        }
      }
    }
    return { data: changed, labels };
  };
  return { length, sampleShape, dtype, classes, batch };
}

manualSeed(0);
const model = resnet20({ inChannels: 1 });
const train = new DataLoader(varied(await fashionMnist()), { batchSize: 128, shuffle: true, dropLast: true });
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
