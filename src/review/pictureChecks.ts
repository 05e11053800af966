// What single pictures are like: their sizes, their light, their colours. Knows no files; sizes and colours are judged beside those of the others.
import { thresholds } from "./findings.ts";
import type { FileGlance, Glance } from "./glance.ts";
import { type Cases, percent, quantile, type Samples } from "./samples.ts";

/** Adds what sizes show. */
export function checkSizes({ all, glances }: Samples, cases: Cases): void {
  const sides = Array.from(glances.values(), ({ width, height }) => Math.min(width, height));
  if (sides.length === 0) return;
  const median = quantile(sides, 0.5);
  for (const [i, { width, height }] of glances) {
    const files = [all[i]!.name];
    const [short, long] = [Math.min(width, height), Math.max(width, height)];
    const size = `${width} × ${height} pixels`;
    if (short < thresholds.tinySide || (short < thresholds.smallSide && short < median / 2)) {
      cases.add("tiny-picture", files, `${size}; the median of the shorter sides is ${median}`);
    }
    if (long > thresholds.aspect * short) {
      cases.add("extreme-aspect", files, `${size}: ${(long / short).toFixed(1)} to 1`);
    }
    if (width * height > thresholds.hugePixels) {
      cases.add("huge-picture", files, `${size}: ${((width * height) / 1e6).toFixed(1)} million`);
    }
  }
  const [low, high] = [quantile(sides, 0.05), quantile(sides, 0.95)];
  if (high > thresholds.sizeSpread * low) {
    cases.add(
      "mixed-sizes",
      [],
      `shorter sides of ${low} to ${high} pixels (5th to 95th percentile), median ${median}`,
    );
  }
}

/** Adds pictures on which little can be seen. Each is one of the three: blank goes before dark and bright. */
export function checkLight({ all, glances }: Samples, cases: Cases): void {
  for (const [i, { light }] of glances) {
    const files = [all[i]!.name];
    if (light.deviation < thresholds.blank) {
      const detail = `level ${light.mean.toFixed(0)} everywhere, deviation ${light.deviation.toFixed(1)}`;
      cases.add("blank", files, detail);
    } else if (light.high < thresholds.dark) {
      cases.add("dark", files, `99% of the pixels up to level ${light.high}`);
    } else if (light.low > thresholds.bright) {
      cases.add("over-exposed", files, `99% of the pixels from level ${light.low} on`);
    }
  }
}

/** Adds what colours show: grey among colour or colour among grey, and transparency. */
export function checkColours({ all, glances }: Samples, cases: Cases): void {
  const entries = [...glances].filter(([, { light }]) => light.deviation >= thresholds.blank);
  const grey = entries.filter(([, glance]) => glance.isGrey);
  const isGreyRarer = grey.length <= entries.length / 2;
  const rarer = isGreyRarer ? grey : entries.filter(([, glance]) => !glance.isGrey);
  for (const [i] of rarer) {
    const share = `${percent(rarer.length / entries.length)} of the set`;
    cases.add("mixed-colour", [all[i]!.name], `${isGreyRarer ? "grey" : "coloured"}, as ${share}`);
  }
  for (const [i, { hasAlpha }] of glances)
    if (hasAlpha) cases.add("alpha", [all[i]!.name], "has transparent pixels");
}

/** Adds what only files have: names that do not fit, and turns. */
export function checkFiles(samples: Samples, glances: ReadonlyMap<number, FileGlance>, cases: Cases): void {
  for (const [i, { misnamed, orientation }] of glances) {
    const files = [samples.all[i]!.name];
    if (misnamed !== null) cases.add("misnamed", files, `the content is ${misnamed}`);
    if (orientation !== 1) cases.add("exif-turned", files, `orientation ${orientation}`);
  }
}

/**
 * Mean and standard deviation of red, green and blue, values 0 … 1, as `Normalize` takes them: each picture counts the same, whatever its size, as it
 * does once all have the network's size. Null for no pictures.
 */
export function normalizationOf(
  glances: Iterable<Glance>,
): { readonly mean: readonly number[]; readonly std: readonly number[] } | null {
  const sums = [0, 0, 0];
  const squares = [0, 0, 0];
  let n = 0;
  for (const { mean, square } of glances) {
    n++;
    for (let c = 0; c < 3; c++) {
      sums[c]! += mean[c]!;
      squares[c]! += square[c]!;
    }
  }
  if (n === 0) return null;
  const mean = sums.map((sum) => sum / n);
  // A channel that never changes has deviation 1, so that it can be divided by.
  const std = squares.map((square, c) => Math.sqrt(Math.max(0, square / n - mean[c]! ** 2)) || 1);
  return { mean, std };
}
