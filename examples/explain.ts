// What a trained network has learned, and why it says what it says: the LeNet that comes with the package, and a seven.
import { DataLoader, mnist } from "fovea/data";
import {
  activations,
  features,
  gradCam,
  integratedGradients,
  maximise,
  occlusion,
  principalComponents,
  saliency,
  Tsne,
  topPatches,
  unitView,
} from "fovea/explain";
import { encodePng } from "fovea/picture";
import { overlayPicture } from "fovea/plot";
import { pretrained } from "fovea/pretrained";
import { prepareInput } from "fovea/train";

const { model, classes, preprocess, transforms } = await pretrained("lenet-mnist");
const digits = (await mnist({ train: false })).slice(0, 600);
const x = preprocess(digits.picture(0)); // [1, 1, 28, 28]

for (const [path, { name, output }] of activations(model, x)) console.log(path, name, output.shape);

const { map, layer, targets, scores } = gradCam(model, x);
console.log(`a ${classes[targets[0]!]} with a score of ${scores[0]!.toFixed(1)}, by the maps of ${layer}`);
const heat = { width: 28, height: 28, values: await map.data() };
const png = await encodePng(overlayPicture(digits.picture(0), heat));
console.log(png.subarray(1, 4).join() === "80,78,71");

const plain = saliency(model, x, { target: 2 }); // what would make it more of a 2
const { gaps, baselineScores } = integratedGradients(model, x, { baseline: -0.4242 }); // black, normalised
console.log(plain.map.shape, baselineScores[0]! < scores[0]!, Math.abs(gaps[0]!) < 0.01);

const { grid } = await occlusion(model, x, { size: 6, stride: 2, fill: -0.4242 });
const drop = await grid.amax().item();
console.log(`the worst patch takes ${(100 * drop).toFixed(0)}% of the probability`);

const view = unitView(model, x, { layer: "conv2", channel: 5 });
console.log(`conv2's channel 5 is highest at [${view.at}] and sees`, view.box);
const best = await topPatches(model, new DataLoader(digits, { batchSize: 100 }), {
  layer: "conv2",
  channel: 5,
  count: 4,
  prepare: (batch) => prepareInput(batch, transforms.normalize!),
});
console.log(best.map(({ index, value }) => `picture ${index}: ${value.toFixed(2)}`).join(", "));
const { picture, values } = await maximise(model, [1, 28, 28], { layer: "conv2", channel: 5, steps: 40 });
console.log(picture.shape, values[0]! < values.at(-1)!);

const pictures = Array.from({ length: 300 }, (_, i) => digits.picture(i));
const vectors = features(model, preprocess(pictures)); // [300, 64]
const { ratio } = principalComponents(vectors, 2);
console.log(`two directions have ${(100 * (ratio[0]! + ratio[1]!)).toFixed(0)}% of the variance`);

const projection = new Tsne(vectors, { steps: 300 });
while (projection.step()); // a page would draw projection.points here
console.log(`${neighboursAlike(projection.points)}% of the points have one of their own digit nearest`);

/** Share of points whose nearest neighbour has their label. */
function neighboursAlike(points: Float64Array): number {
  const count = points.length / 2;
  const alike = Array.from({ length: count }, (_, i) => {
    let nearest = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < count; j++) {
      const away = (points[2 * i]! - points[2 * j]!) ** 2 + (points[2 * i + 1]! - points[2 * j + 1]!) ** 2;
      if (j !== i && away < least) [nearest, least] = [j, away];
    }
    return digits.labels[i] === digits.labels[nearest];
  });
  return Math.round((100 * alike.filter(Boolean).length) / count);
}
