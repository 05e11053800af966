// A training run of one's own that TensorBoard can show. Takes the folder to write into; then: tensorboard --logdir <folder>
import { appendFileSync, mkdirSync } from "node:fs";
import { mnist } from "fovea/data";
import { EventWriter, eventFileName } from "fovea/interop";
import { fit } from "fovea/train";
import { lenet } from "fovea/vision";

const folder = process.argv[2] ?? "runs/own";
mkdirSync(folder, { recursive: true });
const file = `${folder}/${eventFileName("mylab")}`;
const events = new EventWriter((bytes) => appendFileSync(file, bytes));

const [train, val] = (await mnist({ train: false })).slice(0, 2000).split(0.8);
const model = lenet();
await events.image("first digit", train.picture(0), 0);
let step = 0;
for await (const event of fit(model, { train, val }, { epochs: 2 })) {
  if (event.type === "step") events.scalar("train/loss", event.loss, ++step);
  if (event.type !== "epoch") continue;
  events.scalar("val/loss", event.val.loss, step);
  for (const [name, parameter] of model.namedParameters()) {
    events.histogram(`weights/${name}`, await parameter.data(), step);
  }
  await events.flush();
}
console.log(`${step} steps are in ${folder}`);
