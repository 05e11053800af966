// One rate too small, two that are right, one too large, and an optimizer that adapts: LeNet with ReLU on the first 12,800 digits of MNIST.
import { optim } from "fovea";
import { course, digits, isQuick, mean, percent, printTable, savePlot, smooth } from "./tuning.ts";

const data = { ...(await digits(isQuick ? 1280 : 12_800, isQuick ? 500 : 10_000)), batchSize: 64 };
const epochs = isQuick ? 1 : 2;
const rates = [0.0003, 0.01, 0.1, 1];
const runs = [];
for (const lr of rates) {
  const sgd = await course(data, (model) => new optim.SGD(model.parameters(), { lr }), { epochs });
  runs.push({ name: `SGD ${lr}`, ...sgd });
}
const adam = await course(data, (model) => new optim.Adam(model.parameters(), { lr: 0.001 }), { epochs });
runs.push({ name: "Adam 0.001", ...adam });

printTable(
  ["rate", "loss at first", "loss at last", "test digits right"],
  runs.map(({ name, losses, accuracies }) => [
    name,
    mean(losses.slice(0, 5)).toFixed(3),
    mean(losses.slice(-20)).toFixed(3),
    percent(accuracies.at(-1)!),
  ]),
);
await savePlot({
  title: "Loss by learning rate",
  x: { label: "step" },
  y: { label: "loss of the batch, smoothed", least: 0, most: 3 },
  lines: runs.map(({ name, losses }) => ({
    name,
    points: smooth(losses, 10).map((loss, step) => [step + 1, loss]),
  })),
});
