// Charts as pixels, side by side. Knows no files.
import type { Picture } from "../picture/picture.ts";
import { Canvas, type Colour, type Point, textWidth } from "./canvas.ts";
import { type Chart, layOut } from "./chart.ts";

/** Okabe and Ito's colours, which colour-blind readers can tell apart. */
const colours: readonly Colour[] = [
  [0, 114, 178],
  [213, 94, 0],
  [0, 158, 115],
  [204, 121, 167],
];
const ink: Colour = [45, 48, 52];
const soft: Colour = [110, 115, 120];
const grid: Colour = [230, 231, 233];
const frame: Colour = [170, 174, 178];

const panel = { width: 420, height: 340 };
const margin = { left: 62, right: 20, top: 62, bottom: 48 };
/** Epochs up to which each is marked by a dot. */
const mostDots = 40;

/** Charts in a row on white paper. */
export function chartPicture(charts: readonly Chart[]): Picture {
  const canvas = new Canvas(panel.width * charts.length, panel.height);
  for (const [i, chart] of charts.entries()) drawChart(canvas, chart, i * panel.width);
  return canvas;
}

function drawChart(canvas: Canvas, chart: Chart, offset: number): void {
  const { x, y, curves } = layOut(chart);
  const [left, right] = [offset + margin.left, offset + panel.width - margin.right];
  const [top, bottom] = [margin.top, panel.height - margin.bottom];
  const place = ([u, v]: readonly [number, number]): Point => [
    left + u * (right - left),
    bottom - v * (bottom - top),
  ];
  canvas.text(left, 24, chart.title, { size: 11, colour: ink, bold: true });
  for (const tick of y.ticks) {
    const level = Math.round(place([0, tick.at])[1]);
    canvas.box(left, level, right - left, 1, grid);
    canvas.text(left - 8, level + 4, tick.label, { size: 8, colour: soft, align: "end" });
  }
  for (const tick of x.ticks) {
    const column = Math.round(place([tick.at, 0])[0]);
    canvas.box(column, top, 1, bottom - top, grid);
    canvas.text(column, bottom + 17, tick.label, { size: 8, colour: soft, align: "middle" });
  }
  canvas.box(left, bottom, right - left, 1, frame);
  canvas.box(left, top, 1, bottom - top, frame);
  canvas.text((left + right) / 2, bottom + 38, "epoch", { size: 8, colour: soft, align: "middle" });
  let pen = left;
  for (const [i, { name, lines }] of curves.entries()) {
    const colour = colours[i % colours.length]!;
    for (const line of lines) {
      const points = line.map(place);
      canvas.line(points, 2, colour);
      if (chart.epochs.length <= mostDots) for (const [px, py] of points) canvas.dot(px, py, 3, colour);
    }
    canvas.line(
      [
        [pen, 43],
        [pen + 16, 43],
      ],
      2,
      colour,
    );
    canvas.text(pen + 23, 47, name, { size: 8, colour: soft });
    pen += 23 + textWidth(name, 8) + 22;
  }
}
