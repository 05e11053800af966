// Draws docs/images/augmentation-*.png: a drawn scene as each transform changes it, one sheet for angles, light and occlusion.
//
//     npm run --silent build && node dist/scripts/plots/augmentation.js
import { mkdirSync, writeFileSync } from "node:fs";
import { encodePng } from "../../src/picture/encode.ts";
import type { Picture } from "../../src/picture/picture.ts";
import { Random } from "../../src/tensor/random.ts";
import * as t from "../../src/transforms/index.ts";

const width = 120;
const height = 90;
const gap = 6;

type Colour = readonly [number, number, number];

/** The scene at a place, both coordinates 0 … 1: a house with a tree under an evening sky. */
function colourAt(x: number, y: number): Colour {
  const circle = (cx: number, cy: number, r: number) => Math.hypot((x - cx) * (width / height), y - cy) < r;
  const box = (left: number, top: number, right: number, bottom: number) =>
    x >= left && x < right && y >= top && y < bottom;
  if (box(0.3, 0.5, 0.62, 0.84)) {
    if (box(0.36, 0.56, 0.44, 0.67)) return [250, 220, 120];
    if (box(0.5, 0.6, 0.57, 0.84)) return [90, 50, 30];
    // Bricks.
    const row = Math.floor(y * 40);
    const seam = (y * 40) % 1 < 0.15 || (x * 28 + (row % 2) / 2) % 1 < 0.1;
    return seam ? [200, 180, 165] : [176, 88, 66];
  }
  if (y >= 0.3 && y < 0.5 && Math.abs(x - 0.46) < (y - 0.3) * 1.05) return [70, 60, 80];
  if (circle(0.82, 0.48, 0.17) || circle(0.76, 0.56, 0.12) || circle(0.89, 0.57, 0.12)) return [50, 120, 50];
  if (box(0.8, 0.6, 0.845, 0.86)) return [100, 70, 45];
  if (circle(0.14, 0.2, 0.09)) return [255, 214, 90];
  const hill = 0.72 + 0.06 * Math.sin(x * 5);
  if (y > hill) return [110 - 50 * (y - hill), 160 - 120 * (y - hill), 70];
  return [100 + 130 * y, 150 + 70 * y, 220 - 40 * y];
}

/** The scene at three times the size and then shrunk, so that edges are smooth. */
function scene(): Picture {
  const [w, h] = [width * 3, height * 3];
  const data = new Uint8Array(w * h * 3);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) data.set(colourAt((x + 0.5) / w, (y + 0.5) / h), (y * w + x) * 3);
  }
  return new t.Resize([height, width]).forward({ width: w, height: h, channels: 3, data });
}

/** The steps of each sheet, six to a row. The names stand in tables of docs/augmentation.md. */
const sheets: Readonly<Record<string, readonly t.Step[]>> = {
  angle: [
    new t.Identity(),
    new t.RandomHorizontalFlip(1),
    new t.RandomResizedCrop([height, width], { scale: [0.2, 0.5] }),
    new t.RandomCrop([height, width], { padding: 20, paddingMode: "reflect" }),
    new t.Letterbox([height, width]),
    new t.RandomRotation(25, { interpolation: "bilinear" }),
    new t.RandomAffine(5, { shear: 25, interpolation: "bilinear", fill: 128 }),
    new t.RandomPerspective(0.5, 1),
    new t.ElasticTransform({ alpha: 90 }),
    new t.RandAugment({ magnitude: 15 }),
    new t.TrivialAugmentWide(),
    new t.AugMix({ severity: 8 }),
  ],
  light: [
    new t.ColorJitter({ brightness: [0.4, 0.6] }),
    new t.ColorJitter({ contrast: [1.6, 1.8] }),
    new t.ColorJitter({ saturation: [0.1, 0.3] }),
    new t.ColorJitter({ hue: [0.2, 0.3] }),
    new t.RandomGamma([2, 2], 1),
    new t.RandomShadow(1, { darkness: [0.6, 0.7] }),
    new t.RandomGrayscale(1),
    new t.RandomInvert(1),
    new t.RandomPosterize(2, 1),
    new t.RandomSolarize(128, 1),
    new t.RandomAutocontrast(1),
    new t.RandomEqualize(1),
    new t.GaussianBlur(9, { sigma: 2 }),
    new t.GaussianNoise({ sigma: 0.12 }),
    new t.JPEG(8),
    new t.RandomAdjustSharpness(5, 1),
    new t.RandomGamma([0.5, 0.5], 1),
    new t.RandomShadow(1, { darkness: [0.6, 0.6], softness: [0.3, 0.3] }),
  ],
  occlusion: [
    new t.RandomErasing(1),
    new t.RandomErasing(1, { value: "random" }),
    new t.Cutout(40),
    new t.Cutout(18, { holes: 6, value: 128 }),
    new t.GridMask({ p: 1 }),
    new t.GridMask({ p: 1, unit: [0.2, 0.2], ratio: 0.7 }),
  ],
};

/** Pictures side by side on white, six to a row. */
function sheet(tiles: readonly Picture[]): Picture {
  const columns = Math.min(6, tiles.length);
  const rows = Math.ceil(tiles.length / columns);
  const size = { width: columns * (width + gap) - gap, height: rows * (height + gap) - gap };
  const data = new Uint8Array(size.width * size.height * 3).fill(255);
  for (const [i, tile] of tiles.entries()) {
    const [left, top] = [(i % columns) * (width + gap), Math.floor(i / columns) * (height + gap)];
    for (let y = 0; y < height; y++) {
      const row = tile.data.subarray(y * width * 3, (y + 1) * width * 3);
      data.set(row, ((top + y) * size.width + left) * 3);
    }
  }
  return { ...size, channels: 3, data };
}

const folder = new URL("../../../docs/images/", import.meta.url);
mkdirSync(folder, { recursive: true });
const picture = scene();
for (const [name, steps] of Object.entries(sheets)) {
  // A tall source for the letterbox, which has nothing to do for a picture of the right shape.
  const sourceOf = (step: t.Step) =>
    step instanceof t.Letterbox ? t.functional.crop(picture, 0, 30, height, 66) : picture;
  const result = sheet(steps.map((step, i) => step.forward(sourceOf(step), new Random(20 + i))));
  const file = `augmentation-${name}.png`;
  writeFileSync(new URL(file, folder), await encodePng(result));
  console.log(`${file}: ${steps.map((step) => step.name).join(", ")}`);
}
