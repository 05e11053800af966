// The networks by name, and which pictures they take.

import { nearest, OptionError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import type { Module } from "../nn/module/module.ts";
import { AlexNet } from "./models/alexnet.ts";
import { CifarResNet } from "./models/cifarResnet.ts";
import { GoogLeNet } from "./models/googlenet.ts";
import { LeNet } from "./models/lenet.ts";
import { LeNet5 } from "./models/lenet5.ts";
import { MobileNetV2 } from "./models/mobilenetV2.ts";
import { NiN } from "./models/nin.ts";
import { ResNet, type ResNetDepth } from "./models/resnet.ts";
import { RowLSTM } from "./models/rowLstm.ts";
import { VGG, type VGGDepth } from "./models/vgg.ts";

/** What a network is made for. */
export interface ModelOptions {
  readonly classes: number;
  /** Shape of one picture, [channels, height, width]. */
  readonly input: Shape;
}

/** What makes a network of the zoo. */
export interface ModelEntry {
  /** Makes the network with fresh parameters, for pictures that it takes. */
  readonly make: (options: ModelOptions) => Module;
  readonly takes: (channels: number, height: number, width: number) => boolean;
  /** The pictures that it takes, in words. */
  readonly pictures: string;
  /** One sentence for lists. */
  readonly summary: string;
}

const lenet: ModelEntry = {
  make: ({ classes }) => new LeNet({ classes }),
  takes: (channels, height, width) => channels === 1 && height === 28 && width === 28,
  pictures: "1×28×28",
  summary: "LeNet of the notes: 28×28 grey",
};

const lenet5: ModelEntry = {
  make: ({ classes, input: [inChannels = 1, height = 28] }) =>
    new LeNet5({ classes, inChannels, imageSize: height === 32 ? 32 : 28 }),
  takes: (_, height, width) => height === width && (height === 28 || height === 32),
  pictures: "28×28 or 32×32",
  summary: "LeNet-5 of 1998: 28×28 or 32×32",
};

/** A network for pictures of at least this size, made from classes and channels. */
function sized(
  make: (options: { classes: number; inChannels: number }) => Module,
  least: number,
  summary: string,
): ModelEntry {
  return {
    make: ({ classes, input: [inChannels = 3] }) => make({ classes, inChannels }),
    takes: (_, height, width) => height >= least && width >= least,
    pictures: least > 1 ? `at least ${least}×${least}` : "any size",
    summary,
  };
}

const rowLstm: ModelEntry = {
  make: ({ classes, input: [inChannels = 1, , columns = 28] }) =>
    new RowLSTM({ classes, inChannels, columns }),
  takes: () => true,
  pictures: "any size",
  summary: "LSTM that reads a picture row by row",
};

function resnet(depth: ResNetDepth): ModelEntry {
  const summary = `ResNet-${depth} for large pictures, of about 224×224`;
  return sized((options) => new ResNet(depth, options), 1, summary);
}

function cifarResnet(depth: number): ModelEntry {
  const summary = `ResNet-${depth} for small pictures, of about 32×32`;
  return sized((options) => new CifarResNet(depth, options), 1, summary);
}

function vgg(depth: VGGDepth, batchNorm: boolean): ModelEntry {
  return {
    make: ({ classes, input: [inChannels = 3, height = 224, width = 224] }) =>
      new VGG(depth, { batchNorm, classes, inChannels, imageSize: [height, width] }),
    takes: (_, height, width) => height >= 32 && width >= 32,
    pictures: "at least 32×32",
    summary: `VGG-${depth}${batchNorm ? " with batch normalisation" : ""}: 32×32 and more`,
  };
}

/** The zoo. */
export const models: ReadonlyMap<string, ModelEntry> = new Map([
  ["lenet", lenet],
  ["lenet5", lenet5],
  ["alexnet", sized((options) => new AlexNet(options), 63, "AlexNet: 63×63 and more")],
  ["nin", sized((options) => new NiN(options), 4, "Network in Network, for about 32×32")],
  [
    "googlenet",
    sized((options) => new GoogLeNet(options), 15, "GoogLeNet: 15×15 and more, meant for 224×224"),
  ],
  ["mobilenet_v2", sized((options) => new MobileNetV2(options), 1, "MobileNetV2: small and quick")],
  ["rowlstm", rowLstm],
  ...([18, 34, 50, 101, 152] as const).map((depth) => [`resnet${depth}`, resnet(depth)] as const),
  ...[20, 32, 44, 56].map((depth) => [`resnet${depth}`, cifarResnet(depth)] as const),
  ...([11, 13, 16, 19] as const).flatMap((depth) => [
    [`vgg${depth}`, vgg(depth, false)] as const,
    [`vgg${depth}_bn`, vgg(depth, true)] as const,
  ]),
]);

/** A network of the zoo by name; throws OptionError that suggests the nearest known one. */
export function model(name: string): ModelEntry {
  const entry = models.get(name);
  if (entry) return entry;
  const near = nearest(name, models.keys());
  throw new OptionError(
    `unknown model "${name}"${near ? `; did you mean "${near}"?` : ""} Known: ${[...models.keys()].join(", ")}`,
  );
}

/** A network of the zoo with fresh parameters; throws OptionError where it is unknown or does not take such pictures. */
export function makeModel(name: string, options: ModelOptions): Module {
  const entry = model(name);
  if (fits(entry, options.input)) return entry.make(options);
  const others = [...models].flatMap(([other, candidate]) => (fits(candidate, options.input) ? [other] : []));
  throw new OptionError(
    `model ${name} takes pictures of ${entry.pictures}; got ${options.input.join("×")} (channels, height, width). ` +
      `Models for those: ${others.join(", ") || "none"}`,
  );
}

function fits(entry: ModelEntry, [channels, height, width, ...more]: Shape): boolean {
  if (!channels || !height || !width || more.length > 0) return false;
  return entry.takes(channels, height, width);
}
