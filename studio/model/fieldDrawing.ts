// Draws a picture with a field on it, and a map with a cell on it.
import type { Span } from "../../src/studio/shared/networks.ts";
import { coloursOf } from "../colours.ts";

/** Sides of the two canvases, CSS pixels. */
const sides = { picture: 232, map: 130 };
/** Share of the canvas that is left around the picture, for what lies in the padding. */
const rim = 0.08;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The picture at the size of the network's input, what is not seen dimmed, and the field outlined; its part in the padding is dashed. */
export function drawPicture(
  canvas: HTMLCanvasElement,
  image: CanvasImageSource,
  { width, height }: Size,
  seen: { readonly rows: Span; readonly columns: Span },
): void {
  const context = prepared(canvas, sides.picture, sides.picture);
  const scale = (sides.picture * (1 - 2 * rim)) / Math.max(width, height);
  const [left, top] = [(sides.picture - width * scale) / 2, (sides.picture - height * scale) / 2];
  context.imageSmoothingEnabled = scale < 1;
  context.drawImage(image, left, top, width * scale, height * scale);

  const x = left + seen.columns[0] * scale;
  const y = top + seen.rows[0] * scale;
  const [w, h] = [length(seen.columns) * scale, length(seen.rows) * scale];
  context.save();
  context.beginPath();
  context.rect(left, top, width * scale, height * scale);
  context.clip();
  context.fillStyle = "rgb(0 0 0 / 55%)";
  context.beginPath();
  context.rect(left, top, width * scale, height * scale);
  context.rect(x, y, w, h);
  context.fill("evenodd");
  context.restore();

  context.strokeStyle = coloursOf(canvas.parentElement!)("outline");
  context.lineWidth = 1.5;
  context.setLineDash([4, 4]);
  context.strokeRect(x, y, w, h);
  context.save();
  context.beginPath();
  context.rect(left - 2, top - 2, width * scale + 4, height * scale + 4);
  context.clip();
  context.setLineDash([]);
  context.lineWidth = 2.5;
  context.strokeRect(x, y, w, h);
  context.restore();
}

interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** Cells of a map, with lines between them where there is room. */
export function drawMap(
  canvas: HTMLCanvasElement,
  grid: Grid,
  { row, column }: { readonly row: number; readonly column: number },
): void {
  const scale = cellSize(grid);
  const { rows, columns } = grid;
  const context = prepared(canvas, columns * scale, rows * scale);
  const colourOf = coloursOf(canvas.parentElement!);
  context.fillStyle = colourOf("paper");
  context.fillRect(0, 0, columns * scale, rows * scale);
  if (scale >= 4) {
    context.strokeStyle = colourOf("line");
    context.lineWidth = 1;
    context.beginPath();
    for (let i = 0; i <= columns; i++) line(context, i * scale, 0, i * scale, rows * scale);
    for (let i = 0; i <= rows; i++) line(context, 0, i * scale, columns * scale, i * scale);
    context.stroke();
  }
  context.fillStyle = colourOf("outline");
  const side = Math.max(scale, 5);
  context.fillRect((column + 0.5) * scale - side / 2, (row + 0.5) * scale - side / 2, side, side);
}

/** The cell at which a pointer is. */
export function cellAt(
  canvas: HTMLCanvasElement,
  { rows, columns }: Grid,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): { row: number; column: number } {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const within = (share: number, count: number) =>
    Math.min(count - 1, Math.max(0, Math.floor(share * count)));
  return { row: within((clientY - top) / height, rows), column: within((clientX - left) / width, columns) };
}

function cellSize({ rows, columns }: Grid): number {
  return sides.map / Math.max(rows, columns);
}

/** A canvas of a size in CSS pixels, cleared, on which those count. */
function prepared(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const dense = devicePixelRatio;
  canvas.width = Math.round(width * dense);
  canvas.height = Math.round(height * dense);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d")!;
  context.scale(dense, dense);
  return context;
}

function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
}

function length([first, last]: Span): number {
  return last - first + 1;
}
