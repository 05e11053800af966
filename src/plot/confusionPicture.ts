// A confusion matrix as pixels: counts where there is room, shades of each true class's shares. Knows no files.
import type { Picture } from "../picture/picture.ts";
import { Canvas, type Colour, fitted, textWidth } from "./canvas.ts";
import { canWrite } from "./glyphs.ts";

const ink: Colour = [45, 48, 52];
const soft: Colour = [110, 115, 120];
const empty: Colour = [247, 248, 249];
const right: Colour = [0, 104, 168];
const wrong: Colour = [200, 74, 0];

/** Side that the cells together should have, and the sides that a cell may have, in pixels. */
const aim = 900;
const [leastCell, mostCell] = [1, 54];
/** Longest name of a class in pixels. */
const longestName = 150;
/** Sides of a cell from which numbers and gaps have room. */
const numbersFrom = 30;
const gapsFrom = 8;

/** What is drawn beside the matrix. */
export interface ConfusionPictureOptions {
  readonly title: string;
}

/**
 * The matrix on white paper: rows are true classes, columns predictions; blue is right, orange wrong, the stronger the larger its share of the row.
 * `confusion` is row-major `[true, predicted]`. Names that the plots' typeface lacks are given as the class's number, from 0.
 */
export function confusionPicture(
  confusion: ArrayLike<number>,
  classes: readonly string[],
  { title }: ConfusionPictureOptions,
): Picture {
  const n = classes.length;
  const cell = Math.max(leastCell, Math.min(mostCell, Math.floor(aim / n)));
  const size = cell >= 20 ? 8 : 7;
  const names = classes.map((name, i) => fitted(canWrite(name) ? name : String(i), longestName, size));
  const widest = Math.max(...names.map((name) => textWidth(name, size)));
  const left = Math.ceil(44 + widest + 10);
  const top = 70;
  const across = names.some((name) => textWidth(name, size) > cell - 6);
  const foot = (across ? Math.ceil(widest) : 8) + 46;
  const side = cell * n;
  const width = Math.max(left + side + 24, Math.ceil(textWidth(title, 11)) + 48);
  const canvas = new Canvas(width, top + side + foot);
  canvas.text(24, 28, title, { size: 11, colour: ink, bold: true });
  canvas.text(24, 48, "share of each true class: blue right, orange wrong", { size: 8, colour: soft });

  const gap = cell >= gapsFrom ? 1 : 0;
  for (let i = 0; i < n; i++) {
    let total = 0;
    for (let j = 0; j < n; j++) total += confusion[i * n + j]!;
    for (let j = 0; j < n; j++) {
      const count = confusion[i * n + j]!;
      const share = total === 0 ? 0 : count / total;
      const [x, y] = [left + j * cell, top + i * cell];
      canvas.box(x, y, cell - gap, cell - gap, shade(share, i === j));
      if (cell < numbersFrom || count === 0) continue;
      const text = String(count);
      const own = Math.min(9, ((cell - 8) * 8) / Math.max(1, textWidth(text, 8)));
      const dark = i === j ? share > 0.45 : share > 0.3;
      canvas.text(x + (cell - gap) / 2, y + cell / 2 + own / 2, text, {
        size: own,
        colour: dark ? [255, 255, 255] : ink,
        align: "middle",
      });
    }
  }
  // Where rows are thinner than text, every so many classes are named.
  const every = Math.ceil(14 / cell);
  for (let i = 0; i < n; i += every) {
    const middle = (i + 0.5) * cell - gap / 2;
    canvas.text(left - 8, top + middle + size / 2, names[i]!, { size, colour: ink, align: "end" });
    if (across) {
      const column = left + middle + size / 2;
      canvas.text(column, top + side + 10, names[i]!, { size, colour: ink, align: "end", upwards: true });
    } else {
      canvas.text(left + middle, top + side + 18, names[i]!, { size, colour: ink, align: "middle" });
    }
  }
  canvas.text(left + side / 2, top + side + foot - 14, "predicted", {
    size: 8,
    colour: soft,
    align: "middle",
  });
  canvas.text(30, top + side / 2, "true", { size: 8, colour: soft, align: "middle", upwards: true });
  return canvas;
}

/** Small shares of wrong answers are what one looks for, so they are drawn stronger than in proportion. */
function shade(share: number, isRight: boolean): Colour {
  if (share === 0) return empty;
  const strength = isRight ? 0.12 + 0.88 * share : Math.min(1, 0.12 + 0.88 * Math.sqrt(share));
  const full = isRight ? right : wrong;
  return [0, 1, 2].map((c) => Math.round(empty[c]! + (full[c]! - empty[c]!) * strength)) as unknown as Colour;
}
