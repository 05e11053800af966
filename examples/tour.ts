// The library in a few minutes: tensors, derivatives, modules, optimizers, data, files, values that stay readable.
import { unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grad, manualSeed, nn, noGrad, optim, Tensor, tensor } from "fovea";
import { gradcheck } from "fovea/check";
import { ArrayDataset, DataLoader } from "fovea/data";
import { encodeSafetensors, loadWeights, weightsOf } from "fovea/interop";

const a = tensor([
  [1, 2, 3],
  [4, 5, 6],
]); // float32 [2, 3]
const b = a.t().matmul(a).add(1); // float32 [3, 3]; nothing is computed yet
console.log(await b.sum().item()); // 270, and now it is
console.log(await a.gt(2).toArray()); // [[false, false, true], [true, true, true]]

const x = tensor([1, 2, 3], { requiresGrad: true });
x.pow(3).sum().backward();
console.log(await x.grad!.toArray()); // 3x²: [3, 12, 27]

const [slope] = grad(x.pow(3).sum(), [x], { createGraph: true });
const [curvature] = grad(slope!.sum(), [x]);
console.log(await curvature!.toArray()); // 6x: [6, 12, 18]
gradcheck((x) => x.sigmoid().mul(x), [tensor([0.5, -1, 2])]); // throws where a gradient is wrong

manualSeed(0);
const net = new nn.Sequential(new nn.Linear(2, 16), new nn.Tanh(), new nn.Linear(16, 2));
for (const [name, parameter] of net.namedParameters()) console.log(name, parameter.shape);

const points = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i * 12.9898) * 1.5);
const labels = Int32Array.from({ length: 200 }, (_, i) =>
  Number(Math.hypot(points[2 * i]!, points[2 * i + 1]!) < 1.2),
);
const dataset = new ArrayDataset({ data: points, sampleShape: [2], labels });
const loader = new DataLoader(dataset, { batchSize: 50, shuffle: true, seed: 1 });

const optimizer = new optim.SGD(net.parameters(), { lr: 0.5, momentum: 0.9 });
let lastLoss = Number.NaN;
for (let epoch = 0; epoch < 60; epoch++) {
  optimizer.lr = 0.5 * (1 - epoch / 60);
  for await (const [x, y] of loader) {
    const loss = nn.crossEntropy(net.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step(); // forward, backward and update run here, as one program
    lastLoss = await loss.item();
  }
}
console.log(lastLoss < 0.2); // true

const [all, classes] = [Tensor.fromArray(points, [200, 2]), Tensor.fromArray(labels)];
const hits = noGrad(() => net.forward(all).argmax(1).eq(classes).sum());
console.log((await hits.item()) > 190); // true

const file = join(tmpdir(), `fovea-tour-${process.pid}.safetensors`);
await writeFile(file, encodeSafetensors(await weightsOf(net)));
await loadWeights(net, file); // names and shapes must agree
await unlink(file);

const hidden = net.layers[0]!.forward(all).retain(); // asked for, so it can be read after the step
const logits = net.layers[2]!.forward(hidden.tanh()); // a loss's small input is kept without asking
const loss = nn.crossEntropy(logits, classes); // and so is the loss
loss.backward();
optimizer.step();
console.log((await loss.item()) < 0.2, (await logits.data()).length, (await hidden.data()).length); // true 400 3200
