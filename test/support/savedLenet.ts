// What a saved LeNet for three classes says of itself.
import type { ModelInfo } from "../../src/train/checkpoint.ts";
import { Compose, Grayscale, Letterbox, Normalize, ToTensor } from "../../src/transforms/index.ts";

export const lenetInfo: ModelInfo = {
  model: "lenet",
  classes: ["a", "b", "c"],
  input: [1, 28, 28],
  transforms: new Compose([new Grayscale(), new Letterbox(28), new ToTensor(), new Normalize([0.5], [0.5])]),
  background: 0,
  data: "mnist",
  epoch: 4,
  accuracy: 0.987,
};
