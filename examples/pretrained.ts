// Weights of the package: as they are, and as the start for other pictures, digits that lie on their side, beside a network that begins with nothing.
import { manualSeed, noGrad, optim } from "fovea";
import { ArrayDataset, mnist } from "fovea/data";
import { pretrained } from "fovea/pretrained";
import { fineTune, fit, schedule, type TrainEvent } from "fovea/train";
import { lenet } from "fovea/vision";

const [few] = (await mnist()).split(1 / 300); // 200 pictures
const test = (await mnist({ train: false })).slice(0, 2000);
const digit = test.picture(0);
const digits = await pretrained("lenet-mnist");
const logits = noGrad(() => digits.model.forward(digits.preprocess(digit))); // [1, 10]
console.log(`a ${digits.classes[await logits.argmax(1).item()]}`);

manualSeed(0);
const { model, transforms } = await pretrained("lenet-mnist", { classes: few.classes });
const normalization = transforms.normalize!; // what the layers are used to
const data = { train: lying(few), val: lying(test), batchSize: 20, normalization };
const tuned = await curve(fineTune(model, data, { epochs: 6, lr: 3e-2, lrMult: 3 }));

const fresh = lenet();
const optimizer = new optim.AdamW(fresh.parameters(), { lr: 5e-3 });
const plain = await curve(fit(fresh, data, { optimizer, epochs: 60, schedule: schedule("onecycle") }));

const best = plain.reduce((a, b) => (b.top1 > a.top1 ? b : a));
const reached = tuned.find(({ top1 }) => top1 >= best.top1);
console.log(`from nothing: ${percent(best.top1)} after ${best.steps} steps`);
console.log(`from the weights: ${percent(tuned.at(-1)!.top1)} after ${tuned.at(-1)!.steps} steps`);
if (reached)
  console.log(
    `as good as from nothing after ${reached.steps} steps, ${percent(reached.steps / best.steps)} of them`,
  );

/** The same pictures, a quarter turn clockwise. */
function lying({ data, sampleShape, labels, classes }: ArrayDataset): ArrayDataset {
  const side = 28;
  const turned = data.map((_, i) => {
    const [x, y] = [i % side, Math.floor(i / side) % side];
    return data[i - y * side - x + (side - 1 - x) * side + y]!;
  });
  return new ArrayDataset({ data: turned, sampleShape, labels, classes });
}

/** Steps so far, and the share of test pictures that are right, after each epoch. */
async function curve(events: AsyncIterable<TrainEvent>): Promise<{ steps: number; top1: number }[]> {
  const points = [];
  let steps = 0;
  for await (const event of events) {
    if (event.type === "step") steps++;
    if (event.type === "epoch") points.push({ steps, top1: event.val.top1 });
  }
  return points;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
