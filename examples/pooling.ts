// Poolings: the largest element of each window where features are taken out, the mean at the head of a classifier.
import { avgPool2d, manualSeed, maxPool2d, nn, tensor, zeros } from "fovea";

const picture = tensor([
  [1, 2, 0, 1],
  [0, 1, 3, 1],
  [2, 1, 0, 0],
  [1, 0, 1, 2],
]).reshape([1, 1, 4, 4]); // [pictures, channels, rows, columns]
console.log(await maxPool2d(picture, 2).reshape([2, 2]).toArray()); // [[2, 3], [2, 2]]
console.log(await avgPool2d(picture, 2).reshape([2, 2]).toArray()); // [[1, 1.25], [1, 0.75]]

const x = zeros([8, 64, 112, 112]);
console.log(new nn.MaxPool2d(3, { stride: 2 }).forward(x).shape); // [8, 64, 55, 55]
console.log(new nn.MaxPool2d(3, { stride: 2, ceilMode: true }).forward(x).shape); // [8, 64, 56, 56]
console.log(new nn.MaxPool2d(3, { stride: 2, padding: 1 }).forward(x).shape); // [8, 64, 56, 56]

const corner = tensor([[1, 1, 4]]).unsqueeze(0); // a sequence of three
const { avgPool1d } = nn.functional;
console.log(await avgPool1d(corner, 2, { ceilMode: true }).toArray()); // [[[1, 4]]]: beyond the end nothing is counted
console.log(await avgPool1d(corner, 2, { padding: 1 }).toArray()); // [[[0.5, 2.5]]]: padding is counted
console.log(await avgPool1d(corner, 2, { padding: 1, countIncludePad: false }).toArray()); // [[[1, 2.5]]]

manualSeed(0);
const network = new nn.Sequential(
  new nn.Conv2d(1, 8, 3, { padding: 1 }),
  new nn.ReLU(),
  new nn.MaxPool2d(2), // features: was it there, wherever in the window
  new nn.Conv2d(8, 16, 3, { padding: 1 }),
  new nn.ReLU(),
  new nn.AdaptiveAvgPool2d(1), // the head: how much of it in the whole picture
  new nn.Flatten(),
  new nn.Linear(16, 10),
);
console.log(network.forward(zeros([2, 1, 28, 28])).shape); // [2, 10]
console.log(network.forward(zeros([2, 1, 64, 48])).shape); // [2, 10]: any size will do

const numbers = tensor([[[1, 2, 3, 4, 5, 6, 7]]]); // seven elements in three bins: 1–3, 3–5, 5–7
console.log(await nn.functional.adaptiveAvgPool1d(numbers, 3).toArray()); // [[[2, 4, 6]]]
console.log(await nn.functional.adaptiveMaxPool1d(numbers, 3).toArray()); // [[[3, 5, 7]]]
