// A drawn picture with something to see everywhere, where there is no picture to show.

/** Squares along the shorter side. */
const squares = 8;

/** Squares of changing hue, with rings around the middle. */
export function patternOf(height: number, width: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d")!;
  const side = Math.max(1, Math.min(width, height) / squares);
  for (let y = 0; y * side < height; y++) {
    for (let x = 0; x * side < width; x++) {
      context.fillStyle = `hsl(${(360 * x * side) / width} 45% ${(x + y) % 2 === 0 ? 70 : 45}%)`;
      context.fillRect(x * side, y * side, side, side);
    }
  }
  context.strokeStyle = "#fff";
  context.lineWidth = Math.max(1, side / 4);
  for (const share of [0.15, 0.4]) {
    context.beginPath();
    context.arc(width / 2, height / 2, share * Math.min(width, height), 0, 2 * Math.PI);
    context.stroke();
  }
  return canvas;
}
