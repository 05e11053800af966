// The public face of networks for pictures: the blocks that they are made of, the networks, and the zoo that knows them by name.
export { ConvNormActivation, type ConvNormActivationOptions } from "./blocks/convNorm.ts";
export { BasicConv2d, type BasicConvOptions, Inception, type InceptionChannels } from "./blocks/inception.ts";
export { BasicBlock, Bottleneck, type ResidualOptions } from "./blocks/residual.ts";
export { DepthwiseSeparable, InvertedResidual, type InvertedResidualOptions } from "./blocks/separable.ts";
export { SqueezeExcitation, type SqueezeExcitationOptions } from "./blocks/squeezeExcitation.ts";
export { AlexNet, type AlexNetOptions } from "./models/alexnet.ts";
export { CifarResNet } from "./models/cifarResnet.ts";
export { GoogLeNet, type GoogLeNetOptions, InceptionAux } from "./models/googlenet.ts";
export { LeNet } from "./models/lenet.ts";
export { LeNet5 } from "./models/lenet5.ts";
export { MobileNetV2, type MobileNetV2Options } from "./models/mobilenetV2.ts";
export { NiN, type NiNOptions } from "./models/nin.ts";
export { ResNet, type ResNetDepth, type ResNetOptions } from "./models/resnet.ts";
export { RowLSTM, type RowLSTMOptions } from "./models/rowLstm.ts";
export { VGG, type VGGDepth, type VGGOptions } from "./models/vgg.ts";
export { type ModelEntry, type ModelOptions, makeModel, model, models } from "./zoo.ts";
