// Networks for pictures, by name.

import { nearest, OptionError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import type { Module } from "../nn/module/module.ts";
import { LeNet } from "./models/lenet.ts";
import { BasicBlock, ResNet, type ResNetOptions } from "./models/resnet.ts";
import { VGG, type VGGDepth, type VGGOptions } from "./models/vgg.ts";

export { BasicBlock, LeNet, ResNet, type ResNetOptions, VGG, type VGGDepth, type VGGOptions };

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

function resnet(depth: number): ModelEntry {
  return {
    make: ({ classes, input: [inChannels = 3] }) => new ResNet(depth, { classes, inChannels }),
    takes: () => true,
    pictures: "any size",
    summary: `ResNet-${depth} for small pictures, of about 32×32`,
  };
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
  ...[20, 32, 44, 56].map((depth) => [`resnet${depth}`, resnet(depth)] as const),
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
