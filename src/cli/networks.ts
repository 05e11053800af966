// A network that is looked at without being run, for the commands that do: by its name and the pictures that it is for, or as a weights
// file says. Its parameters' values do not matter.

import { OptionError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import type { Module } from "../nn/module/module.ts";
import { outlineOf, picturesFor } from "../vision/outline.ts";
import { integer, text, type Values } from "./options.ts";
import { count, percent } from "./terminal.ts";
import { readWeights } from "./weights.ts";

/** Options that say which network is meant where there is no weights file. */
export const networkOptions = {
  model: text("lenet", "<name>", "network"),
  imgsz: text(null, "<n|HxW>", "size of the pictures; by default 32, or what the network takes"),
  channels: integer(null, "channels of the pictures; by default 3, or what the network takes"),
  classes: integer(10, "number of classes"),
};

/** A network and what it is for. */
export interface DescribedNetwork {
  readonly name: string;
  /** Where its weights file is from, to be put behind its name; empty where there is none. */
  readonly origin: string;
  readonly network: Module;
  readonly input: Shape;
  readonly classes: number;
}

/** The network of a weights file or a run's folder, or of options. Throws OptionError where both say what it is. */
export async function describedNetwork(
  where: string | undefined,
  values: Values<typeof networkOptions>,
  given: ReadonlySet<string>,
): Promise<DescribedNetwork> {
  const extra = Object.keys(networkOptions).filter((name) => given.has(name));
  if (where !== undefined && extra.length > 0) {
    throw new OptionError(`${extra.join(", ")} can't be chosen: the weights file says what it is for`);
  }
  const saved = where === undefined ? null : (await readWeights(where)).info;
  const name = saved?.model ?? values.model;
  const input = saved?.input ?? pictureShape(name, values.imgsz, values.channels);
  const classes = saved?.classes.length ?? values.classes;
  const network = outlineOf(name, { classes, input });
  const accuracy = saved?.accuracy == null ? "" : `, accuracy ${percent(saved.accuracy, 2)}`;
  const origin = saved ? `, trained on ${saved.data} for ${count(saved.epoch)} epochs${accuracy}` : "";
  return { name, origin, network, input, classes };
}

/** The pictures that were asked for, or the first usual ones that the network takes. */
function pictureShape(name: string, imgsz: string | null, channels: number | null): Shape {
  const size = imgsz === null ? null : /^(\d+)(?:x(\d+))?$/.exec(imgsz);
  const [height, width] = [Number(size?.[1]), Number(size?.[2] ?? size?.[1])];
  if (imgsz !== null && !(height > 0 && width > 0)) {
    throw new OptionError(`imgsz must be a size in pixels, such as 224 or 480x640; got "${imgsz}"`);
  }
  return picturesFor(name, channels, size ? [height, width] : null);
}
