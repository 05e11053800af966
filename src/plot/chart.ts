// Curves over epochs: what a chart shows, and where its points lie. Knows neither pixels nor SVG.
import { type Axis, linearAxis, lossAxis } from "./axis.ts";

/** One curve. */
export interface Curve {
  readonly name: string;
  /** A value an epoch; gaps where it is not finite. */
  readonly values: readonly number[];
}

/** Curves over common epochs. */
export interface Chart {
  readonly title: string;
  readonly epochs: readonly number[];
  /** At most four. */
  readonly curves: readonly Curve[];
  /** What is measured: losses and rates are above 0, and losses may need powers of ten; a share lies in 0 … 1. */
  readonly kind: "loss" | "share" | "rate";
}

/** A chart with its axes, and each curve as points 0 … 1 from the lower left corner. */
export interface LaidOut {
  readonly x: Axis;
  readonly y: Axis;
  readonly curves: readonly {
    readonly name: string;
    readonly lines: readonly (readonly [number, number])[][];
  }[];
}

const axes: Readonly<Record<Chart["kind"], (values: readonly number[]) => Axis>> = {
  loss: lossAxis,
  share: (values) => linearAxis(values, { percent: true, least: 0, most: 1 }),
  rate: (values) => linearAxis(values, { least: 0 }),
};

/** Finds axes and points. */
export function layOut({ epochs, curves, kind }: Chart): LaidOut {
  const all = curves.flatMap(({ values }) => values);
  const x = linearAxis(epochs, { whole: true });
  const y = axes[kind](all);
  const placed = curves.map(({ name, values }) => {
    const lines: [number, number][][] = [];
    let open = false;
    for (const [i, value] of values.entries()) {
      if (Number.isFinite(value)) {
        if (!open) lines.push([]);
        lines.at(-1)!.push([x.at(epochs[i]!), y.at(value)]);
      }
      open = Number.isFinite(value);
    }
    return { name, lines };
  });
  return { x, y, curves: placed };
}
