// A run with a doctor beside it, as docs/doctor.md tells it: a learning rate that is far too high, found and healed.
import { manualSeed, nn, optim } from "fovea";
import { mnist } from "fovea/data";
import { attend } from "fovea/doctor";

manualSeed(0);
const model = new nn.Sequential(
  new nn.Conv2d(1, 8, 5), // [N, 8, 24, 24]
  new nn.ReLU(),
  new nn.MaxPool2d(2),
  new nn.Conv2d(8, 16, 5), // [N, 16, 8, 8]
  new nn.ReLU(),
  new nn.MaxPool2d(2),
  new nn.Flatten(), // [N, 256]
  new nn.Linear(256, 10),
);
const digits = await mnist();
const data = { train: digits.slice(0, 4000), val: digits.slice(50_000, 51_000) };
const optimizer = new optim.SGD(model.parameters(), { lr: 2, momentum: 0.9 });

const run = attend(model, data, { optimizer, epochs: 4, heal: true });
for await (const event of run) {
  if (event.type === "finding") console.log(`${event.finding.id}: ${event.finding.evidence}`);
  if (event.type === "heal") console.log(`again with a rate of ${event.progress.firstRate?.toPrecision(2)}`);
  if (event.type === "epoch") console.log(`epoch ${event.epoch}: ${(100 * event.val.top1).toFixed(1)}%`);
}
