// A classifier for a folder of photographs, from nothing: six residual blocks, augmentation, one cycle of the learning rate.
//
//   node dist/examples/clothing.js <folder> [--epochs 40] [--plain] [--seed 0]
//
// The folder has train/<class>, val/<class> and test/<class>, or the classes right under it. --plain leaves augmentation out.
import { parseArgs } from "node:util";
import { manualSeed, nn, optim } from "fovea";
import { DataLoader, imageFolder, pictureStatistics } from "fovea/data";
import { evaluate, fit, schedule } from "fovea/train";
import {
  ColorJitter,
  Compose,
  Letterbox,
  Normalize,
  RandomAffine,
  RandomErasing,
  RandomHorizontalFlip,
  RGB,
  ToTensor,
} from "fovea/transforms";
import { BasicBlock, ConvNormActivation } from "fovea/vision";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    epochs: { type: "string", default: "40" },
    plain: { type: "boolean", default: false },
    seed: { type: "string", default: "0" },
  },
});
const seed = Number(values.seed);
const { classes, train, val, test } = await imageFolder(positionals[0] ?? "clothing");
const sized = [new RGB(), new Letterbox(56)];
const { mean, std } = await pictureStatistics(train, new Compose(sized), { workers: 2 });
const augmented = [
  new RandomHorizontalFlip(),
  new RandomAffine(10, { translate: [0.08, 0.08], scale: [0.85, 1.15], interpolation: "bilinear" }), // angle
  new ColorJitter({ brightness: 0.3, contrast: 0.3, saturation: 0.3 }), // light
  new RandomErasing(0.3), // occlusion
];
const transform = new Compose([
  ...sized,
  ...(values.plain ? [] : augmented),
  new ToTensor(),
  new Normalize(mean, std),
]);

manualSeed(seed);
const model = new nn.Sequential(
  new ConvNormActivation(3, 32, { stride: 2 }), // [N, 32, 28, 28]
  new BasicBlock(32, 32),
  new BasicBlock(32, 32),
  new BasicBlock(32, 64, { stride: 2 }), // [N, 64, 14, 14]
  new BasicBlock(64, 64),
  new BasicBlock(64, 128, { stride: 2 }), // [N, 128, 7, 7]
  new BasicBlock(128, 128),
  new nn.AdaptiveAvgPool2d(1),
  new nn.Flatten(), // [N, 128]
  new nn.Dropout(0.2),
  new nn.Linear(128, classes.length),
);
const weights = model.parameters().filter((p) => p.rank >= 2);
const others = model.parameters().filter((p) => p.rank < 2); // normalisations and biases: not decayed
const optimizer = new optim.AdamW([{ params: weights }, { params: others, weightDecay: 0 }], {
  lr: 4e-3,
  weightDecay: 0.05,
});

const run = fit(
  model,
  {
    train,
    val,
    transform,
    workers: 2,
    onBroken: ({ message }) => console.error(`left out: ${message}`),
  },
  {
    optimizer,
    epochs: Number(values.epochs),
    seed,
    schedule: schedule("cosine", { final: 1e-3, warmup: 0.25 }),
    loss: (logits, targets) => nn.crossEntropy(logits, targets, { labelSmoothing: 0.1 }),
  },
);
const start = performance.now();
for await (const event of run) {
  if (event.type !== "epoch") continue;
  const { epoch, trainLoss, trainAccuracy, val: held, samplesPerSecond } = event;
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `epoch ${epoch}: loss ${trainLoss.toFixed(3)}, training ${percent(trainAccuracy)}, validation ${percent(held.top1)}, ` +
      `${samplesPerSecond.toFixed(0)} pictures/s, ${seconds} s`,
  );
}

if (test) {
  const loader = new DataLoader(test, { batchSize: 128, transform: transform.forEvaluation(), workers: 2 });
  const { top1, samples } = await evaluate(model, loader, { normalization: { mean, std } });
  const how = values.plain ? "without augmentation" : "with augmentation";
  console.log(`${percent(top1)} of ${samples} test pictures right ${how}`);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
