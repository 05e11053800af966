// Borders as layers.

import { ShapeError } from "../../base/errors.ts";
import { formatShape } from "../../base/shape.ts";
import { type PadMode, pad } from "../../ops/padding.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Module, within } from "../module/module.ts";

/** The same number on every side, or one for each: [left, right] of sequences, [left, right, top, bottom] of pictures. */
export type Sides = number | readonly number[];

/** What all borders share: sides, and what they are made of. */
abstract class Border extends Module {
  readonly padding: readonly number[];

  constructor(axes: 1 | 2, padding: Sides) {
    super();
    this.padding = typeof padding === "number" ? new Array<number>(2 * axes).fill(padding) : padding;
    if (this.padding.length !== 2 * axes || this.padding.some((n) => !Number.isInteger(n))) {
      const wanted = axes === 1 ? "[left, right]" : "[left, right, top, bottom]";
      throw new ShapeError(
        `${this.constructor.name}: padding must be a whole number or ${wanted}; got ${typeof padding === "number" ? padding : `[${padding.join(", ")}]`}`,
      );
    }
  }

  protected bordered(x: Tensor, mode: PadMode, value = 0): Tensor {
    const axes = this.padding.length / 2;
    if (x.rank !== axes + 2) {
      const wanted = axes === 1 ? "sequences [N, C, L]" : "pictures [N, C, H, W]";
      throw new ShapeError(
        `${this.label}: expected ${wanted}; got x ${formatShape(x.shape)}. Add an axis with x.unsqueeze(0)`,
      );
    }
    return within(this, () => pad(x, this.padding, { mode, value }));
  }
}

/** Zeros around pictures; negative sides take elements away. Shapes: x `[N, C, H, W]`; see `nn.functional.pad`. */
export class ZeroPad2d extends Border {
  constructor(padding: Sides) {
    super(2, padding);
  }

  forward(x: Tensor): Tensor {
    return this.bordered(x, "constant");
  }
}

/** A border of one value around pictures. Shapes: x `[N, C, H, W]`; see `nn.functional.pad`. */
export class ConstantPad2d extends Border {
  readonly value: number;

  constructor(padding: Sides, value: number) {
    super(2, padding);
    this.value = value;
  }

  forward(x: Tensor): Tensor {
    return this.bordered(x, "constant", this.value);
  }
}

/** Sequences mirrored at their ends, without the ends themselves. Shapes: x `[N, C, L]`; see `nn.functional.pad`. */
export class ReflectionPad1d extends Border {
  constructor(padding: Sides) {
    super(1, padding);
  }

  forward(x: Tensor): Tensor {
    return this.bordered(x, "reflect");
  }
}

/** Pictures mirrored at their edges, without the edges themselves. Shapes: x `[N, C, H, W]`; see `nn.functional.pad`. */
export class ReflectionPad2d extends Border {
  constructor(padding: Sides) {
    super(2, padding);
  }

  forward(x: Tensor): Tensor {
    return this.bordered(x, "reflect");
  }
}

/** Sequences with their ends repeated. Shapes: x `[N, C, L]`; see `nn.functional.pad`. */
export class ReplicationPad1d extends Border {
  constructor(padding: Sides) {
    super(1, padding);
  }

  forward(x: Tensor): Tensor {
    return this.bordered(x, "replicate");
  }
}

/** Pictures with their edges repeated. Shapes: x `[N, C, H, W]`; see `nn.functional.pad`. */
export class ReplicationPad2d extends Border {
  constructor(padding: Sides) {
    super(2, padding);
  }

  forward(x: Tensor): Tensor {
    return this.bordered(x, "replicate");
  }
}

/** Pictures that go on at the opposite edge. Shapes: x `[N, C, H, W]`; see `nn.functional.pad`. */
export class CircularPad2d extends Border {
  constructor(padding: Sides) {
    super(2, padding);
  }

  forward(x: Tensor): Tensor {
    return this.bordered(x, "circular");
  }
}
