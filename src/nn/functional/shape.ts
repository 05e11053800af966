// Functions that arrange elements anew: all of them views.

import { OptionError, ShapeError } from "../../base/errors.ts";
import { formatShape, normalizeAxis, type Shape } from "../../base/shape.ts";
import type { OpRecord } from "../../ops/define.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/**
 * Channels into space: channel `c r² + i r + j` of a pixel becomes the pixel at (i, j) of a square of r × r in channel c.
 * Shapes: x `[…, C r², H, W]`, result `[…, C, H r, W r]`. Throws ShapeError where r² does not divide the channels.
 * Source: Shi et al., "Real-time single image and video super-resolution", CVPR 2016.
 */
export function pixelShuffle(x: Tensor, upscaleFactor: number): Tensor {
  const r = factor("pixelShuffle", "upscaleFactor", upscaleFactor);
  const [batch, channels, height, width] = picture("pixelShuffle", x);
  if (channels % (r * r) !== 0) {
    throw new ShapeError(
      `pixelShuffle: the channels must be a multiple of ${r}² = ${r * r}; got x ${formatShape(x.shape)}`,
    );
  }
  const depth = channels / (r * r);
  const n = batch.length;
  return x
    .reshape([...batch, depth, r, r, height, width]) // [C, i, j, H, W]
    .permute([...batch.keys(), n, n + 3, n + 1, n + 4, n + 2]) // [C, H, i, W, j]
    .reshape([...batch, depth, height * r, width * r]);
}

/**
 * Space into channels, the inverse of `pixelShuffle`. Shapes: x `[…, C, H r, W r]`, result `[…, C r², H, W]`.
 * Throws ShapeError where r does not divide height and width.
 */
export function pixelUnshuffle(x: Tensor, downscaleFactor: number): Tensor {
  const r = factor("pixelUnshuffle", "downscaleFactor", downscaleFactor);
  const [batch, channels, height, width] = picture("pixelUnshuffle", x);
  if (height % r !== 0 || width % r !== 0) {
    throw new ShapeError(
      `pixelUnshuffle: height and width must be multiples of ${r}; got x ${formatShape(x.shape)}`,
    );
  }
  const n = batch.length;
  return x
    .reshape([...batch, channels, height / r, r, width / r, r]) // [C, H, i, W, j]
    .permute([...batch.keys(), n, n + 2, n + 4, n + 1, n + 3]) // [C, i, j, H, W]
    .reshape([...batch, channels * r * r, height / r, width / r]);
}

/**
 * The channels of `groups` groups dealt out in turn: one of each group, then the next of each. Shapes: x `[N, C, …]`, result as x.
 * Throws ShapeError where groups do not divide C. Source: Zhang et al., "ShuffleNet", CVPR 2018.
 */
export function channelShuffle(x: Tensor, groups: number): Tensor {
  factor("channelShuffle", "groups", groups);
  const [batch, channels, ...places] = x.shape;
  if (batch === undefined || channels === undefined || channels % groups !== 0) {
    throw new ShapeError(
      `channelShuffle: x must be [N, C, …] with C a multiple of ${groups} groups; got ${formatShape(x.shape)}`,
    );
  }
  const split = x.reshape([batch, groups, channels / groups, ...places]);
  return split.transpose(1, 2).reshape(x.shape);
}

/**
 * One axis split into several. Shapes: size of the axis = product of `sizes`, of which one may be −1 and is worked out.
 * Throws ShapeError where the product differs.
 */
export function unflatten(x: Tensor, axis: number, sizes: Shape): Tensor {
  const d = normalizeAxis("unflatten", axis, x.rank);
  const size = x.shape[d]!;
  const known = sizes.reduce((product, n) => (n === -1 ? product : product * n), 1);
  const inferred = sizes.map((n) => (n === -1 ? size / known : n));
  const whole = sizes.length > 0 && inferred.every((n) => Number.isInteger(n) && n >= 0);
  if (!whole || inferred.reduce((a, b) => a * b) !== size) {
    throw new ShapeError(
      `unflatten: axis ${axis} of size ${size} can't become ${formatShape(sizes)}; the product of the sizes must be ${size}; ` +
        `got x ${formatShape(x.shape)}`,
    );
  }
  return x.reshape([...x.shape.slice(0, d), ...inferred, ...x.shape.slice(d + 1)]);
}

function factor(op: string, name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) {
    throw new OptionError(`${op}: ${name} must be an integer of at least 1; got ${value}`);
  }
  return value;
}

/** The axes before the channels, channels, height and width. */
function picture(op: string, x: Tensor): [number[], number, number, number] {
  if (x.rank < 3) {
    throw new ShapeError(`${op}: x must be […, C, H, W] of rank 3 or more; got ${formatShape(x.shape)}`);
  }
  const [channels, height, width] = x.shape.slice(-3) as [number, number, number];
  return [x.shape.slice(0, -3), channels, height, width];
}

/** What the checks try these functions with. */
export function shapeRecords(): OpRecord[] {
  const domain = [-2, 2] as const;
  return [
    {
      name: "pixelShuffle",
      differentiable: true,
      domain,
      samples: [
        { shapes: [[2, 8, 3, 2]], call: (x) => pixelShuffle(x!, 2).sin() },
        { shapes: [[9, 1, 2]], call: (x) => pixelShuffle(x!, 3) },
      ],
    },
    {
      name: "pixelUnshuffle",
      differentiable: true,
      domain,
      samples: [{ shapes: [[2, 2, 4, 6]], call: (x) => pixelUnshuffle(x!, 2).sin() }],
    },
    {
      name: "channelShuffle",
      differentiable: true,
      domain,
      samples: [{ shapes: [[2, 6, 3]], call: (x) => channelShuffle(x!, 3).sin() }],
    },
  ];
}
