// Layers that leave out part of their input at random while training; in evaluation all of them give it as it is.

import type { Tensor } from "../../tensor/tensor.ts";
import {
  alphaDropout,
  checkDropPathMode,
  checkProbability,
  type DropPathMode,
  dropout,
  dropout1d,
  dropout2d,
  dropPath,
} from "../functional/dropout.ts";
import { Module, within } from "../module/module.ts";

/** What the layers of this file share: the probability. */
abstract class Dropping extends Module {
  /** Probability of being left out. */
  readonly p: number;

  constructor(p = 0.5) {
    super();
    checkProbability(this.constructor.name, p);
    this.p = p;
  }
}

/** Zeroes elements with probability p while training; see `dropout`. */
export class Dropout extends Dropping {
  forward(x: Tensor): Tensor {
    return dropout(x, this.p, this.training);
  }
}

/** Zeroes whole channels `[N, C, L]` with probability p while training; see `dropout1d`. */
export class Dropout1d extends Dropping {
  forward(x: Tensor): Tensor {
    return within(this, () => dropout1d(x, this.p, this.training));
  }
}

/** Zeroes whole channels `[N, C, H, W]` with probability p while training; see `dropout2d`. */
export class Dropout2d extends Dropping {
  forward(x: Tensor): Tensor {
    return within(this, () => dropout2d(x, this.p, this.training));
  }
}

/** Dropout that keeps mean and variance, for networks of SELU; see `alphaDropout`. */
export class AlphaDropout extends Dropping {
  forward(x: Tensor): Tensor {
    return alphaDropout(x, this.p, this.training);
  }
}

/** Leaves out a residual branch for some samples with probability p while training; see `dropPath`. */
export class DropPath extends Dropping {
  readonly mode: DropPathMode;

  constructor(p: number, { mode = "row" }: { mode?: DropPathMode } = {}) {
    super(p);
    checkDropPathMode("DropPath", mode);
    this.mode = mode;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => dropPath(x, this.p, this.training, { mode: this.mode }));
  }
}
