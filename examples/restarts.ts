// One first rate, three ways to go on from it: constant, falling as a cosine, falling and starting anew. The means of three seeds.
import { optim } from "fovea";
import { schedule } from "fovea/train";
import { course, digits, isQuick, mean, percent, printTable, savePlot } from "./tuning.ts";

const data = { ...(await digits(isQuick ? 640 : 6400, isQuick ? 500 : 5000)), batchSize: 64 };
const epochs = isQuick ? 2 : 12;
const seeds = isQuick ? [0] : [0, 1, 2];
const cycles = isQuick ? 2 : 3;
const fall = schedule("cosine");
const ways = {
  constant: schedule("constant"),
  "falling (cosine)": fall,
  [`${cycles} times falling`]: (progress: number) => fall((progress * cycles) % 1), // each time from the first rate
};
const runs: { name: string; accuracies: (readonly number[])[] }[] = [];
for (const [name, way] of Object.entries(ways)) {
  const accuracies: (readonly number[])[] = [];
  for (const seed of seeds) {
    const sgd = { lr: 0.05, momentum: 0.9 };
    const run = await course(data, (model) => new optim.SGD(model.parameters(), sgd), {
      epochs,
      seed,
      schedule: way,
    });
    accuracies.push(run.accuracies);
  }
  runs.push({ name, accuracies });
}
const wrongAt = (accuracies: (readonly number[])[], epoch: number) =>
  1 - mean(accuracies.map((ofSeed) => ofSeed[epoch]!));
printTable(
  ["rate", "right at the end", "worst seed", "best epoch"],
  runs.map(({ name, accuracies }) => {
    const last = accuracies.map((ofSeed) => ofSeed.at(-1)!);
    return [name, percent(mean(last)), percent(Math.min(...last)), percent(Math.max(...accuracies.flat()))];
  }),
);
await savePlot({
  title: `Wrong answers by the way of the rate, mean of ${seeds.length} seeds`,
  x: { label: "epoch" },
  y: { label: "test digits wrong", scale: "share" },
  lines: runs.map(({ name, accuracies }) => ({
    name,
    points: Array.from({ length: epochs }, (_, epoch) => [epoch + 1, wrongAt(accuracies, epoch)]),
  })),
});
