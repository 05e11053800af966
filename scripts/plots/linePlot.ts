// Draws curves as an SVG of a few kilobytes, for the pages of docs; legible on light and dark ground.

/** A curve by its points; gaps where y is not finite. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly dashed?: boolean;
}

/** A plot: curves over common axes, in the units that the labels name. */
export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly curves: readonly Curve[];
  /** Lowest and highest y that are shown; by default those of the curves. */
  readonly yRange?: readonly [number, number];
}

const width = 480;
const height = 300;
const margin = { left: 54, right: 14, top: 30, bottom: 62 };
/** Okabe and Ito's colours, which colour-blind readers can tell apart. */
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
const ink = "#808080";

/** The plot as the text of an SVG file. */
export function linePlot({ title, xLabel, yLabel, curves, yRange }: Plot): string {
  const all = curves.flatMap(({ points }) => points.filter(([, y]) => Number.isFinite(y)));
  const [xLow, xHigh] = spanOf(all.map(([x]) => x));
  const [yLow, yHigh] = yRange ?? padded(spanOf(all.map(([, y]) => y)));
  const right = width - margin.right;
  const bottom = height - margin.bottom;
  const xAt = (x: number) => margin.left + ((x - xLow) / (xHigh - xLow)) * (right - margin.left);
  const yAt = (y: number) => bottom - ((y - yLow) / (yHigh - yLow)) * (bottom - margin.top);

  const parts: string[] = [];
  const line = (x1: number, y1: number, x2: number, y2: number, opacity: number) =>
    parts.push(
      `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${ink}" stroke-opacity="${opacity}"/>`,
    );
  const text = (x: number, y: number, content: string, anchor = "middle", more = "") =>
    parts.push(
      `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"${more}>${escaped(content)}</text>`,
    );
  text(width / 2, 18, title, "middle", ' font-size="14"');
  for (const x of ticks(xLow, xHigh)) {
    line(xAt(x), margin.top, xAt(x), bottom, x === 0 ? 0.7 : 0.2);
    text(xAt(x), bottom + 15, label(x));
  }
  for (const y of ticks(yLow, yHigh)) {
    line(margin.left, yAt(y), right, yAt(y), y === 0 ? 0.7 : 0.2);
    text(margin.left - 6, yAt(y) + 4, label(y), "end");
  }
  text((margin.left + right) / 2, bottom + 32, xLabel);
  const middle = (margin.top + bottom) / 2;
  text(14, middle, yLabel, "middle", ` transform="rotate(-90 14 ${round(middle)})"`);
  parts.push(
    `<clipPath id="plot"><rect x="${margin.left}" y="${margin.top}" width="${right - margin.left}" height="${bottom - margin.top}"/></clipPath>`,
  );
  const share = (right - margin.left) / curves.length;
  for (const [i, { name, points, dashed }] of curves.entries()) {
    const colour = colours[i % colours.length]!;
    const dash = dashed ? ' stroke-dasharray="5 4"' : "";
    parts.push(
      `<path d="${pathOf(points, xAt, yAt)}" fill="none" stroke="${colour}" stroke-width="2"${dash} clip-path="url(#plot)"/>`,
    );
    const x = margin.left + share * i;
    parts.push(`<path d="M${round(x)} ${height - 14}h20" stroke="${colour}" stroke-width="2"${dash}/>`);
    text(x + 26, height - 10, name, "start");
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11" fill="${ink}">\n${parts.join("\n")}\n</svg>\n`;
}

function pathOf(points: Curve["points"], xAt: (x: number) => number, yAt: (y: number) => number): string {
  let path = "";
  let drawing = false;
  for (const [x, y] of points) {
    if (Number.isFinite(y)) path += `${drawing ? "L" : "M"}${round(xAt(x))} ${round(yAt(y))}`;
    drawing = Number.isFinite(y);
  }
  return path;
}

function spanOf(values: readonly number[]): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low < high ? [low, high] : [low - 1, high + 1];
}

function padded([low, high]: [number, number]): [number, number] {
  const room = (high - low) * 0.06;
  return [low - room, high + room];
}

/** Round numbers in [low, high], about six of them. */
function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function label(value: number): string {
  return String(value).replace("-", "−");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
