// Parallel coordinates: an axis for each option and one for the score, and a line through them for each trial. Knows neither pixels nor SVG.
import { type Axis, linearAxis, logAxis } from "./axis.ts";

/** One option: numbers between two ends, or names one above the other. */
export type ParallelAxis =
  | { readonly name: string; readonly low: number; readonly high: number; readonly scale: "linear" | "log" }
  | { readonly name: string; readonly choices: readonly string[] };

/** One trial. */
export interface ParallelLine {
  /** A value for each axis; choices by name. */
  readonly values: readonly (number | string)[];
  /** Share of right answers; null where there is none. */
  readonly score: number | null;
  /** What a reader is told who points at it. */
  readonly label: string;
}

/** What the chart shows. */
export interface ParallelChart {
  readonly title: string;
  readonly axes: readonly ParallelAxis[];
  /** Name of the last axis. */
  readonly score: string;
  readonly lines: readonly ParallelLine[];
}

/** A line as places 0 … 1 on the axes, from below. */
export interface LaidOutLine {
  /** One for each axis of the options, and one more where there is a score. */
  readonly at: readonly number[];
  /** Where the score lies between the worst and the best, 0 … 1; null where there is none. */
  readonly shade: number | null;
  readonly isBest: boolean;
  readonly label: string;
}

/** The chart with its axes, the score's last, and lines in the order in which they are drawn: the best last. */
export interface LaidOutParallel {
  readonly axes: readonly { readonly name: string; readonly ticks: Axis["ticks"] }[];
  readonly lines: readonly LaidOutLine[];
}

/** Finds axes and places. */
export function layOutParallel({ axes, score, lines }: ParallelChart): LaidOutParallel {
  const scores = lines.flatMap((line) => (line.score === null ? [] : [line.score]));
  const scoreAxis = linearAxis(scores, { percent: true, least: 0, most: 1 });
  const places = axes.map(placesOf);
  const [worst, best] = [Math.min(...scores), Math.max(...scores)];
  const first = lines.findIndex((line) => line.score === best);
  const laidOut = lines.map((line, i) => {
    const at = line.values.map((value, k) => places[k]!.at(value));
    if (line.score === null) return { at, shade: null, isBest: false, label: line.label };
    const shade = best > worst ? (line.score - worst) / (best - worst) : 1;
    return { at: [...at, scoreAxis.at(line.score)], shade, isBest: i === first, label: line.label };
  });
  laidOut.sort((a, b) => Number(a.isBest) - Number(b.isBest) || (a.shade ?? -1) - (b.shade ?? -1));
  return {
    axes: [
      ...axes.map(({ name }, k) => ({ name, ticks: places[k]!.ticks })),
      { name: score, ticks: scoreAxis.ticks },
    ],
    lines: laidOut,
  };
}

function placesOf(axis: ParallelAxis): {
  at: (value: number | string) => number;
  ticks: Axis["ticks"];
} {
  if (!("choices" in axis)) {
    const { low, high, scale } = axis;
    const { at, ticks } =
      scale === "log" ? logAxis([low, high]) : linearAxis([low, high], { least: low, most: high });
    return { at: (value) => at(Number(value)), ticks };
  }
  // Half a step of room at both ends, so that lines to different axes do not all meet in the corners.
  const level = (i: number) => (i + 0.5) / axis.choices.length;
  return {
    at: (value) => level(axis.choices.indexOf(String(value))),
    ticks: axis.choices.map((label, i) => ({ at: level(i), label })),
  };
}

/**
 * Points of the smooth line from one axis to the next, the ends among them: level at both axes. Places are x 0 … 1 between the axes and y as given.
 */
export function bend(from: number, to: number, steps: number): [x: number, y: number][] {
  return Array.from({ length: steps + 1 }, (_, i) => {
    const x = i / steps;
    return [x, from + (to - from) * x * x * (3 - 2 * x)];
  });
}
