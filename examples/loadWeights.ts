// Weights of others go into a model: names mapped, matched by order, an old head left out, Paddle's layout turned.
import { manualSeed, nn } from "fovea";
import {
  type ArrayToStore,
  encodePaddle,
  encodePyTorch,
  loadWeights,
  matchWeights,
  WeightsError,
  weightsOf,
} from "fovea/interop";
import * as vision from "fovea/vision";

manualSeed(0);
/** A file as somebody else would have it: a network for 100 classes, saved by PyTorch, whose head is called linear. */
async function published(rename: (name: string, index: number) => string): Promise<Uint8Array> {
  const arrays = new Map<string, ArrayToStore>();
  for (const [name, array] of await weightsOf(vision.resnet20({ classes: 100 })))
    arrays.set(rename(name, arrays.size), array);
  return encodePyTorch(arrays);
}
const file = await published((name) => `module.${name.replace("fc.", "linear.")}`);

const net = vision.resnet20({ classes: 100 });
try {
  await loadWeights(net, file, { file: "resnet20.pt" });
} catch (error) {
  if (!(error instanceof WeightsError)) throw error; // nothing has been changed
  for (const { name, nearest } of error.report.missing) console.log(`${name} is missing; ${nearest}?`);
}
const report = await loadWeights(net, file, {
  map: [{ stripPrefix: "module." }, { replace: /^linear\./, with: "fc." }],
});
console.log(report.matched.length, report.isComplete); // 128 true

// Names that mean nothing: by order and shape, looked at before it is done.
const nameless = await published((_, index) => `tensor_${index}`);
const guess = await matchWeights(net, nameless, { map: "order" });
console.log(String(guess).split("\n")[0]!.replace(/ +/, " ")); // conv1.weight ← tensor_0 [16, 3, 3, 3]
await loadWeights(net, nameless, { map: "order" });

// What fits is loaded, and the rest is told with its reason.
const own = vision.resnet20({ classes: 3 });
const body = await loadWeights(own, await published((name) => name), { strict: false });
for (const { name, why } of body.reshaped) console.log(`${name}: ${why}`);

// Paddle keeps dense weights as [in, out]; its files are turned on the way, both ways.
const lenet = vision.lenet();
const pdparams = encodePaddle(await weightsOf(lenet, { layout: "paddle" }));
const { matched } = await loadWeights(vision.lenet(), pdparams);
console.log(matched.filter(({ isTransposed }) => isTransposed).map(({ name }) => name)); // ["fc1.weight", "fc2.weight"]
const norm = await weightsOf(new nn.BatchNorm2d(4), { layout: "paddle" });
console.log([...norm.keys()]); // ["weight", "bias", "_mean", "_variance"]
