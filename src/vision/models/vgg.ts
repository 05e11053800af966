// VGG: stacks of 3×3 convolutions between poolings that halve the picture, and three dense layers.

import { OptionError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import { kaimingNormal } from "../../nn/init/scaled.ts";
import {
  AdaptiveAvgPool2d,
  BatchNorm2d,
  Conv2d,
  Dropout,
  Linear,
  MaxPool2d,
  ReLU,
  Sequential,
} from "../../nn/layers/index.ts";
import { normal } from "../../nn/module/init.ts";
import { Module } from "../../nn/module/module.ts";
import { type Pair, pair } from "../../ops/conv.ts";
import { zeros } from "../../ops/factory.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type ClassifierOptions, checkCounts, checkPictures } from "./pictures.ts";

/** How many convolutions each of the five stages has. */
const stages = {
  11: [1, 1, 2, 2, 2],
  13: [2, 2, 2, 2, 2],
  16: [2, 2, 3, 3, 3],
  19: [2, 2, 4, 4, 4],
} as const;
const channels = [64, 128, 256, 512, 512];
const hidden = 4096;
/** The stages halve a picture five times. */
const shrinking = 32;
/** Most rows and columns that the dense layers see. */
const largestGrid = 7;

/** Number of layers with weights. */
export type VGGDepth = keyof typeof stages;

/** Options of `VGG`. */
export interface VGGOptions extends ClassifierOptions {
  /** Whether each convolution is followed by batch normalisation. Default false. */
  batchNorm?: boolean;
  /** Size of the pictures that the dense layers are made for, of at least 32. Default 224. */
  imageSize?: Pair;
  /** Multiplies the number of channels and of hidden units. Default 1. */
  width?: number;
  /** Share of the hidden units that are dropped while training. Default 0.5. */
  dropout?: number;
}

/**
 * VGG-11, 13, 16 and 19, with or without batch normalisation: five stages of 3×3 convolutions with ReLU, each ended by a 2×2
 * max pooling, then three dense layers. Their first sees a grid of 7×7, or of `imageSize / 32` where that is less; pictures
 * of other sizes are averaged to it. Parameters are named, shaped and started as in torchvision: `features.0.weight`.
 * Shapes: x `[N, inChannels, H, W]` of at least 32×32, logits `[N, classes]`.
 * Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015.
 */
export class VGG extends Module {
  readonly features: Sequential;
  readonly avgpool: AdaptiveAvgPool2d;
  readonly classifier: Sequential;
  readonly inChannels: number;

  constructor(depth: VGGDepth, options: VGGOptions = {}) {
    super();
    checkOptions("VGG", options, ["batchNorm", "classes", "inChannels", "imageSize", "width", "dropout"]);
    const { batchNorm = false, classes = 1000, inChannels = 3, width = 1, dropout = 0.5 } = options;
    const [height, wide] = pair("VGG", "imageSize", options.imageSize ?? 224, shrinking);
    if (!Object.hasOwn(stages, depth)) {
      throw new OptionError(`VGG: depth must be one of ${Object.keys(stages).join(", ")}; got ${depth}`);
    }
    checkCounts("VGG", options);
    if (!(width > 0)) throw new OptionError(`VGG: width must be above 0; got ${width}`);
    const scaled = (count: number) => Math.max(1, Math.round(count * width));
    const layers: Module[] = [];
    let from = inChannels;
    stages[depth].forEach((count, i) => {
      const to = scaled(channels[i]!);
      for (let n = 0; n < count; n++) {
        layers.push(new Conv2d(from, to, 3, { padding: 1, init: { weight: convWeight, bias: zeros } }));
        if (batchNorm) layers.push(new BatchNorm2d(to));
        layers.push(new ReLU());
        from = to;
      }
      layers.push(new MaxPool2d(2));
    });
    this.features = new Sequential(...layers);
    this.inChannels = inChannels;
    const grid: [number, number] = [gridOf(height), gridOf(wide)];
    this.avgpool = new AdaptiveAvgPool2d(grid);
    this.classifier = new Sequential(
      dense(from * grid[0] * grid[1], scaled(hidden)),
      new ReLU(),
      new Dropout(dropout),
      dense(scaled(hidden), scaled(hidden)),
      new ReLU(),
      new Dropout(dropout),
      dense(scaled(hidden), classes),
    );
  }

  forward(input: Tensor): Tensor {
    checkPictures(this, input, this.inChannels, shrinking, "They are halved five times");
    const x = this.avgpool.forward(this.features.forward(input)); // [N, 512 · width, grid, grid]
    return this.classifier.forward(x.flatten(1)); // [N, classes]
  }
}

function gridOf(size: number): number {
  return Math.min(largestGrid, Math.floor(size / shrinking));
}

const convWeight = kaimingNormal({ mode: "fanOut" });

function dense(inFeatures: number, outFeatures: number): Linear {
  return new Linear(inFeatures, outFeatures, {
    init: { weight: (shape) => normal(shape, 0, 0.01), bias: zeros },
  });
}

/** VGG-11: 132,863,336 parameters for 1000 classes of 224×224. */
export function vgg11(options: Omit<VGGOptions, "batchNorm"> = {}): VGG {
  return new VGG(11, { ...options, batchNorm: false });
}

/** VGG-11 with batch normalisation behind each convolution. */
export function vgg11Bn(options: Omit<VGGOptions, "batchNorm"> = {}): VGG {
  return new VGG(11, { ...options, batchNorm: true });
}

/** VGG-13: 133,047,848 parameters for 1000 classes of 224×224. */
export function vgg13(options: Omit<VGGOptions, "batchNorm"> = {}): VGG {
  return new VGG(13, { ...options, batchNorm: false });
}

/** VGG-13 with batch normalisation behind each convolution. */
export function vgg13Bn(options: Omit<VGGOptions, "batchNorm"> = {}): VGG {
  return new VGG(13, { ...options, batchNorm: true });
}

/** VGG-16: 138,357,544 parameters for 1000 classes of 224×224. */
export function vgg16(options: Omit<VGGOptions, "batchNorm"> = {}): VGG {
  return new VGG(16, { ...options, batchNorm: false });
}

/** VGG-16 with batch normalisation behind each convolution. */
export function vgg16Bn(options: Omit<VGGOptions, "batchNorm"> = {}): VGG {
  return new VGG(16, { ...options, batchNorm: true });
}

/** VGG-19: 143,667,240 parameters for 1000 classes of 224×224. */
export function vgg19(options: Omit<VGGOptions, "batchNorm"> = {}): VGG {
  return new VGG(19, { ...options, batchNorm: false });
}

/** VGG-19 with batch normalisation behind each convolution. */
export function vgg19Bn(options: Omit<VGGOptions, "batchNorm"> = {}): VGG {
  return new VGG(19, { ...options, batchNorm: true });
}
