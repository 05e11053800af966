// GoogLeNet: nine Inception blocks, with two further classifiers on the way that training may use.

import { OptionError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import { AdaptiveAvgPool2d, Dropout, Linear, MaxPool2d } from "../../nn/layers/index.ts";
import { type InitialValues, normal } from "../../nn/module/init.ts";
import { Module } from "../../nn/module/module.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { BasicConv2d, Inception } from "../blocks/inception.ts";
import { type ClassifierOptions, checkCounts, checkPictures } from "./pictures.ts";

/** Options of `GoogLeNet`. */
export interface GoogLeNetOptions extends ClassifierOptions {
  /** Whether there are the two classifiers on the way, which `withAux` gives the logits of. Default false. */
  auxLogits?: boolean;
  /** Probability of a value before the last layer being dropped while training. Default 0.2. */
  dropout?: number;
  /** The same for the classifiers on the way. Default 0.7. */
  dropoutAux?: number;
}

/** What `withAux` gives: logits `[N, classes]` of the network and of its classifiers on the way, the later first. */
export interface GoogLeNetOutputs {
  readonly logits: Tensor;
  readonly auxLogits2: Tensor;
  readonly auxLogits1: Tensor;
}

// torchvision cuts this distribution at 200 deviations, which no number reaches.
const init: InitialValues = { weight: (shape) => normal(shape, 0, 0.01) };

function inception(
  inChannels: number,
  ch1x1: number,
  ch3x3red: number,
  ch3x3: number,
  ch5x5red: number,
  ch5x5: number,
  poolProj: number,
): Inception {
  return new Inception(inChannels, { ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, poolProj }, { init });
}

/** A classifier on the way: means of 4×4, a 1×1 convolution and two dense layers. */
class InceptionAux extends Module {
  readonly pool = new AdaptiveAvgPool2d(4);
  readonly conv: BasicConv2d;
  readonly fc1 = new Linear(2048, 1024, { init });
  readonly fc2: Linear;
  readonly dropout: Dropout;

  constructor(inChannels: number, classes: number, dropout: number) {
    super();
    this.conv = new BasicConv2d(inChannels, 128, 1, { init });
    this.fc2 = new Linear(1024, classes, { init });
    this.dropout = new Dropout(dropout);
  }

  forward(input: Tensor): Tensor {
    const x = this.conv.forward(this.pool.forward(input)).flatten(1); // [N, 2048]
    return this.fc2.forward(this.dropout.forward(this.fc1.forward(x).relu())); // [N, classes]
  }
}

const halving = () => new MaxPool2d(3, { stride: 2, ceilMode: true });

/**
 * GoogLeNet with batch normalisation, as torchvision has it: 6,624,904 parameters for 1000 classes, a twentieth of VGG-16's, and
 * 13,004,888 with the classifiers on the way. Those sit behind 4a and 4d and are meant for training alone, where gradients had a long way without
 * them: `loss + 0.3 · (loss of auxLogits1 + loss of auxLogits2)`.
 * Shapes: x `[N, inChannels, H, W]` of at least 15×15 (224×224 in the paper), logits `[N, classes]`.
 * Source: Szegedy et al., "Going deeper with convolutions", CVPR 2015.
 */
export class GoogLeNet extends Module {
  readonly conv1: BasicConv2d;
  readonly maxpool1 = halving();
  readonly conv2 = new BasicConv2d(64, 64, 1, { init });
  readonly conv3 = new BasicConv2d(64, 192, 3, { padding: 1, init });
  readonly maxpool2 = halving();
  readonly inception3a = inception(192, 64, 96, 128, 16, 32, 32);
  readonly inception3b = inception(256, 128, 128, 192, 32, 96, 64);
  readonly maxpool3 = halving();
  readonly inception4a = inception(480, 192, 96, 208, 16, 48, 64);
  readonly inception4b = inception(512, 160, 112, 224, 24, 64, 64);
  readonly inception4c = inception(512, 128, 128, 256, 24, 64, 64);
  readonly inception4d = inception(512, 112, 144, 288, 32, 64, 64);
  readonly inception4e = inception(528, 256, 160, 320, 32, 128, 128);
  readonly maxpool4 = new MaxPool2d(2, { stride: 2, ceilMode: true });
  readonly inception5a = inception(832, 256, 160, 320, 32, 128, 128);
  readonly inception5b = inception(832, 384, 192, 384, 48, 128, 128);
  readonly aux1: InceptionAux | null;
  readonly aux2: InceptionAux | null;
  readonly avgpool = new AdaptiveAvgPool2d(1);
  readonly dropout: Dropout;
  readonly fc: Linear;
  readonly inChannels: number;

  constructor(options: GoogLeNetOptions = {}) {
    super();
    checkOptions("GoogLeNet", options, ["classes", "inChannels", "auxLogits", "dropout", "dropoutAux"]);
    checkCounts("GoogLeNet", options);
    const { classes = 1000, inChannels = 3, auxLogits = false, dropout = 0.2, dropoutAux = 0.7 } = options;
    this.conv1 = new BasicConv2d(inChannels, 64, 7, { stride: 2, padding: 3, init });
    this.aux1 = auxLogits ? new InceptionAux(512, classes, dropoutAux) : null;
    this.aux2 = auxLogits ? new InceptionAux(528, classes, dropoutAux) : null;
    this.dropout = new Dropout(dropout);
    this.fc = new Linear(1024, classes, { init });
    this.inChannels = inChannels;
  }

  forward(x: Tensor): Tensor {
    return this.#pass(x).logits;
  }

  /** The logits of the network and of the two classifiers on the way; throws OptionError where it was made without them. */
  withAux(x: Tensor): GoogLeNetOutputs {
    const { aux1, aux2 } = this;
    if (!aux1 || !aux2) {
      throw new OptionError(
        `${this.label}: there are no classifiers on the way; make the network with { auxLogits: true }`,
      );
    }
    const { logits, behind4a, behind4d } = this.#pass(x);
    return { logits, auxLogits2: aux2.forward(behind4d), auxLogits1: aux1.forward(behind4a) };
  }

  #pass(input: Tensor): { logits: Tensor; behind4a: Tensor; behind4d: Tensor } {
    checkPictures(this, input, this.inChannels, 15, "They are halved five times on the way");
    let x = this.maxpool1.forward(this.conv1.forward(input)); // [N, 64, H / 4, W / 4]
    x = this.maxpool2.forward(this.conv3.forward(this.conv2.forward(x))); // [N, 192, H / 8, W / 8]
    x = this.inception3b.forward(this.inception3a.forward(x)); // [N, 480, H / 8, W / 8]
    const behind4a = this.inception4a.forward(this.maxpool3.forward(x)); // [N, 512, H / 16, W / 16]
    const behind4c = this.inception4c.forward(this.inception4b.forward(behind4a));
    const behind4d = this.inception4d.forward(behind4c); // [N, 528, H / 16, W / 16]
    x = this.maxpool4.forward(this.inception4e.forward(behind4d)); // [N, 832, H / 32, W / 32]
    x = this.inception5b.forward(this.inception5a.forward(x)); // [N, 1024, H / 32, W / 32]
    x = this.dropout.forward(this.avgpool.forward(x).flatten(1)); // [N, 1024]
    return { logits: this.fc.forward(x), behind4a, behind4d };
  }
}

/** `new GoogLeNet(options)`. */
export function googlenet(options: GoogLeNetOptions = {}): GoogLeNet {
  return new GoogLeNet(options);
}
