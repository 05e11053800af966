// Networks of the zoo whose parameters' values do not matter, for those who look at their shapes alone.

import type { Shape } from "../base/shape.ts";
import type { Module } from "../nn/module/module.ts";
import { Random, withRandom } from "../tensor/random.ts";
import { type ModelOptions, makeModel, model } from "./zoo.ts";

/** Pictures that are tried where none were asked for. */
const usual: readonly Shape[] = [
  [3, 32, 32],
  [1, 28, 28],
  [3, 224, 224],
];

/** Gives the same number again and again: parameters whose values do not matter are made at once. */
class Constant extends Random {
  override uniform(): number {
    return 0.5;
  }

  override normal(): number {
    return 0;
  }
}

/** A network by name with parameters of no meaning. Throws OptionError as `makeModel` does. */
export function outlineOf(name: string, options: ModelOptions): Module {
  return withRandom(new Constant(0), () => makeModel(name, options));
}

/** The first usual pictures, [channels, height, width], that a network takes, with what is asked for put in their place. */
export function picturesFor(
  name: string,
  channels: number | null = null,
  size: readonly [height: number, width: number] | null = null,
): Shape {
  const { takes } = model(name);
  const shapes = usual.map(([c, h, w]) => [channels ?? c!, size?.[0] ?? h!, size?.[1] ?? w!] as const);
  return shapes.find((shape) => takes(...shape)) ?? shapes[0]!;
}
