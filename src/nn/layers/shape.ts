// Layers that arrange elements anew.

import { OptionError } from "../../base/errors.ts";
import type { Shape } from "../../base/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { channelShuffle, pixelShuffle, pixelUnshuffle, unflatten } from "../functional/shape.ts";
import { checkCount, Module, within } from "../module/module.ts";

/** Joins axes `start … end` into one: all but the first unless told otherwise. */
export class Flatten extends Module {
  readonly start: number;
  readonly end: number;

  constructor(start = 1, end = -1) {
    super();
    this.start = start;
    this.end = end;
  }

  forward(x: Tensor): Tensor {
    return x.flatten(this.start, this.end);
  }
}

/** Splits one axis into several; see `unflatten`. */
export class Unflatten extends Module {
  readonly axis: number;
  readonly sizes: Shape;

  constructor(axis: number, sizes: Shape) {
    super();
    if (sizes.length === 0 || sizes.filter((n) => n === -1).length > 1) {
      throw new OptionError(`Unflatten: sizes must not be empty, and at most one may be −1; got [${sizes}]`);
    }
    this.axis = axis;
    this.sizes = sizes;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => unflatten(x, this.axis, this.sizes));
  }
}

/** Channels into space: `[…, C r², H, W]` becomes `[…, C, H r, W r]`; see `pixelShuffle`. */
export class PixelShuffle extends Module {
  readonly upscaleFactor: number;

  constructor(upscaleFactor: number) {
    super();
    checkCount("PixelShuffle", "upscaleFactor", upscaleFactor);
    this.upscaleFactor = upscaleFactor;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => pixelShuffle(x, this.upscaleFactor));
  }
}

/** Space into channels: `[…, C, H r, W r]` becomes `[…, C r², H, W]`; see `pixelUnshuffle`. */
export class PixelUnshuffle extends Module {
  readonly downscaleFactor: number;

  constructor(downscaleFactor: number) {
    super();
    checkCount("PixelUnshuffle", "downscaleFactor", downscaleFactor);
    this.downscaleFactor = downscaleFactor;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => pixelUnshuffle(x, this.downscaleFactor));
  }
}

/** Deals out the channels of `groups` groups in turn; see `channelShuffle`. */
export class ChannelShuffle extends Module {
  readonly groups: number;

  constructor(groups: number) {
    super();
    checkCount("ChannelShuffle", "groups", groups);
    this.groups = groups;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => channelShuffle(x, this.groups));
  }
}
