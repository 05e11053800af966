// Parallel coordinates as pixels. Knows no files.
import type { Picture } from "../picture/picture.ts";
import { Canvas, type Colour, fitted, type Point, textWidth } from "./canvas.ts";
import { bend, type LaidOutLine, layOutParallel, type ParallelChart } from "./parallel.ts";

const ink: Colour = [45, 48, 52];
const soft: Colour = [110, 115, 120];
const frame: Colour = [170, 174, 178];
const paper: Colour = [255, 255, 255];
const scoreless: Colour = [200, 203, 206];
/** From the worst to the best: the darker, the better, for every kind of colour vision. Shades of plasma (Smith and van der Walt), its pale end left out. */
const shades: readonly Colour[] = [
  [250, 180, 96],
  [236, 121, 83],
  [204, 71, 120],
  [148, 22, 160],
  [62, 4, 156],
];

/** Distance of the axes, and how wide they lie together at least. */
const [leastBetween, leastAcross] = [170, 400];
const height = 440;
const margin = { left: 56, right: 108, top: 84, bottom: 44 };
/** Pieces of a line between two axes. */
const pieces = 40;

/** The chart on white paper. */
export function parallelPicture(chart: ParallelChart): Picture {
  const { axes, lines } = layOutParallel(chart);
  const between = Math.max(leastBetween, leastAcross / (axes.length - 1));
  const across = between * (axes.length - 1);
  const width = margin.left + across + margin.right;
  const canvas = new Canvas(width, height);
  const [top, bottom] = [margin.top, height - margin.bottom];
  const xOf = (axis: number) => Math.round(margin.left + axis * between);
  const yOf = (place: number) => bottom - place * (bottom - top);
  canvas.text(24, 30, fitted(chart.title, width - 48, 11), { size: 11, colour: ink, bold: true });

  for (const line of lines) {
    const points = pointsOf(line, xOf, yOf);
    // A rim of paper lifts the best line off the others.
    if (line.isBest) canvas.line(points, 7, paper);
    canvas.line(points, line.isBest ? 4 : 1.6, line.shade === null ? scoreless : shadeAt(line.shade));
  }
  for (const [k, { name, ticks }] of axes.entries()) {
    const x = xOf(k);
    const isScore = k === axes.length - 1;
    canvas.text(x, top - 18, fitted(name, between - 16, 9), {
      size: 9,
      colour: ink,
      align: "middle",
      bold: true,
    });
    if (isScore) scale(canvas, x, yOf, lines);
    canvas.box(x, top, 1, bottom - top + 1, isScore ? ink : frame);
    for (const { at, label } of ticks) {
      const y = Math.round(yOf(at));
      canvas.box(x - 3, y, 7, 1, isScore ? ink : soft);
      tickLabel(canvas, isScore ? x + 22 : x + 8, y, fitted(label, between - 30, 8));
    }
  }
  canvas.text(24, height - 14, legend(lines), { size: 8, colour: soft });
  return canvas;
}

function pointsOf(
  { at }: LaidOutLine,
  xOf: (axis: number) => number,
  yOf: (place: number) => number,
): Point[] {
  return at
    .slice(1)
    .flatMap((to, k) =>
      bend(at[k]!, to, pieces).map(([x, y]): Point => [xOf(k) + x * (xOf(k + 1) - xOf(k)) + 0.5, yOf(y)]),
    );
}

/** A label on a piece of paper, so that the lines behind it do not run through it. */
function tickLabel(canvas: Canvas, x: number, y: number, label: string): void {
  canvas.box(x - 2, y - 7, textWidth(label, 8) + 4, 14, paper);
  canvas.text(x, y + 4, label, { size: 8, colour: soft });
}

/** What the colours mean, beside the last axis from the worst score to the best. */
function scale(
  canvas: Canvas,
  x: number,
  yOf: (place: number) => number,
  lines: readonly LaidOutLine[],
): void {
  const places = lines.flatMap(({ at, shade }) => (shade === null ? [] : [at.at(-1)!]));
  if (places.length === 0) return;
  const [low, high] = [yOf(Math.min(...places)), yOf(Math.max(...places))];
  for (let y = Math.round(high); y <= Math.round(low); y++) {
    canvas.box(x + 6, y, 9, 1, shadeAt(low > high ? (low - y) / (low - high) : 1));
  }
}

function legend(lines: readonly LaidOutLine[]): string {
  const failed = lines.filter(({ shade }) => shade === null).length;
  const best = lines.find(({ isBest }) => isBest);
  return [best ? `thick: ${best.label}` : "", failed > 0 ? `grey, without an end: ${failed} failed` : ""]
    .filter((part) => part !== "")
    .join("; ");
}

/** The colour at a share of the way from the worst to the best. */
function shadeAt(share: number): Colour {
  const place = Math.min(1, Math.max(0, share)) * (shades.length - 1);
  const below = Math.min(shades.length - 2, Math.floor(place));
  const [from, to] = [shades[below]!, shades[below + 1]!];
  return [0, 1, 2].map((c) =>
    Math.round(from[c]! + (to[c]! - from[c]!) * (place - below)),
  ) as unknown as Colour;
}
