// Charts over epochs as pixels, side by side. Knows no files.
import type { Picture } from "../picture/picture.ts";
import { Canvas } from "./canvas.ts";
import { type Chart, layOut } from "./chart.ts";
import { drawPanel } from "./panel.ts";

const panel = { width: 420, height: 340 };
/** Epochs up to which each is marked by a dot. */
const mostDots = 40;

/** Charts in a row on white paper. */
export function chartPicture(charts: readonly Chart[]): Picture {
  const canvas = new Canvas(panel.width * charts.length, panel.height);
  for (const [i, chart] of charts.entries()) {
    const { x, y, curves } = layOut(chart);
    const dots = chart.epochs.length <= mostDots;
    drawPanel(
      canvas,
      { title: chart.title, xLabel: "epoch", x, y, curves: curves.map((curve) => ({ ...curve, dots })) },
      { ...panel, left: i * panel.width },
    );
  }
  return canvas;
}
