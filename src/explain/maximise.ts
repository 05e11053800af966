// A picture that drives one unit far up: what the unit looks for.
import { grad } from "../autograd/backward.ts";
import { ShapeError } from "../base/errors.ts";
import { checkNumber, checkOptions, checkPositive } from "../base/options.ts";
import type { Shape } from "../base/shape.ts";
import { formatShape, sizeOf } from "../base/shape.ts";
import type { Module } from "../nn/module/module.ts";
import { conv2d } from "../ops/conv.ts";
import { noGrad } from "../tensor/gradmode.ts";
import { Random } from "../tensor/random.ts";
import { Tensor } from "../tensor/tensor.ts";
import { channelOf, checkPlace, layerOutput, type Place } from "./layerOutput.ts";
import { Turns, type WorkOptions } from "./work/turns.ts";

/** Options of `maximise`. */
export interface MaximiseOptions extends WorkOptions {
  /** Dotted path of the layer. Default: the model's own output, whose channels are the classes. */
  layer?: string;
  /** Which of its channels, or of a dense layer's features. */
  channel: number;
  /** Which place of the channel's map. Default: the middle one. */
  at?: Place;
  /** Default 128. */
  steps?: number;
  /** How far the picture goes in a step, as the root mean square over its elements. Default 0.1. */
  rate?: number;
  /** Share of the picture that each step takes away, which keeps it small where the unit does not care. Default 0.01. */
  decay?: number;
  /** Steps between two blurs, which keep it smooth; 0 for none. Default 4. */
  blurEvery?: number;
  /** Of the noise that the picture begins with. Default 0. */
  seed?: number;
}

/** What `maximise` found. */
export interface Maximised {
  /** `[C, H, W]`, in the units of the model's input. */
  readonly picture: Tensor;
  readonly at: Place;
  /** The unit's value before each step, and at the end. */
  readonly values: readonly number[];
}

/** Standard deviation of the noise at the beginning. */
const startNoise = 0.1;

/**
 * Activation maximisation: begins with faint noise and climbs, `x ← blur((1 − decay) · (x + rate · g / rms(g)))` with g the gradient of the unit's value. Without decay
 * and blur it would end in patterns that no camera takes; with them it shows one of the pictures that the unit answers to, not the only one.
 * A unit behind a ReLU that is 0 for the noise has no gradient and stays where it is: take the layer before the ReLU.
 * `inputShape` is that of one picture, `[C, H, W]`. The same seed gives the same bits. Throws OptionError for a layer, channel or place that there is not.
 * Source: Erhan, Bengio, Courville and Vincent, "Visualizing higher-layer features of a deep network", 2009; decay and blur as in
 * Yosinski et al., "Understanding neural networks through deep visualization", 2015.
 */
export async function maximise(
  model: Module,
  inputShape: Shape,
  options: MaximiseOptions,
): Promise<Maximised> {
  const op = "maximise";
  const names = [
    "layer",
    "channel",
    "at",
    "steps",
    "rate",
    "decay",
    "blurEvery",
    "seed",
    "onProgress",
    "signal",
  ];
  checkOptions(op, options, names);
  const { layer = "", channel, steps = 128, rate = 0.1, decay = 0.01, blurEvery = 4, seed = 0 } = options;
  checkNumber(op, "steps", steps, "a whole number of at least 1", (n) => Number.isInteger(n) && n >= 1);
  checkPositive(op, "rate", rate);
  checkNumber(op, "decay", decay, "a number from 0 to below 1", (n) => n >= 0 && n < 1);
  checkNumber(
    op,
    "blurEvery",
    blurEvery,
    "a whole number of at least 0",
    (n) => Number.isInteger(n) && n >= 0,
  );
  checkNumber(op, "seed", seed, "a whole number", Number.isInteger);
  if (inputShape.length !== 3 || !inputShape.every((size) => Number.isInteger(size) && size > 0)) {
    throw new ShapeError(
      `${op}: inputShape is that of one picture, [C, H, W]; got ${formatShape(inputShape)}`,
    );
  }
  const random = new Random(seed);
  const start = Float32Array.from({ length: sizeOf(inputShape) }, () => startNoise * random.normal());
  let x = Tensor.fromArray(start, [1, ...inputShape]);
  const unitOf = (picture: Tensor) => {
    const map = channelOf(op, layerOutput(op, model, picture, layer), layer, channel);
    const [, rows, columns] = map.shape as [number, number, number];
    const at = options.at ?? ([Math.floor(rows / 2), Math.floor(columns / 2)] as const);
    checkPlace(op, at, map);
    return { at, unit: map.select(0, 0).select(0, at[0]).select(0, at[1]) };
  };
  const turns = new Turns(options, steps);
  const values: number[] = [];
  for (let step = 0; step < steps; step++) {
    await turns.next(step);
    x.requiresGrad = true;
    const { unit } = unitOf(x);
    const [gradient] = grad(unit.retain(), [x]);
    const isBlurred = blurEvery > 0 && (step + 1) % blurEvery === 0;
    const next = noGrad(() => {
      const size = gradient!.square().mean().sqrt().add(1e-12);
      const moved = x.add(gradient!.mul(rate).div(size)).mul(1 - decay);
      return isBlurred ? blurred(moved) : moved;
    });
    next.realize();
    values.push(unit.itemSync());
    x = next.detach();
  }
  const { at, unit } = noGrad(() => unitOf(x));
  values.push(unit.itemSync());
  turns.end();
  return { picture: x.reshape(inputShape).realize(), at, values };
}

/** Each channel under a bell of 3 × 3 pixels; outside of the picture is 0. */
function blurred(x: Tensor): Tensor {
  const [, channels] = x.shape as [number, number, number, number];
  const bell = [1, 2, 1].flatMap((a) => [1, 2, 1].map((b) => (a * b) / 16));
  const kernel = Tensor.fromArray(
    Float32Array.from({ length: 9 * channels }, (_, i) => bell[i % 9]!),
    [channels, 1, 3, 3],
  );
  return conv2d(x, kernel, null, { padding: 1, groups: channels });
}
