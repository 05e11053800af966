// The networks: a class each, and functions that make them, named as torchvision's.
export { AlexNet, type AlexNetOptions, alexnet } from "./alexnet.ts";
export {
  CifarResNet,
  type CifarResNetOptions,
  resnet20,
  resnet32,
  resnet44,
  resnet56,
} from "./cifarResnet.ts";
export { GoogLeNet, type GoogLeNetOptions, type GoogLeNetOutputs, googlenet } from "./googlenet.ts";
export { LeNet, lenet } from "./lenet.ts";
export { LeNet5, type LeNet5Options, lenet5 } from "./lenet5.ts";
export { MobileNetV2, type MobileNetV2Options, mobilenetV2 } from "./mobilenetV2.ts";
export { NiN, type NiNOptions, nin } from "./nin.ts";
export type { ClassifierOptions } from "./pictures.ts";
export {
  ResNet,
  type ResNetDepth,
  type ResNetOptions,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
} from "./resnet.ts";
export { RowLSTM, type RowLSTMOptions, rowLstm } from "./rowLstm.ts";
export {
  VGG,
  type VGGDepth,
  type VGGOptions,
  vgg11,
  vgg11Bn,
  vgg13,
  vgg13Bn,
  vgg16,
  vgg16Bn,
  vgg19,
  vgg19Bn,
} from "./vgg.ts";
