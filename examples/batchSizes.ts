// Batches of 8 to 1024 digits with one learning rate: what each learns from the same pictures, and how fast. Adam, LeNet with ReLU.
import { optim } from "fovea";
import { course, digits, isQuick, percent, printTable, savePlot } from "./tuning.ts";

const data = await digits(isQuick ? 1024 : 16_384, isQuick ? 500 : 10_000);
const sizes = isQuick ? [8, 64, 512] : [8, 16, 32, 64, 128, 256, 512, 1024];
const epochs = isQuick ? 1 : 2;
const rows = [];
for (const batchSize of sizes) {
  const { losses, accuracies, imagesPerSecond } = await course(
    { ...data, batchSize },
    (model) => new optim.Adam(model.parameters(), { lr: 0.001 }),
    { epochs },
  );
  rows.push({ batchSize, steps: losses.length, accuracy: accuracies.at(-1)!, imagesPerSecond });
}
const fastest = Math.max(...rows.map(({ imagesPerSecond }) => imagesPerSecond));
printTable(
  ["batch", "steps", "test digits right", "speed"],
  rows.map(({ batchSize, steps, accuracy, imagesPerSecond }) => [
    batchSize,
    steps,
    percent(accuracy),
    (imagesPerSecond / fastest).toFixed(2),
  ]),
);
await savePlot({
  title: `Accuracy after ${epochs} epochs, and speed, by batch size`,
  x: { label: "batch size", scale: "log", ticks: sizes },
  y: { label: "share", scale: "share" },
  lines: [
    { name: "test digits right", points: rows.map(({ batchSize, accuracy }) => [batchSize, accuracy]) },
    {
      name: "images a second, of the fastest",
      points: rows.map(({ batchSize, imagesPerSecond }) => [batchSize, imagesPerSecond / fastest]),
    },
  ],
});
