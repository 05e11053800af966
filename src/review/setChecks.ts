// What a data set is like as a whole: how many pictures each class and part has, and in which light. Knows no files.
import type { PartName } from "../data/pictureListing.ts";
import { thresholds } from "./findings.ts";
import { type Cases, countsOf, isTraining, percent, type Samples } from "./samples.ts";

/** Pictures on each side that a comparison of light needs. */
const fewForClasses = 10;
const fewForParts = 30;
/** How sure a difference between parts must be: its distance in standard errors. */
const leastCertainty = 4;

/** Adds what the numbers of pictures show; `empty` are classes whose empty folders are findings already, as `part/class`. */
export function checkBalance(samples: Samples, empty: ReadonlySet<string>, cases: Cases): void {
  const { classes, parts } = samples;
  const counts = countsOf(samples, parts.length > 0 ? "train" : null);
  const filled = counts.flatMap((count, label) => (count > 0 ? [{ count, name: classes[label]! }] : []));
  if (filled.length === 0) return;
  const [smallest, largest] = [
    filled.reduce((a, b) => (b.count < a.count ? b : a)),
    filled.reduce((a, b) => (b.count > a.count ? b : a)),
  ];
  const ratio = largest.count / smallest.count;
  if (ratio >= thresholds.imbalance) {
    const detail = `${largest.name} has ${largest.count}, ${smallest.name} ${smallest.count}: ${ratio.toFixed(1)} to 1`;
    cases.add("class-imbalance", [], detail);
  }
  for (const { name, count } of filled) {
    if (count < thresholds.fewPictures) cases.add("tiny-class", [], `${name}: ${count}`);
  }
  for (const part of parts) {
    if (part === "train") continue;
    for (const [label, count] of countsOf(samples, part).entries()) {
      const name = classes[label]!;
      if (count > 0 || counts[label] === 0 || empty.has(`${part}/${name}`)) continue;
      cases.add("class-missing-in-part", [], `${name}: none in ${part}, ${counts[label]} in train`);
    }
  }
}

/** Adds classes and parts that differ in brightness. */
export function checkBrightness(samples: Samples, cases: Cases): void {
  const { all, classes, parts, glances } = samples;
  const byPart = new Map<PartName | null, number[]>();
  const histograms = classes.map(() => new Uint32Array(256));
  const rest = new Uint32Array(256);
  for (const [i, { light }] of glances) {
    const sample = all[i]!;
    const list = byPart.get(sample.part);
    if (list) list.push(light.mean);
    else byPart.set(sample.part, [light.mean]);
    if (!isTraining(sample)) continue;
    const level = Math.round(light.mean);
    histograms[sample.label]![level]!++;
    rest[level]!++;
  }
  for (const [label, histogram] of histograms.entries()) {
    const others = rest.map((count, level) => count - histogram[level]!);
    const best = bestThreshold(histogram, others);
    if (best === null || best.right < thresholds.told) continue;
    const detail = `${classes[label]} is ${best.darker ? "darker" : "brighter"} than level ${best.level}: right in ${percent(best.right)} of cases`;
    cases.add("brightness-by-class", [], detail);
  }
  const train = statistics(byPart.get("train") ?? []);
  for (const part of parts) {
    if (part === "train") continue;
    const own = statistics(byPart.get(part) ?? []);
    if (own.n < fewForParts || train.n < fewForParts) continue;
    const deviation = Math.sqrt((own.variance + train.variance) / 2);
    const distance = (own.mean - train.mean) / deviation;
    const error = Math.sqrt(own.variance / own.n + train.variance / train.n);
    if (!(Math.abs(distance) > thresholds.partShift)) continue;
    if (Math.abs(own.mean - train.mean) < leastCertainty * error) continue;
    const levels = `mean level ${own.mean.toFixed(0)} in ${part}, ${train.mean.toFixed(0)} in train`;
    cases.add("brightness-by-part", [], `${levels}: ${Math.abs(distance).toFixed(1)} deviations apart`);
  }
}

/** The level that divides a class from the rest best, and the mean of both shares of right answers; null for too few pictures. */
function bestThreshold(
  own: Uint32Array,
  others: Uint32Array,
): { level: number; right: number; darker: boolean } | null {
  const total = (counts: Uint32Array): number => counts.reduce((a, b) => a + b, 0);
  const [n, m] = [total(own), total(others)];
  if (n < fewForClasses || m < fewForClasses) return null;
  let best = { level: 0, right: 0, darker: true };
  let [below, othersBelow] = [0, 0];
  for (let level = 0; level < 256; level++) {
    const right = (below / n + 1 - othersBelow / m) / 2;
    if (right > best.right) best = { level, right, darker: true };
    if (1 - right > best.right) best = { level, right: 1 - right, darker: false };
    below += own[level]!;
    othersBelow += others[level]!;
  }
  return best;
}

function statistics(values: readonly number[]): { n: number; mean: number; variance: number } {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  return { n, mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n };
}
