// LeNet-5 with ReLU on MNIST, 20 epochs on digits that are turned, shifted and bent anew in each. `--plain` leaves that out.
import { parseArgs } from "node:util";
import { manualSeed, nn, optim } from "fovea";
import { mnist } from "fovea/data";
import { fit, schedule } from "fovea/train";
import { augmentation, Compose, Normalize, ToTensor } from "fovea/transforms";

const { values } = parseArgs({
  options: {
    epochs: { type: "string", default: "20" },
    plain: { type: "boolean", default: false },
    seed: { type: "string", default: "0" },
  },
});
const seed = Number(values.seed);
const end = [new ToTensor(), new Normalize([0.1307], [0.3081])];
// A small affine map and an elastic one: RandomAffine(10, …), ElasticTransform({ alpha: 8, sigma: 3 }).
const transform = new Compose([...augmentation(values.plain ? "none" : "digits", [28, 28]), ...end]);

manualSeed(seed);
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
const run = fit(
  model,
  { train: await mnist(), val: await mnist({ train: false }), transform },
  {
    optimizer: new optim.AdamW(model.parameters(), { lr: 3e-3, weightDecay: 0.01 }),
    epochs: Number(values.epochs),
    seed,
    schedule: schedule("cosine", { final: 1e-3, warmup: 0.1 }),
  },
);
for await (const event of run) {
  if (event.type !== "epoch") continue;
  const { epoch, trainLoss, val, samplesPerSecond, seconds } = event;
  console.log(
    `epoch ${epoch}: loss ${trainLoss.toFixed(4)}, ${(100 * val.top1).toFixed(2)}% of the test digits right, ` +
      `${Math.round(samplesPerSecond)} pictures/s, ${seconds.toFixed(0)} s`,
  );
}
