// What the experiments on tuning share: the digits, LeNet with ReLU, one way to train it, tables and plots. They are learningRates.ts,
// batchSizes.ts, plateau.ts and restarts.ts; `--quick` makes them short, `--plot file.png` draws what was measured.
import { writeFileSync } from "node:fs";
import { manualSeed, nn, type optim } from "fovea";
import { mnist } from "fovea/data";
import { encodePng } from "fovea/picture";
import { type LinePlot, linePicture } from "fovea/plot";
import { type FitOptions, fit } from "fovea/train";

export const isQuick = process.argv.includes("--quick");

/** The first digits of MNIST's training part to learn from, and test digits to measure by. */
export async function digits(train: number, test: number) {
  return {
    train: (await mnist()).slice(0, train),
    val: (await mnist({ train: false })).slice(0, test),
    normalization: { mean: [0.1307], std: [0.3081] },
  };
}

/** LeNet with ReLU in the place of the sigmoid, so that few steps show something. */
export function reluLeNet(seed: number): nn.Module {
  manualSeed(seed);
  return new nn.Sequential(
    new nn.Conv2d(1, 6, 5), // [N, 6, 24, 24]
    new nn.ReLU(),
    new nn.MaxPool2d(2), // [N, 6, 12, 12]
    new nn.Conv2d(6, 16, 5), // [N, 16, 8, 8]
    new nn.ReLU(),
    new nn.MaxPool2d(2), // [N, 16, 4, 4]
    new nn.Conv2d(16, 120, 4), // [N, 120, 1, 1]
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Linear(120, 64),
    new nn.ReLU(),
    new nn.Linear(64, 10),
  );
}

/** What a run was like. */
export interface Course {
  /** Of each step. */
  readonly losses: readonly number[];
  /** Share of the test digits that are right after each epoch. */
  readonly accuracies: readonly number[];
  readonly imagesPerSecond: number;
}

/** Trains a fresh network; a run whose loss is no longer a number ends there. */
export async function course(
  data: Awaited<ReturnType<typeof digits>> & { batchSize: number },
  makeOptimizer: (model: nn.Module) => optim.Optimizer<{ lr: number }>,
  options: Pick<FitOptions, "epochs" | "schedule" | "seed">,
): Promise<Course> {
  const model = reluLeNet(options.seed ?? 0);
  const losses: number[] = [];
  const accuracies: number[] = [];
  let imagesPerSecond = 0;
  for await (const event of fit(model, data, { optimizer: makeOptimizer(model), ...options })) {
    if (event.type === "step") losses.push(event.loss);
    if (event.type !== "epoch") continue;
    accuracies.push(event.val.top1);
    imagesPerSecond = event.samplesPerSecond;
  }
  return { losses, accuracies, imagesPerSecond };
}

/** Each value as the mean of those around it, 2 · `reach` + 1 at most: what is left when the noise of single batches is taken away. */
export function smooth(values: readonly number[], reach: number): number[] {
  return values.map((_, i) => mean(values.slice(Math.max(0, i - reach), i + reach + 1)));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export const percent = (share: number) => `${(100 * share).toFixed(2)}%`;

/** Rows under their titles. */
export function printTable(titles: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const lines = [titles, ...rows].map((row) => row.map(String));
  const widths = titles.map((_, c) => Math.max(...lines.map((line) => line[c]!.length)));
  for (const line of lines) console.log(line.map((cell, c) => cell.padStart(widths[c]!)).join("  "));
}

/** Writes the plot where `--plot` asks for it. */
export async function savePlot(plot: LinePlot): Promise<void> {
  const at = process.argv.indexOf("--plot");
  if (at >= 0) writeFileSync(process.argv[at + 1]!, await encodePng(linePicture(plot)));
}
