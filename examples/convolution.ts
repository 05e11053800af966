// Convolutions: what one computes, how large its result is, how many weights it has, and what goes the other way.
import { conv2d, manualSeed, nn, ones, tensor, zeros } from "fovea";

const picture = tensor([
  [1, 2, 0, 1],
  [0, 1, 3, 1],
  [2, 1, 0, 0],
  [1, 0, 1, 2],
]).reshape([1, 1, 4, 4]); // [pictures, channels, rows, columns]
const edges = tensor([
  [1, 0, -1],
  [1, 0, -1],
  [1, 0, -1],
]).reshape([1, 1, 3, 3]); // [channels out, channels in, rows, columns]
console.log(await conv2d(picture, edges).reshape([2, 2]).toArray()); // [[0, 2], [-1, -1]]

manualSeed(0);
const x = zeros([8, 16, 28, 28]);
console.log(new nn.Conv2d(16, 32, 3).forward(x).shape); // [8, 32, 26, 26]
console.log(new nn.Conv2d(16, 32, 3, { padding: "same" }).forward(x).shape); // [8, 32, 28, 28]
console.log(new nn.Conv2d(16, 32, 3, { padding: 1, stride: 2 }).forward(x).shape); // [8, 32, 14, 14]
console.log(new nn.Conv2d(16, 32, 3, { dilation: 2 }).forward(x).shape); // [8, 32, 24, 24]
console.log(new nn.Conv1d(16, 32, 5, { padding: 2 }).forward(zeros([8, 16, 100])).shape); // [8, 32, 100]

const weights = (layer: nn.Module) => layer.parameters().reduce((sum, { size }) => sum + size, 0);
const bias = false;
const small = new nn.Sequential(
  new nn.Conv2d(64, 64, 3, { padding: "same", bias }),
  new nn.ReLU(),
  new nn.Conv2d(64, 64, 3, { padding: "same", bias }),
);
const large = new nn.Conv2d(64, 64, 5, { padding: "same", bias });
console.log(weights(small), weights(large)); // 73728 102400

const seen = tensor(new Float32Array(9 * 9).fill(1), { shape: [1, 1, 9, 9], requiresGrad: true });
const pair = [0, 1].map(() => new nn.Conv2d(1, 1, 3, { padding: 1, bias, init: { weight: ones } }));
pair[1]!.forward(pair[0]!.forward(seen)).slice(2, 4, 5).slice(3, 4, 5).sum().backward();
console.log(await seen.grad!.ne(0).cast("int32").sum().item()); // 25: one output sees 5 × 5 inputs

const full = new nn.Conv2d(64, 128, 3, { padding: 1, bias });
const separable = new nn.Sequential(
  new nn.Conv2d(64, 64, 3, { padding: 1, groups: 64, bias }), // depthwise: each channel by itself
  new nn.Conv2d(64, 128, 1, { bias }), // pointwise: channels are mixed, place by place
);
console.log(weights(full), weights(separable)); // 73728 8768

const bottleneck = new nn.Sequential(
  new nn.Conv2d(256, 64, 1, { bias }), // fewer channels
  new nn.Conv2d(64, 64, 3, { padding: 1, bias }), // the dear part, on a quarter of them
  new nn.Conv2d(64, 256, 1, { bias }), // as many as before
);
console.log(weights(bottleneck), weights(new nn.Conv2d(256, 256, 3, { bias }))); // 69632 589824

const stamp = tensor([
  [1, 2],
  [3, 4],
]).reshape([1, 1, 2, 2]);
const places = tensor([
  [1, 10],
  [0, 100],
]).reshape([1, 1, 2, 2]);
const stamped = nn.functional.convTranspose2d(places, stamp, null, { stride: 2 });
console.log(await stamped.reshape([4, 4]).toArray());
// [[1, 2, 10, 20], [3, 4, 30, 40], [0, 0, 100, 200], [0, 0, 300, 400]]

const up = new nn.ConvTranspose2d(32, 16, 4, { stride: 2, padding: 1 });
console.log(up.forward(zeros([8, 32, 14, 14])).shape); // [8, 16, 28, 28]

const row = tensor([1, 2, 3]);
for (const mode of ["constant", "reflect", "replicate", "circular"] as const) {
  const padded = await nn.functional.pad(row, [2, 2], { mode }).data();
  console.log(mode, padded.join(" ")); // reflect 3 2 1 2 3 2 1
}
const smooth = new nn.Conv2d(16, 32, 3, { padding: 1, paddingMode: "reflect" });
console.log(smooth.forward(x).shape); // [8, 32, 28, 28]
