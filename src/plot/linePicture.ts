// Curves through points, as pixels: any quantity over any other. Knows no files.

import { OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { Picture } from "../picture/picture.ts";
import { type Axis, linearAxis, logAxis } from "./axis.ts";
import { Canvas } from "./canvas.ts";
import { drawPanel } from "./panel.ts";

/** One curve. */
export interface Line {
  readonly name: string;
  /** `[x, y]`, in the order in which they are joined; gaps where y is not finite. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Drawn thin and pale, as the ground of another curve. Default false. */
  readonly faint?: boolean;
}

/** One axis. */
export interface LineAxis {
  readonly label: string;
  /** Default "linear". `log` is for values above 0, `share` for values in 0 … 1 that are shown in per cent. */
  readonly scale?: "linear" | "log" | "share";
  /** Values that are marked, in the place of round ones; for `log`. */
  readonly ticks?: readonly number[];
  /** Least and greatest value that are shown; by default those that there are. */
  readonly least?: number;
  readonly most?: number;
}

/** What is drawn. */
export interface LinePlot {
  readonly title: string;
  readonly x: LineAxis;
  readonly y: LineAxis;
  /** At most six. */
  readonly lines: readonly Line[];
  /** Values of x that are named by a dashed upright line. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
}

const size = { left: 0, width: 640, height: 400 };
/** Points of a curve up to which each is a dot as well. */
const mostDots = 40;
const mostLines = 6;

/** Draws the plot on white paper, 640 × 400 pixels; what lies outside the axes is cut off. Throws OptionError for a plot without points or with more than six curves. */
export function linePicture(plot: LinePlot): Picture {
  checkOptions("linePicture", plot, ["title", "x", "y", "lines", "marks"]);
  const { title, lines, marks = [] } = plot;
  const all = lines.flatMap(({ points }) => points.filter(([, y]) => Number.isFinite(y)));
  if (all.length === 0) throw new OptionError("linePicture: there is no point to draw");
  if (lines.length > mostLines) {
    throw new OptionError(`linePicture: at most ${mostLines} lines can be told apart; got ${lines.length}`);
  }
  const x = axisOf(plot.x, [...all.map(([value]) => value), ...marks.map((mark) => mark.x)]);
  const y = axisOf(
    plot.y,
    all.map(([, value]) => value),
  );
  const canvas = new Canvas(size.width, size.height);
  const curves = lines.map(({ name, points, faint = false }) => ({
    name,
    faint,
    dots: !faint && points.length <= mostDots,
    lines: visible(points.map(([u, v]) => [x.at(u), Number.isFinite(v) ? y.at(v) : Number.NaN])),
  }));
  const named = marks.map((mark) => ({ at: x.at(mark.x), label: mark.label }));
  const [xLabel, yLabel] = [plot.x.label, plot.y.label];
  drawPanel(canvas, { title, xLabel, yLabel, x, y, curves, marks: named }, size);
  return canvas;
}

function axisOf({ scale = "linear", ticks, least, most }: LineAxis, values: readonly number[]): Axis {
  const shown = values.filter((value) => value >= (least ?? -Infinity) && value <= (most ?? Infinity));
  const ends = [least, most].filter((end) => end !== undefined);
  if (scale === "log") return logAxis([...shown, ...ends], ticks);
  const bounds = scale === "share" ? { least: 0, most: 1, percent: true } : {};
  return linearAxis([...shown, ...ends], {
    ...bounds,
    ...(least !== undefined && { least }),
    ...(most !== undefined && { most }),
  });
}

/** The stretches of a polyline whose height lies in 0 … 1, cut where it leaves. */
function visible(points: readonly (readonly [number, number])[]): [number, number][][] {
  const stretches: [number, number][][] = [];
  let open: [number, number][] | null = null;
  for (const [i, [x, y]] of points.entries()) {
    const isIn = y >= 0 && y <= 1;
    const before = points[i - 1];
    const leaves =
      before !== undefined && Number.isFinite(y) && Number.isFinite(before[1]) && isIn === (open === null);
    if (isIn && !open) {
      open = [];
      stretches.push(open);
    }
    if (leaves && open) {
      const edge = (isIn ? before[1] : y) > 1 ? 1 : 0;
      open.push([before[0] + ((edge - before[1]) / (y - before[1])) * (x - before[0]), edge]);
    }
    if (isIn) open!.push([x, y]);
    else open = null;
  }
  return stretches;
}
