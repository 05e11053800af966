// Mistakes in ops, the first layers, losses and models.
import {
  adaptiveAvgPool2d,
  avgPool2d,
  batchNorm,
  cat,
  conv2d,
  maxPool2d,
  nn,
  noGrad,
  optim,
  tensor,
  zeros,
} from "../../src/index.ts";
import * as vision from "../../src/vision/index.ts";

const f = (...shape: number[]) => zeros(shape);
const int = (...shape: number[]) => zeros(shape, { dtype: "int32" });
const lenet = new vision.LeNet();
lenet.parameters();
const layers = new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 10));
layers.parameters();
const normed = new nn.Sequential(new nn.Identity(), new nn.BatchNorm2d(3));
normed.parameters();

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  broadcast: () => f(2, 3).add(f(4)),
  "matmul inner": () => f(2, 3).matmul(f(4, 5)),
  "matmul batch": () => f(2, 3, 4).matmul(f(3, 4, 5)),
  "matmul dtype": () => f(2, 3).matmul(int(3, 2)),
  "matmul scalar": () => f().matmul(f(3)),
  reshape: () => f(2, 3).reshape([4, 2]),
  "reshape unknown": () => f(2, 3).reshape([4, -1]),
  permute: () => f(2, 3).permute([0, 0]),
  expand: () => f(2, 3).expand([4, 3]),
  axis: () => f(2, 3).sum(2),
  "axis twice": () => f(2, 3).sum([0, -2]),
  "empty amax": () => f(0, 3).amax(0),
  "slice step": () => f(2).slice(0, 0, 2, 0),
  select: () => f(2, 3).select(1, 3),
  pad: () => f(2, 3).pad([[1, 1]]),
  "cat sizes": () => cat([f(2, 3), f(2, 4)], 0),
  "cat dtypes": () => cat([f(2), int(2)]),
  t: () => f(2, 3, 4).t(),
  ragged: () => tensor([[1, 2], [3]]),
  fromTyped: () => tensor(new Float32Array(3), { shape: [2, 2] }),
  item: () => f(2).itemSync(),
  "indexSelect range": () => f(2, 3).indexSelect(1, tensor([0, 3], { dtype: "int32" })),
  "indexSelect dtype": () => f(2, 3).indexSelect(1, f(2)),
  "conv2d rank": () => conv2d(f(3, 8, 8), f(4, 3, 3, 3)),
  "conv2d channels": () => conv2d(f(1, 2, 8, 8), f(4, 3, 3, 3)),
  "conv2d kernel": () => conv2d(f(1, 3, 4, 4), f(4, 3, 5, 5)),
  "conv2d groups": () => conv2d(f(1, 3, 8, 8), f(4, 1, 3, 3), null, { groups: 2 }),
  "conv2d bias": () => conv2d(f(1, 3, 8, 8), f(4, 3, 3, 3), f(3)),
  "conv2d stride": () => conv2d(f(1, 3, 8, 8), f(4, 3, 3, 3), null, { stride: 0 }),
  "conv2d uint8": () => conv2d(zeros([1, 3, 8, 8], { dtype: "uint8" }), f(4, 3, 3, 3)),
  "maxPool2d window": () => maxPool2d(f(1, 1, 2, 2), 3),
  "avgPool2d padding": () => avgPool2d(f(1, 1, 4, 4), 2, { padding: 2 }),
  "Linear in a model": () => layers.forward(f(2, 1, 20, 20)),
  "Conv2d in a model": () => lenet.forward(f(64, 3, 28, 28)),
  "Conv2d without batch": () => lenet.forward(f(1, 28, 28)),
  "uint8 into a layer": () => lenet.forward(zeros([1, 1, 28, 28], { dtype: "uint8" })),
  "Conv2d options": () => new nn.Conv2d(3, 4, 3, { groups: 2 }),
  "Linear options": () => new nn.Linear(0, 3),
  "Dropout options": () => new nn.Dropout(1.5),
  "crossEntropy shapes": () => nn.crossEntropy(f(4, 10), int(3)),
  "crossEntropy class": () => nn.crossEntropy(f(2, 3), tensor([0, 3], { dtype: "int32" })),
  "mseLoss shapes": () => nn.mseLoss(f(4, 1), f(4)),
  "backward of many": () => tensor([1, 2], { requiresGrad: true }).mul(2).backward(),
  "backward of nothing": () => f(1).sum().backward(),
  "backward in noGrad": () => noGrad(() => tensor([1], { requiresGrad: true }).mul(2)).backward(),
  "backward twice": () => {
    const y = tensor([1], { requiresGrad: true }).mul(2).sum();
    y.backward();
    y.backward();
  },
  "requiresGrad of int": () => tensor([1], { dtype: "int32", requiresGrad: true }),
  assign: () => new nn.Parameter(f(2)).assign(f(3)),
  "loadStateDict names": () => new nn.Linear(2, 3).loadStateDict(new Map([["weigth", f(3, 2)]])),
  "loadStateDict shape": () =>
    new nn.Linear(2, 3, { bias: false }).loadStateDict(new Map([["weight", f(2, 3)]])),
  "optimizer without parameters": () => new optim.SGD([], { lr: 0.1 }),
  "optimizer lr": () => new optim.Adam(lenet.parameters(), { lr: -1 }),
  "optimizer nesterov": () => new optim.SGD(lenet.parameters(), { nesterov: true }),
  "unknown model": () => vision.model("lenett"),
  "model of other pictures": () => vision.makeModel("vgg11", { classes: 10, input: [1, 28, 28] }),
  "batchNorm shapes": () => batchNorm(f(2, 3, 4, 4), f(3), f(3), f(4)),
  "batchNorm eps": () => batchNorm(f(2, 3), f(3), f(3), null, null, -1),
  "BatchNorm2d options": () => new nn.BatchNorm2d(3, { momentum: 2 }),
  "BatchNorm2d of vectors": () => normed.forward(f(4, 3)),
  "BatchNorm of one value": () => normed.forward(f(1, 3, 1, 1)),
  "adaptiveAvgPool2d rank": () => adaptiveAvgPool2d(f(3, 4, 4), 1),
  "AdaptiveAvgPool2d size": () => new nn.AdaptiveAvgPool2d(0),
  "ResNet depth": () => new vision.ResNet(20 as 18),
  "CifarResNet depth": () => new vision.CifarResNet(18),
  "VGG depth": () => new vision.VGG(12 as 11),
  "VGG size": () => new vision.VGG(11, { imageSize: 28 }),
};
