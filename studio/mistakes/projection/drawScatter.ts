// Draws the points: squares by class, and rings around mistakes.
import { coloursOf } from "../../colours.ts";
import { type Sight, type Size, type Spot, spotOf } from "./scatterModel.ts";

/** Side of a picture in the place of a point, CSS pixels; the style sheet has it too. */
const thumbnailSide = 34;
const pointSide = { usual: 4, large: 6 };
/** More points than this are drawn in the smaller size. */
const manyPoints = 3000;

/** What is drawn of each point. */
export interface Marks {
  /** Class of each point. */
  readonly truth: ArrayLike<number>;
  readonly isWrong: ArrayLike<boolean | number>;
  readonly isHidden: (point: number) => boolean;
  readonly isChosen: (point: number) => boolean;
}

interface Scene extends Size {
  readonly points: Float32Array;
  readonly sight: Sight;
  readonly marks: Marks;
  readonly colours: readonly string[];
  /** Points that stand as pictures over the canvas. */
  readonly pictured: ReadonlySet<number>;
  readonly lasso: readonly Spot[];
}

/** Draws everything anew. */
export function drawScatter(canvas: HTMLCanvasElement, scene: Scene): void {
  const { points, sight, marks, colours, pictured, width, height, lasso } = scene;
  const dense = devicePixelRatio;
  if (canvas.width !== Math.round(width * dense) || canvas.height !== Math.round(height * dense)) {
    canvas.width = Math.round(width * dense);
    canvas.height = Math.round(height * dense);
  }
  const context = canvas.getContext("2d")!;
  context.setTransform(dense, 0, 0, dense, 0, 0);
  context.clearRect(0, 0, width, height);
  const colourOf = coloursOf(canvas.parentElement!);
  const [wrong, chosen] = [colourOf("wrong"), colourOf("accent")];
  const n = points.length / 2;
  const side = n > manyPoints ? pointSide.usual : pointSide.large;
  context.globalAlpha = 0.8;
  for (let i = 0; i < n; i++) {
    if (marks.isHidden(i) || pictured.has(i)) continue;
    const { x, y } = spotOf(points, i, sight);
    if (x < -side || y < -side || x > width + side || y > height + side) continue;
    context.fillStyle = colours[marks.truth[i]!]!;
    context.fillRect(x - side / 2, y - side / 2, side, side);
  }
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  for (let i = 0; i < n; i++) {
    if (marks.isHidden(i) || !(marks.isWrong[i] || marks.isChosen(i))) continue;
    const { x, y } = spotOf(points, i, sight);
    context.strokeStyle = marks.isChosen(i) ? chosen : wrong;
    const radius = pictured.has(i) ? thumbnailSide / 1.5 : side + (marks.isChosen(i) ? 3 : 1);
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  }
  if (lasso.length > 1) {
    context.strokeStyle = chosen;
    context.setLineDash([5, 4]);
    context.beginPath();
    for (const { x, y } of lasso) context.lineTo(x, y);
    context.closePath();
    context.stroke();
    context.setLineDash([]);
  }
}
