// Draws points of several classes as an SVG, for the pages of docs; legible on light and dark ground.

/** Points of one class. */
export interface Cloud {
  readonly points: readonly (readonly [x: number, y: number])[];
}

const side = 200;
const margin = 10;
const head = 22;
/** Okabe and Ito's colours, which colour-blind readers can tell apart. */
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"];
const ink = "#808080";

/** Squares side by side, each with its own points at the same scale in x and y. */
export function scatterPlots(
  plots: readonly { readonly title: string; readonly clouds: readonly Cloud[] }[],
): string {
  const columns = 3;
  const rows = Math.ceil(plots.length / columns);
  const [width, height] = [columns * side, rows * (side + head)];
  const parts = plots.map(({ title, clouds }, i) => {
    const [left, top] = [(i % columns) * side, Math.floor(i / columns) * (side + head)];
    return `<g transform="translate(${left} ${top})">\n<text x="${side / 2}" y="16" text-anchor="middle" font-size="13">${title}</text>\n${square(clouds)}\n</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" fill="${ink}">\n${parts.join("\n")}\n</svg>\n`;
}

function square(clouds: readonly Cloud[]): string {
  const all = clouds.flatMap(({ points }) => points);
  const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
  const middle = [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
  const extent = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  const scale = (side - 4 * margin) / extent;
  const frame = `<rect x="${margin}" y="${head}" width="${side - 2 * margin}" height="${side - 2 * margin}" fill="none" stroke="${ink}" stroke-opacity="0.4"/>`;
  const centre = [side / 2, head + side / 2 - margin];
  const marks = clouds.map(({ points }, k) => {
    const colour = colours[k % colours.length]!;
    const dots = points.map(([x, y]) => {
      const [cx, cy] = [centre[0]! + (x - middle[0]!) * scale, centre[1]! - (y - middle[1]!) * scale];
      // A line of no length with round ends is a dot in fewer characters than a circle.
      return `M${Math.round(cx * 10) / 10} ${Math.round(cy * 10) / 10}h0`;
    });
    return `<path d="${dots.join("")}" stroke="${colour}" stroke-width="4" stroke-linecap="round" stroke-opacity="0.8"/>`;
  });
  return [frame, ...marks].join("\n");
}
