// Charts as SVG within a page, which gives the colours: classes `grid`, `frame`, `tick`, and `curve0` … `curve3`. Knows no page.
import { type Chart, layOut } from "./chart.ts";
import { escaped } from "./markup.ts";

const width = 420;
const height = 270;
const margin = { left: 52, right: 14, top: 14, bottom: 40 };
/** Epochs up to which each is a dot that tells its value. */
const mostDots = 60;

/** The chart without its title and legend, which are the page's. */
export function chartSvg(chart: Chart): string {
  const { x, y, curves } = layOut(chart);
  const [left, right] = [margin.left, width - margin.right];
  const [top, bottom] = [margin.top, height - margin.bottom];
  const xAt = (u: number) => round(left + u * (right - left));
  const yAt = (v: number) => round(bottom - v * (bottom - top));
  const parts: string[] = [];
  for (const { at, label } of y.ticks) {
    parts.push(`<path class="grid" d="M${left} ${yAt(at)}H${right}"/>`);
    parts.push(`<text class="tick" x="${left - 7}" y="${yAt(at) + 4}" text-anchor="end">${label}</text>`);
  }
  for (const { at, label } of x.ticks) {
    parts.push(`<path class="grid" d="M${xAt(at)} ${top}V${bottom}"/>`);
    parts.push(`<text class="tick" x="${xAt(at)}" y="${bottom + 16}" text-anchor="middle">${label}</text>`);
  }
  parts.push(`<path class="frame" d="M${left} ${top}V${bottom}H${right}"/>`);
  parts.push(
    `<text class="tick" x="${(left + right) / 2}" y="${height - 6}" text-anchor="middle">epoch</text>`,
  );
  for (const [i, { name, lines }] of curves.entries()) {
    for (const line of lines) {
      const points = line.map(([u, v]) => `${xAt(u)} ${yAt(v)}`);
      parts.push(`<path class="curve${i}" d="M${points.join("L")}"/>`);
    }
    if (chart.epochs.length > mostDots) continue;
    for (const [k, value] of chart.curves[i]!.values.entries()) {
      if (!Number.isFinite(value)) continue;
      const epoch = chart.epochs[k]!;
      const told = `epoch ${epoch}, ${name}: ${chart.kind === "share" ? `${(value * 100).toFixed(2)}%` : Number(value.toPrecision(4))}`;
      parts.push(
        `<circle class="curve${i}" cx="${xAt(x.at(epoch))}" cy="${yAt(y.at(value))}" r="3"><title>${escaped(told)}</title></circle>`,
      );
    }
  }
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(chart.title)}">${parts.join("")}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
