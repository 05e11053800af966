// Mistakes with blocks and networks for pictures.
import { nn, zeros } from "../../src/index.ts";
import * as vision from "../../src/vision/index.ts";

const pictures = (...shape: number[]) => zeros(shape);

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "ConvNormActivation option": () => new vision.ConvNormActivation(3, 8, { kernel: 3 } as object),
  "ConvNormActivation even kernel": () => new vision.ConvNormActivation(3, 8, { kernelSize: 4 }),
  "ConvNormActivation groups": () => new vision.ConvNormActivation(3, 8, { groups: 2 }),
  "ConvNormActivation dilation": () => new vision.ConvNormActivation(3, 8, { dilation: 0 }),
  "BasicBlock option": () => new vision.BasicBlock(4, 4, { strides: 2 } as object),
  "Bottleneck channels": () => new vision.Bottleneck(4, 0),
  "block of other channels": () => {
    const model = new nn.Sequential(new vision.BasicBlock(4, 8, { stride: 2 }), new vision.Bottleneck(4, 2));
    model.parameters();
    return model.forward(pictures(2, 4, 8, 8));
  },
  "DepthwiseSeparable stride": () => new vision.DepthwiseSeparable(4, 8, { stride: 3 }),
  "InvertedResidual stride": () => new vision.InvertedResidual(4, 8, { stride: 3 }),
  "InvertedResidual expandRatio": () => new vision.InvertedResidual(4, 8, { expandRatio: 0 }),
  "SqueezeExcitation channels": () => new vision.SqueezeExcitation(8, 0),
  "SqueezeExcitation input": () => new vision.SqueezeExcitation(8, 2).forward(pictures(2, 4, 3, 3)),
  "LeNet5 size": () => vision.lenet5().forward(pictures(2, 1, 32, 32)),
  "LeNet5 single picture": () => vision.lenet5().forward(pictures(1, 28, 28)),
  "LeNet5 imageSize": () => vision.lenet5({ imageSize: 30 as 28 }),
  "LeNet5 subsampling": () => vision.lenet5({ subsampling: "max" as "average" }),
  "LeNet5 connections": () => vision.lenet5({ connections: "sparse" as "table" }),
  "LeNet5 option": () => vision.lenet5({ numClasses: 10 } as object),
  "NiN too small": () => vision.nin().forward(pictures(2, 3, 3, 8)),
  "GoogLeNet too small": () => vision.googlenet({ classes: 2 }).forward(pictures(2, 3, 14, 64)),
  "GoogLeNet aux": () => vision.googlenet({ classes: 2 }).withAux(pictures(2, 3, 32, 32)),
  "GoogLeNet option": () => vision.googlenet({ auxLogit: true } as object),
  "ResNet20 channels": () => vision.resnet20().forward(pictures(2, 1, 32, 32)),
  "ResNet18 channels": () => vision.resnet18({ classes: 2 }).forward(pictures(2, 1, 32, 32)),
  "ResNet18 single picture": () => vision.resnet18({ classes: 2 }).forward(pictures(3, 32, 32)),
  "ResNet depth": () => new vision.ResNet(20 as 18),
  "MobileNetV2 widthMult": () => vision.mobilenetV2({ widthMult: -1 }),
  "MobileNetV2 roundNearest": () => vision.mobilenetV2({ roundNearest: 1.5 }),
  "MobileNetV2 batch of one": () => vision.mobilenetV2({ classes: 2 }).forward(pictures(1, 3, 32, 32)),
  "VGG option": () => vision.vgg16({ num_classes: 10 } as object),
  "ResNet20 option": () => vision.resnet20({ numClasses: 10 } as object),
  "ResNet20 classes": () => vision.resnet20({ classes: 0.5 }),
  "VGG too small": () => vision.vgg11({ width: 1 / 32, imageSize: 32 }).forward(pictures(2, 3, 31, 64)),
  "AlexNet too small": () => new vision.AlexNet({ classes: 2 }).forward(pictures(2, 3, 32, 32)),
  "RowLSTM columns": () => vision.rowLstm().forward(pictures(2, 1, 28, 32)),
  "RowLSTM hidden": () => vision.rowLstm({ hidden: 0 }),
  "classes of a network": () => vision.nin({ classes: 0 }),
};
