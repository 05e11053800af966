// What networks ask of the pictures that they are given, and the options that most of them have.

import { ShapeError } from "../../base/errors.ts";
import { formatShape } from "../../base/shape.ts";
import { checkCount, type Module } from "../../nn/module/module.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Options that most networks have. */
export interface ClassifierOptions {
  /** Number of classes. Default 1000, ImageNet's. */
  classes?: number;
  /** Channels of the pictures. Default 3. */
  inChannels?: number;
}

/** Throws OptionError where classes or channels are no counts. */
export function checkCounts(network: string, { classes = 1, inChannels = 1 }: ClassifierOptions): void {
  checkCount(network, "classes", classes);
  checkCount(network, "inChannels", inChannels);
}

/** Throws ShapeError where x is no batch of pictures of these channels and at least this size; `why` says what shrinks them. */
export function checkPictures(network: Module, x: Tensor, inChannels: number, least = 1, why = ""): void {
  const [, channels, height = 0, width = 0] = x.shape;
  if (x.rank === 4 && channels === inChannels && height >= least && width >= least) return;
  const size = least > 1 ? ` of at least ${least}×${least}` : "";
  const tooSmall = x.rank === 4 && channels === inChannels;
  let hint = "Add an axis to a single picture with x.unsqueeze(0)";
  if (x.rank === 4) hint = `Make the network with { inChannels: ${channels} }`;
  if (tooSmall) hint = `${why}. Enlarge the pictures, or take a network for small ones, such as resnet20`;
  throw new ShapeError(
    `${network.label}: expected pictures [N, ${inChannels}, H, W]${size}; got x ${formatShape(x.shape)}. ${hint}`,
  );
}

/** Throws ShapeError where x is no batch of pictures of exactly this shape; `hint` is a way out. */
export function checkExactly(
  network: Module,
  x: Tensor,
  inChannels: number,
  size: number,
  hint: string,
): void {
  const [, channels, height, width] = x.shape;
  if (x.rank === 4 && channels === inChannels && height === size && width === size) return;
  throw new ShapeError(
    `${network.label}: expected pictures [N, ${inChannels}, ${size}, ${size}]; got x ${formatShape(x.shape)}. ` +
      (x.rank === 4 ? hint : "Add an axis to a single picture with x.unsqueeze(0)"),
  );
}
