// A chart that has been laid out, as pixels: axes, curves, upright marks, legend. Knows neither what is measured nor where it comes from.
import type { Axis } from "./axis.ts";
import { type Canvas, type Colour, type Point, textWidth } from "./canvas.ts";

/** Okabe and Ito's colours, which colour-blind readers can tell apart. */
const colours: readonly Colour[] = [
  [0, 114, 178],
  [213, 94, 0],
  [0, 158, 115],
  [204, 121, 167],
  [230, 159, 0],
  [86, 180, 233],
];
const ink: Colour = [45, 48, 52];
const soft: Colour = [110, 115, 120];
const grid: Colour = [230, 231, 233];
const frame: Colour = [170, 174, 178];

const margin = { left: 62, right: 20, top: 62, bottom: 48 };
/** Pixels of a dash and of the gap after it. */
const dash = [6, 4] as const;

/** One curve, as points 0 … 1 from the lower left corner. */
export interface PanelCurve {
  readonly name: string;
  readonly lines: readonly (readonly (readonly [number, number])[])[];
  /** Whether each point is a dot as well. */
  readonly dots: boolean;
  /** Drawn thin and pale, as the ground of another curve. */
  readonly faint?: boolean;
}

/** What is drawn. */
export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly curves: readonly PanelCurve[];
  /** Places along x that are named. */
  readonly marks?: readonly { readonly at: number; readonly label: string }[];
}

/** Where on the canvas a panel lies. */
export interface Place {
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

/** Draws a panel from the canvas's upper edge down. */
export function drawPanel(canvas: Canvas, panel: Panel, { left: offset, width, height }: Place): void {
  const { title, xLabel, yLabel, x, y, curves, marks = [] } = panel;
  const [left, right] = [offset + margin.left, offset + width - margin.right];
  const [top, bottom] = [margin.top, height - margin.bottom];
  const place = ([u, v]: readonly [number, number]): Point => [
    left + u * (right - left),
    bottom - v * (bottom - top),
  ];
  canvas.text(left, 24, title, { size: 11, colour: ink, bold: true });
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
  canvas.text((left + right) / 2, bottom + 38, xLabel, { size: 8, colour: soft, align: "middle" });
  if (yLabel) {
    canvas.text(offset + 15, (top + bottom) / 2, yLabel, {
      size: 8,
      colour: soft,
      align: "middle",
      upwards: true,
    });
  }
  let pen = left;
  for (const [i, { name, lines, dots, faint = false }] of curves.entries()) {
    const colour = faint ? paler(colours[i % colours.length]!) : colours[i % colours.length]!;
    const stroke = faint ? 1 : 2;
    for (const line of lines) {
      const points = line.map(place);
      canvas.line(points, stroke, colour);
      if (dots) for (const [px, py] of points) canvas.dot(px, py, 3, colour);
    }
    canvas.line(
      [
        [pen, 43],
        [pen + 16, 43],
      ],
      stroke,
      colour,
    );
    canvas.text(pen + 23, 47, name, { size: 8, colour: soft });
    pen += 23 + textWidth(name, 8) + 22;
  }
  for (const { at, label } of marks) {
    const column = Math.round(place([at, 0])[0]);
    for (let level = top; level < bottom; level += dash[0] + dash[1]) {
      canvas.box(column, level, 1, Math.min(dash[0], bottom - level), ink);
    }
    // On the side where there is more room.
    const after = at < 0.5;
    canvas.text(column + (after ? 7 : -7), top + 14, label, {
      size: 8,
      colour: ink,
      bold: true,
      align: after ? "start" : "end",
    });
  }
}

function paler(colour: Colour): Colour {
  const [red, green, blue] = colour.map((part) => Math.round(255 - 0.45 * (255 - part)));
  return [red!, green!, blue!];
}
