// GoogLeNet: inception blocks, and global average pooling in place of dense layers.

import { AdaptiveAvgPool2d, Dropout, Linear, MaxPool2d, Module } from "../../nn/index.ts";
import { adaptiveAvgPool2d } from "../../ops/adaptivePool.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { BasicConv2d, Inception, inceptionInit } from "../blocks/inception.ts";

/** Options of `GoogLeNet`. */
export interface GoogLeNetOptions {
  /** Number of classes. Default 1000. */
  classes?: number;
  /** Channels of the pictures. Default 3. */
  inChannels?: number;
  /** Whether there are the two classifiers halfway, for training; see `logits`. Default false. */
  auxLogits?: boolean;
  /** Share dropped before the dense layer while training. Default 0.2. */
  dropout?: number;
  /** Share dropped in the classifiers halfway while training. Default 0.7. */
  dropoutAux?: number;
}

function inception(
  inChannels: number,
  one: number,
  three: readonly [number, number],
  five: readonly [number, number],
  pool: number,
): Inception {
  return new Inception(inChannels, { one, three, five, pool });
}

function halving(kernelSize: number): MaxPool2d {
  return new MaxPool2d(kernelSize, { stride: 2, ceilMode: true });
}

/** A classifier halfway through the network, whose loss brings gradients to the first layers. Shapes: x `[N, in, H, W]`, logits `[N, classes]`. */
export class InceptionAux extends Module {
  readonly conv: BasicConv2d;
  readonly fc1 = new Linear(2048, 1024, { init: inceptionInit });
  readonly fc2: Linear;
  readonly dropout: Dropout;

  constructor(inChannels: number, classes: number, dropout: number) {
    super();
    this.conv = new BasicConv2d(inChannels, 128, 1);
    this.fc2 = new Linear(1024, classes, { init: inceptionInit });
    this.dropout = new Dropout(dropout);
  }

  forward(input: Tensor): Tensor {
    const x = this.conv.forward(adaptiveAvgPool2d(input, 4)).flatten(1); // [N, 2048]
    return this.fc2.forward(this.dropout.forward(this.fc1.forward(x).relu()));
  }
}

/**
 * GoogLeNet with batch normalisation: three convolutions, nine inception blocks, global average pooling and one dense layer, 6,624,904 parameters (13,004,888
 * with both classifiers halfway). Named, shaped and started as in torchvision: `inception3a.branch2.0.conv.weight`.
 * Shapes: x `[N, inChannels, H, W]` of at least 33×33 (pictures as small as 15×15 come out as one place), logits `[N, classes]`.
 * Source: Szegedy et al., "Going deeper with convolutions", CVPR 2015.
 */
export class GoogLeNet extends Module {
  readonly conv1: BasicConv2d;
  readonly maxpool1 = halving(3);
  readonly conv2 = new BasicConv2d(64, 64, 1);
  readonly conv3 = new BasicConv2d(64, 192, 3, { padding: 1 });
  readonly maxpool2 = halving(3);
  readonly inception3a = inception(192, 64, [96, 128], [16, 32], 32);
  readonly inception3b = inception(256, 128, [128, 192], [32, 96], 64);
  readonly maxpool3 = halving(3);
  readonly inception4a = inception(480, 192, [96, 208], [16, 48], 64);
  readonly inception4b = inception(512, 160, [112, 224], [24, 64], 64);
  readonly inception4c = inception(512, 128, [128, 256], [24, 64], 64);
  readonly inception4d = inception(512, 112, [144, 288], [32, 64], 64);
  readonly inception4e = inception(528, 256, [160, 320], [32, 128], 128);
  readonly maxpool4 = halving(2);
  readonly inception5a = inception(832, 256, [160, 320], [32, 128], 128);
  readonly inception5b = inception(832, 384, [192, 384], [48, 128], 128);
  readonly aux1: InceptionAux | null;
  readonly aux2: InceptionAux | null;
  readonly avgpool = new AdaptiveAvgPool2d(1);
  readonly dropout: Dropout;
  readonly fc: Linear;

  constructor(options: GoogLeNetOptions = {}) {
    super();
    const { classes = 1000, inChannels = 3, auxLogits = false, dropout = 0.2, dropoutAux = 0.7 } = options;
    this.conv1 = new BasicConv2d(inChannels, 64, 7, { stride: 2, padding: 3 });
    this.aux1 = auxLogits ? new InceptionAux(512, classes, dropoutAux) : null;
    this.aux2 = auxLogits ? new InceptionAux(528, classes, dropoutAux) : null;
    this.dropout = new Dropout(dropout);
    this.fc = new Linear(1024, classes, { init: inceptionInit });
  }

  forward(input: Tensor): Tensor {
    return this.logits(input).logits;
  }

  /** The logits, and those of the classifiers halfway where there are any: the paper trains on `loss + 0.3 (loss of aux1 + loss of aux2)`. */
  logits(input: Tensor): { logits: Tensor; aux1: Tensor | null; aux2: Tensor | null } {
    let x = this.maxpool1.forward(this.conv1.forward(input)); // [N, 64, H/4, W/4]
    x = this.maxpool2.forward(this.conv3.forward(this.conv2.forward(x))); // [N, 192, H/8, W/8]
    x = this.inception3b.forward(this.inception3a.forward(x)); // [N, 480, H/8, W/8]
    const first = this.inception4a.forward(this.maxpool3.forward(x)); // [N, 512, H/16, W/16]
    const second = this.inception4d.forward(this.inception4c.forward(this.inception4b.forward(first))); // [N, 528, …]
    x = this.maxpool4.forward(this.inception4e.forward(second)); // [N, 832, H/32, W/32]
    x = this.inception5b.forward(this.inception5a.forward(x)); // [N, 1024, H/32, W/32]
    x = this.dropout.forward(this.avgpool.forward(x).flatten(1)); // [N, 1024]
    return {
      logits: this.fc.forward(x),
      aux1: this.aux1?.forward(first) ?? null,
      aux2: this.aux2?.forward(second) ?? null,
    };
  }
}
