// Folders of small pictures that tests can learn: a disc, a square or stripes in a colour of its own, at places and in sizes that vary.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Random } from "../../src/tensor/random.ts";
import { idat, iend, ihdr, pngOf } from "./png.ts";

/** Classes of the pictures. */
export const shapes = ["disc", "square", "stripes"] as const;

const colours: Readonly<Record<(typeof shapes)[number], readonly [number, number, number]>> = {
  disc: [220, 60, 40],
  square: [40, 160, 70],
  stripes: [50, 80, 210],
};

/** An RGB picture of a shape as PNG; other ones by seed. */
export function shapePicture(shape: (typeof shapes)[number], seed: number): Uint8Array {
  const random = new Random(seed, shapes.indexOf(shape));
  const width = 20 + random.integer(12);
  const height = 20 + random.integer(12);
  const radius = 5 + random.integer(4);
  const [x0, y0] = [
    radius + random.integer(width - 2 * radius),
    radius + random.integer(height - 2 * radius),
  ];
  const paper = 200 + random.integer(56);
  const rows = new Uint8Array(height * (1 + 3 * width));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [Math.abs(x - x0), Math.abs(y - y0)];
      const inside =
        shape === "disc"
          ? dx * dx + dy * dy <= radius * radius
          : Math.max(dx, dy) <= radius && (shape === "square" || y % 3 === 0);
      const noise = random.integer(17) - 8;
      for (let c = 0; c < 3; c++) {
        const value = (inside ? colours[shape][c]! : paper) + noise;
        rows[y * (1 + 3 * width) + 1 + 3 * x + c] = Math.max(0, Math.min(255, value));
      }
    }
  }
  return pngOf([ihdr(width, height, 8, 2), idat(rows), iend]);
}

/** Writes `count` pictures of each shape into `folder/<shape>/`. */
export function writeShapes(folder: string, count: number, firstSeed = 0): void {
  for (const shape of shapes) {
    mkdirSync(path.join(folder, shape), { recursive: true });
    for (let i = 0; i < count; i++) {
      writeFileSync(path.join(folder, shape, `${i}.png`), shapePicture(shape, firstSeed + i));
    }
  }
}
