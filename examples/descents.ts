// Batch, stochastic and mini-batch gradient descent: the same optimizer, the same number of samples, three sizes of a batch.
import { manualSeed, nn, noGrad, optim, randn, Tensor } from "fovea";
import { ArrayDataset, DataLoader } from "fovea/data";

const samples = 1024;
const passes = 8;

// Points on a noisy curve: y = sin(2x) + noise.
manualSeed(1);
const x = Float32Array.from({ length: samples }, (_, i) => -2 + (4 * i) / samples);
const noise = await randn([samples]).data();
const y = x.map((value, i) => Math.sin(2 * value) + 0.1 * noise[i]!);
const points = new ArrayDataset({ data: x, sampleShape: [1], labels: Array.from(x, (_, i) => i) });
const targets = Tensor.fromArray(y, [samples, 1]);

for (const [name, batchSize] of [
  ["batch", samples],
  ["mini-batch", 32],
  ["stochastic", 1],
] as const) {
  manualSeed(2);
  const model = new nn.Sequential(new nn.Linear(1, 16), new nn.Tanh(), new nn.Linear(16, 1));
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.05 });
  const loader = new DataLoader(points, { batchSize, shuffle: true });
  const begin = performance.now();
  for (let pass = 0; pass < passes; pass++) {
    loader.epoch = pass;
    for (const [input, place] of loader) {
      const loss = nn.mseLoss(model.forward(input), targets.indexSelect(0, place));
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
    }
  }
  const everything = Tensor.fromArray(x, [samples, 1]);
  const loss = await noGrad(() => nn.mseLoss(model.forward(everything), targets)).item();
  const milliseconds = (performance.now() - begin).toFixed(0);
  console.log(
    `${name.padEnd(10)}  ${String(optimizer.steps).padStart(5)} steps of ${String(batchSize).padStart(4)} samples: loss ${loss.toFixed(4)} in ${milliseconds} ms`,
  );
}
