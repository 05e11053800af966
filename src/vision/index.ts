// Networks for pictures, by name.

import { nearest, OptionError } from "../base/errors.ts";
import type { Module } from "../nn/module.ts";
import { LeNet } from "./models/lenet.ts";

export { LeNet };

/** What makes a network of the zoo. */
export interface ModelEntry {
  /** Makes the network with fresh parameters. */
  readonly make: (options: { classes: number }) => Module;
  /** Shape of one input picture, [channels, height, width]. */
  readonly input: readonly [number, number, number];
  /** One sentence for lists. */
  readonly summary: string;
}

/** The zoo. */
export const models: ReadonlyMap<string, ModelEntry> = new Map([
  [
    "lenet",
    { make: (options) => new LeNet(options), input: [1, 28, 28], summary: "LeNet of the notes: 28×28 grey" },
  ],
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
