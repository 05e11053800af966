// Borders around the last axes of a tensor: a constant, or made of the tensor itself.

import { nearest, OptionError, ShapeError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { formatShape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { OpRecord } from "./define.ts";
import { cat } from "./movement.ts";

/** What a border is made of; see `pad`. */
export type PadMode = "constant" | "reflect" | "replicate" | "circular";

/** Options of `pad`. */
export interface PadOptions {
  /** What the border is made of. Default "constant". */
  mode?: PadMode;
  /** The elements of a constant border. Default 0. */
  value?: number;
}

const modes: readonly PadMode[] = ["constant", "reflect", "replicate", "circular"];

/**
 * x with a border. `pads` are [before, after] of the last axis, then of the one before it, and so on, as in PyTorch:
 * `[left, right]` or `[left, right, top, bottom]`. For a row `1 2 3` and two elements on each side:
 * - `constant`: `0 0 1 2 3 0 0`; a negative number takes elements away;
 * - `reflect`: `3 2 1 2 3 2 1`, mirrored without the edge itself; less than the axis' size on each side;
 * - `replicate`: `1 1 1 2 3 3 3`;
 * - `circular`: `2 3 1 2 3 1 2`, as if the row went round; at most the axis' size on each side.
 */
export function pad(x: Tensor, pads: readonly number[], options: PadOptions = {}): Tensor {
  checkOptions("pad", options, ["mode", "value"]);
  const { mode = "constant", value = 0 } = options;
  if (pads.length % 2 !== 0 || pads.length > 2 * x.rank || pads.some((n) => !Number.isInteger(n))) {
    throw new ShapeError(
      `pad: pads must be whole numbers [left, right, top, bottom, …], two for each axis from the last on; got [${pads.join(", ")}] ` +
        `for x ${formatShape(x.shape)}`,
    );
  }
  if (!modes.includes(mode)) throw modeError("pad", "mode", mode, modes);
  if (mode === "constant") return constantPad(x, pads, value);
  let y = x;
  for (let i = pads.length - 2; i >= 0; i -= 2) {
    y = padAxis("pad", y, x.rank - 1 - i / 2, pads[i]!, pads[i + 1]!, mode, x);
  }
  return y;
}

/** The error of an unknown mode, with the nearest known one. */
export function modeError(op: string, name: string, mode: unknown, known: readonly string[]): OptionError {
  const near = nearest(String(mode), known);
  const question = near ? `. Did you mean "${near}"?` : "";
  return new OptionError(
    `${op}: ${name} must be one of ${known.map((each) => `"${each}"`).join(", ")}; got "${mode}"${question}`,
  );
}

function constantPad(x: Tensor, pads: readonly number[], value: number): Tensor {
  let y = x;
  const around = x.shape.map((size, d): [number, number] => {
    const at = 2 * (x.rank - 1 - d);
    const [before, after] = [pads[at] ?? 0, pads[at + 1] ?? 0];
    if (size + Math.min(before, 0) + Math.min(after, 0) < 0) {
      throw new ShapeError(
        `pad: can't take ${Math.max(-before, 0)} and ${Math.max(-after, 0)} elements from axis ${d} of x ${formatShape(x.shape)}`,
      );
    }
    y = y.slice(d, Math.max(-before, 0), size - Math.max(-after, 0));
    return [Math.max(before, 0), Math.max(after, 0)];
  });
  return around.flat().some((n) => n > 0) ? y.pad(around, value) : y;
}

/** x with a border along one axis that is made of x itself; errors show `whole`, of which x is a stage. */
export function padAxis(
  op: string,
  x: Tensor,
  axis: number,
  before: number,
  after: number,
  mode: Exclude<PadMode, "constant">,
  whole: Tensor = x,
): Tensor {
  if (before === 0 && after === 0) return x;
  const size = x.shape[axis]!;
  const most = { reflect: size - 1, circular: size, replicate: size > 0 ? Number.POSITIVE_INFINITY : 0 }[
    mode
  ];
  if (before < 0 || after < 0 || before > most || after > most) {
    const rule = most === Number.POSITIVE_INFINITY ? "be at least 0" : `lie in 0 … ${most}`;
    throw new ShapeError(
      `${op}: ${mode} padding must ${rule} on each side of an axis of size ${size}; got ${before} and ${after} for axis ${axis} of ` +
        `x ${formatShape(whole.shape)}. Pad less, or with zeros`,
    );
  }
  const border = (count: number, isFirst: boolean) =>
    count === 0 ? [] : [borderOf(x, axis, count, isFirst, mode)];
  return cat([...border(before, true), x, ...border(after, false)], axis);
}

/** The `count` elements that come before the first element of an axis, or after the last. */
function borderOf(
  x: Tensor,
  axis: number,
  count: number,
  isFirst: boolean,
  mode: Exclude<PadMode, "constant">,
): Tensor {
  const size = x.shape[axis]!;
  switch (mode) {
    case "reflect":
      return x.slice(axis, isFirst ? 1 : size - 1 - count, isFirst ? count + 1 : size - 1).flip(axis);
    case "replicate": {
      const edge = x.slice(axis, isFirst ? 0 : size - 1, isFirst ? 1 : size);
      return edge.expand(x.shape.map((n, d) => (d === axis ? count : n)));
    }
    case "circular":
      return x.slice(axis, isFirst ? size - count : 0, isFirst ? size : count);
  }
}

/** What the checks try these functions with. */
export function paddingRecords(): OpRecord[] {
  return [
    {
      name: "padModes",
      differentiable: true,
      domain: [-2, 2],
      samples: [
        { shapes: [[2, 1, 3, 4]], call: (x) => pad(x!, [1, 2, 2, 0], { mode: "reflect" }).sin() },
        { shapes: [[1, 2, 3, 2]], call: (x) => pad(x!, [3, 1, 0, 2], { mode: "replicate" }).sin() },
        { shapes: [[1, 2, 3, 2]], call: (x) => pad(x!, [2, 1, 3, 0], { mode: "circular" }).sin() },
        { shapes: [[2, 5]], call: (x) => pad(x!, [2, -1], { value: 0.5 }).sin() },
        { shapes: [[0, 2, 3]], call: (x) => pad(x!, [2, 1], { mode: "reflect" }) },
      ],
    },
  ];
}
