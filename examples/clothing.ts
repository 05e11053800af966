// A classifier for a folder of photographs, from nothing: six residual blocks, augmentation, one cycle of the learning rate.
//
//   node dist/examples/clothing.js <folder> [--epochs 38] [--plain] [--seed 0]
//
// The folder has train/<class>, val/<class> and test/<class>, or the classes right under it. --plain leaves augmentation out.
import { parseArgs } from "node:util";
import { manualSeed, nn, noGrad, optim } from "fovea";
import { DataLoader, imageFolder, type PictureDataset, pictureStatistics } from "fovea/data";
import { fit, prepareInput, schedule } from "fovea/train";
import {
  ColorJitter,
  Compose,
  Letterbox,
  Normalize,
  RandomAffine,
  RandomErasing,
  RandomHorizontalFlip,
  RGB,
  type Step,
  ToTensor,
} from "fovea/transforms";
import { BasicBlock, ConvNormActivation } from "fovea/vision";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    epochs: { type: "string", default: "38" },
    plain: { type: "boolean", default: false },
    seed: { type: "string", default: "0" },
  },
});
const seed = Number(values.seed);
const { classes, train, val, test } = await imageFolder(positionals[0] ?? "clothing");
const sized = [new RGB(), new Letterbox([64, 48])]; // most photographs are upright, 3 : 4
const { mean, std } = await pictureStatistics(train, new Compose(sized), { workers: 2 });
const fill = mean.map((value) => Math.round(255 * value)); // what is cut off or hidden becomes nothing special
const augmented = [
  new RandomHorizontalFlip(),
  new RandomAffine(12, { translate: [0.1, 0.1], scale: [0.8, 1.2], interpolation: "bilinear", fill }), // angle
  new ColorJitter({ brightness: 0.3, contrast: 0.3, saturation: 0.3 }), // light
  new RandomErasing(0.35, { value: fill }), // occlusion
];
const transform = new Compose([
  ...sized,
  ...(values.plain ? [] : augmented),
  new ToTensor(),
  new Normalize(mean, std),
]);

manualSeed(seed);
const model = new nn.Sequential(
  new ConvNormActivation(3, 32, { stride: 2 }), // [N, 32, 32, 24]
  new BasicBlock(32, 32),
  new BasicBlock(32, 32),
  new BasicBlock(32, 64, { stride: 2 }), // [N, 64, 16, 12]
  new BasicBlock(64, 64),
  new BasicBlock(64, 128, { stride: 2 }), // [N, 128, 8, 6]
  new BasicBlock(128, 128),
  new nn.AdaptiveAvgPool2d(1),
  new nn.Flatten(), // [N, 128]
  new nn.Dropout(0.3),
  new nn.Linear(128, classes.length),
);
const weights = model.parameters().filter((p) => p.rank >= 2);
const others = model.parameters().filter((p) => p.rank < 2); // normalisations and biases: not decayed
const optimizer = new optim.AdamW([{ params: weights }, { params: others, weightDecay: 0 }], {
  lr: 3e-3,
  weightDecay: 0.05,
});

const run = fit(
  model,
  {
    train,
    val,
    transform,
    batchSize: 32,
    workers: 1,
    onBroken: ({ message }) => console.error(`left out: ${message}`),
  },
  {
    optimizer,
    epochs: Number(values.epochs),
    seed,
    ema: 0.995,
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

run.average!.apply(); // what was measured in each epoch
model.eval();
const answers = test ? [await logitsOf(test), await logitsOf(test, [new RandomHorizontalFlip(1)])] : [];
const how = values.plain ? "without augmentation" : "with augmentation";
for (const [views, name] of [
  [answers.slice(0, 1), "as they are"],
  [answers, "together with their mirror image"],
] as const) {
  if (!test) break;
  const right = Array.from(test.labels).filter((label, i) => {
    const sums = classes.map((_, c) =>
      views.reduce((sum, logits) => sum + logits[i * classes.length + c]!, 0),
    );
    return sums.indexOf(Math.max(...sums)) === label;
  });
  console.log(
    `${percent(right.length / test.length)} of ${test.length} test pictures right ${how}, seen ${name}`,
  );
}

/** The logits of all pictures of a set, `[n, classes]` row by row. */
async function logitsOf(set: PictureDataset, more: readonly Step[] = []): Promise<number[]> {
  const all: number[] = [];
  const loader = new DataLoader(set, { batchSize: 128, transform: new Compose([...sized, ...more]) });
  for await (const [x] of loader) {
    const logits = noGrad(() => model.forward(prepareInput(x, { mean, std })));
    all.push(...(await logits.data()));
  }
  return all;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
