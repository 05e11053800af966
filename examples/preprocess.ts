// What a page does that only uses a model: the saved pipeline, without the random steps and without the rest of the library.
import { Compose, fromJSON, normalizedBatch, type Picture, stackPictures } from "fovea/transforms/evaluation";

const json = `{ "name": "Compose", "transforms": [
  { "name": "RGB" }, { "name": "Letterbox", "size": [24, 24] }, { "name": "Normalize", "mean": [0.5], "std": [0.5] }
] }`;
const pipeline = fromJSON(json);
if (!(pipeline instanceof Compose)) throw new Error("the saved pipeline is a Compose");

// In a page: context.getImageData(0, 0, width, height), whose pixels have four channels.
const picture: Picture = { width: 40, height: 30, channels: 4, data: new Uint8Array(40 * 30 * 4).fill(255) };
const batch = stackPictures([pipeline.forward(picture)]);
const input = normalizedBatch(batch, pipeline.normalize);
console.log(`[${batch.shape}] from ${Math.min(...input)} to ${Math.max(...input)}`);
