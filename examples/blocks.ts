// Networks of the zoo and the blocks that they are made of: heads changed, weights taken over, a network of one's own.
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manualSeed, nn, noGrad, optim, type Tensor, zeros } from "fovea";
import { summary } from "fovea/inspect";
import { encodeSafetensors, loadWeights, weightsOf } from "fovea/interop";
import * as vision from "fovea/vision";

manualSeed(0);
const count = (model: nn.Module) => model.parameters().reduce((sum, { size }) => sum + size, 0);

// A network by its function, and by the name that the command line knows.
const network = vision.resnet18({ classes: 10, inChannels: 1 });
console.log(network.forward(zeros([2, 1, 64, 96])).shape); // [2, 10]
const byName = vision.makeModel("mobilenet_v2", { classes: 5, input: [3, 96, 96] });
console.log(count(byName)); // 2230277

// A file of weights, as one trained elsewhere on 100 classes would be.
const file = join(tmpdir(), `fovea-blocks-${process.pid}.safetensors`);
await writeFile(file, encodeSafetensors(await weightsOf(vision.resnet20({ classes: 100 }))));

const whole = vision.resnet20({ classes: 100 });
await loadWeights(whole, file); // names and shapes must agree

// Another head: everything but `fc` is taken over, `fc` starts anew.
const model = vision.resnet20({ classes: 3 });
const { reshaped } = await loadWeights(model, file, { strict: false });
console.log(reshaped.map(({ name }) => name)); // ["fc.weight", "fc.bias"]

// At first only the head learns; later all, the body ten times as slowly.
const head = new optim.AdamW(model.fc.parameters(), { lr: 1e-3 });
const inHead = new Set(model.fc.parameters());
const rest = model.parameters().filter((p) => !inHead.has(p));
const all = new optim.AdamW([{ params: [...inHead] }, { params: rest, lr: 1e-4 }], { lr: 1e-3 });
console.log(head.groups.length, all.groups.length, rest.length, inHead.size); // 1 2 63 2
await rm(file);

// What a network sees before its head.
const { conv1, bn1, layer1, layer2, layer3, avgpool } = model.eval();
const features = (x: Tensor) => {
  const maps = layer3.forward(layer2.forward(layer1.forward(bn1.forward(conv1.forward(x)).relu())));
  return avgpool.forward(maps).flatten(1);
};
console.log(noGrad(() => features(zeros([4, 3, 32, 32]))).shape); // [4, 64]

// A full 3×3 convolution, and blocks that see as much for less.
const ways: [string, nn.Module][] = [
  ["full 3×3", new vision.ConvNormActivation(64, 64)],
  ["bottleneck", new vision.Bottleneck(64, 16)],
  ["depthwise separable", new vision.DepthwiseSeparable(64, 64)],
];
for (const [name, block] of ways) {
  const { parameters, multiplyAdds } = summary(block, [64, 32, 32]).totals;
  console.log(`${name}: ${parameters} parameters, ${multiplyAdds} multiply-adds`);
}

// A network of one's own: channels double where the map halves, and the mean of each map goes to the head.
const own = new nn.Sequential(
  new vision.ConvNormActivation(3, 16), // [N, 16, 32, 32]
  new vision.BasicBlock(16, 16),
  new vision.BasicBlock(16, 32, { stride: 2 }), // [N, 32, 16, 16]
  new vision.SqueezeExcitation(32, 8),
  new vision.BasicBlock(32, 64, { stride: 2 }), // [N, 64, 8, 8]
  new nn.AdaptiveAvgPool2d(1), // [N, 64, 1, 1]
  new nn.Flatten(),
  new nn.Linear(64, 10),
);
console.log(own.forward(zeros([2, 3, 32, 32])).shape, count(own)); // [2, 10] 78594

// The classifiers on the way of GoogLeNet take part in its loss.
const googlenet = vision.googlenet({ classes: 4, auxLogits: true });
const labels = zeros([2], { dtype: "int32" });
const { logits, auxLogits1, auxLogits2 } = googlenet.withAux(zeros([2, 3, 64, 64]));
const [loss, loss1, loss2] = [logits, auxLogits1, auxLogits2].map((z) => nn.crossEntropy(z, labels));
const total = loss!.add(loss1!.add(loss2!).mul(0.3));
console.log(total.shape, logits.shape); // [] [2, 4]
