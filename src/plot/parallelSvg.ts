// Parallel coordinates as SVG within a page, whose style must hold `parallelStyle` and colours for ink, soft and paper. Knows no page.
import { escaped } from "./markup.ts";
import { type LaidOutLine, layOutParallel, type ParallelChart } from "./parallel.ts";

const height = 380;
const margin = { left: 50, right: 80, top: 44, bottom: 16 };
const [leastBetween, leastAcross] = [150, 420];
/** How far the chart is enlarged on a wide page. */
const largest = 1.3;

/** Shades from the worst to the best: towards the dark on light paper, towards the light on dark paper, so that the best stand out for every kind of colour vision. */
const onLight = [
  "#fab460",
  "#f39659",
  "#ec7953",
  "#dc6066",
  "#cc4778",
  "#b02f8c",
  "#9416a0",
  "#690d9e",
  "#3e049c",
];
const onDark = [
  "#7a4cc9",
  "#9440bd",
  "#b03ea6",
  "#cc4778",
  "#de5f65",
  "#ef7e50",
  "#f89540",
  "#fdc527",
  "#f4f06a",
];

/** Style sheet of the chart. */
export const parallelStyle = `
${shadeRules(onLight)}
@media (prefers-color-scheme: dark) { ${shadeRules(onDark)} }
.parallel { min-width: 36rem; } .parallel path { fill: none; }
.parallel .trial { stroke-width: 1.6; } .parallel .failed { stroke: var(--soft); stroke-opacity: .45; }
.parallel .best { stroke-width: 4; } .parallel .rim { stroke: var(--card); stroke-width: 7; }
.parallel .trial:hover { stroke: var(--ink); stroke-width: 4; }
.parallel .axis { stroke: var(--soft); } .parallel .name { fill: var(--ink); font-weight: 600; }
.parallel .tick { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
`;

/** The chart without its title, which is the page's. */
export function parallelSvg(chart: ParallelChart): string {
  const { axes, lines } = layOutParallel(chart);
  const between = Math.max(leastBetween, leastAcross / (axes.length - 1));
  const width = margin.left + between * (axes.length - 1) + margin.right;
  const xAt = (axis: number) => round(margin.left + axis * between);
  const yAt = (place: number) =>
    round(height - margin.bottom - place * (height - margin.top - margin.bottom));
  const parts: string[] = [];
  for (const line of lines) {
    const path = pathOf(line, xAt, yAt);
    if (line.isBest) parts.push(`<path class="rim" d="${path}"/>`);
    parts.push(
      `<path class="trial ${kindOf(line)}" d="${path}"><title>${escaped(line.label)}</title></path>`,
    );
  }
  for (const [k, { name, ticks }] of axes.entries()) {
    const x = xAt(k);
    const isScore = k === axes.length - 1;
    parts.push(`<text class="name" x="${x}" y="22" text-anchor="middle">${escaped(name)}</text>`);
    parts.push(`<path class="axis" d="M${x} ${yAt(1)}V${yAt(0)}"/>`);
    if (isScore) parts.push(scale(x, yAt, lines));
    for (const { at, label } of ticks) {
      parts.push(`<path class="axis" d="M${x - 3} ${yAt(at)}h6"/>`);
      const text = `<text class="tick" x="${x + (isScore ? 22 : 8)}" y="${round(yAt(at) + 4)}">${escaped(label)}</text>`;
      parts.push(text);
    }
  }
  return `<svg class="parallel" viewBox="0 0 ${round(width)} ${height}" style="max-width:${Math.round(largest * width)}px" role="img" aria-label="${escaped(chart.title)}">${parts.join("")}</svg>`;
}

/** A curve from axis to axis that is level at each: its handles lie a third of the way. */
function pathOf({ at }: LaidOutLine, xAt: (axis: number) => number, yAt: (place: number) => number): string {
  const curves = at.slice(1).map((to, k) => {
    const third = (xAt(k + 1) - xAt(k)) / 3;
    const [from, end] = [yAt(at[k]!), yAt(to)];
    return `C${round(xAt(k) + third)} ${from} ${round(xAt(k + 1) - third)} ${end} ${xAt(k + 1)} ${end}`;
  });
  return `M${xAt(0)} ${yAt(at[0]!)}${curves.join("")}`;
}

function kindOf({ shade, isBest }: LaidOutLine): string {
  if (shade === null) return "failed";
  return `shade${level(shade)}${isBest ? " best" : ""}`;
}

/** What the colours mean, beside the last axis from the worst score to the best. */
function scale(x: number, yAt: (place: number) => number, lines: readonly LaidOutLine[]): string {
  const places = lines.flatMap(({ at, shade }) => (shade === null ? [] : [at.at(-1)!]));
  if (places.length === 0) return "";
  const [low, high] = [yAt(Math.min(...places)), yAt(Math.max(...places))];
  const step = (low - high) / onLight.length;
  const pieces = onLight.map(
    (_, i) =>
      `<path class="shade${i}" stroke-width="8" d="M${x + 10} ${round(low - i * step)}V${round(low - (i + 1) * step)}"/>`,
  );
  return pieces.join("");
}

function level(shade: number): number {
  return Math.min(onLight.length - 1, Math.floor(shade * onLight.length));
}

function shadeRules(colours: readonly string[]): string {
  return colours.map((colour, i) => `.shade${i} { stroke: ${colour}; }`).join(" ");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
