// The curve of a search for a learning rate, as a picture. Knows no files.
import type { Picture } from "../picture/picture.ts";
import { linePicture } from "../plot/linePicture.ts";
import type { LearningRateCurve } from "../train/lrFinder.ts";

/** Loss over learning rate: each step pale, the smoothed loss on it, the suggestion marked; a rise at the end is cut off so that the valley is seen. */
export function lrPicture(
  { rates, losses, smoothed, suggestion }: LearningRateCurve,
  title: string,
): Picture {
  const points = (values: readonly number[]) => rates.map((rate, i) => [rate, values[i]!] as const);
  const most = 1.25 * Math.max(...smoothed.slice(0, Math.ceil(smoothed.length / 10)));
  return linePicture({
    title,
    x: { label: "learning rate", scale: "log" },
    y: { label: "loss", most },
    lines: [
      { name: "each step", points: points(losses), faint: true },
      { name: "smoothed", points: points(smoothed) },
    ],
    marks: [{ x: suggestion, label: `suggestion ${Number(suggestion.toPrecision(2))}` }],
  });
}
