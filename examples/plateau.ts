// When is enough? Accuracy over the epochs: fast, then slow, then up and down. LeNet with ReLU on the first 6,400 digits of MNIST.
import { optim } from "fovea";
import { course, digits, isQuick, percent, printTable, savePlot } from "./tuning.ts";

const data = { ...(await digits(isQuick ? 640 : 6400, isQuick ? 500 : 5000)), batchSize: 64 };
const epochs = isQuick ? 6 : 30;
const { accuracies } = await course(data, (model) => new optim.Adam(model.parameters(), { lr: 0.001 }), {
  epochs,
});
const stretches = isQuick
  ? [
      [1, 2],
      [3, 6],
    ]
  : [
      [1, 3],
      [4, 9],
      [10, 18],
      [19, 30],
    ];
printTable(
  ["epochs", "lowest", "highest", "gain of the highest"],
  stretches.map(([first, last]) => {
    const part = accuracies.slice(first! - 1, last);
    const before = Math.max(0.1, ...accuracies.slice(0, first! - 1)); // a tenth is right by chance
    const gain = Math.max(...part) - before;
    return [`${first} to ${last}`, percent(Math.min(...part)), percent(Math.max(...part)), percent(gain)];
  }),
);
await savePlot({
  title: "Accuracy over the epochs",
  x: { label: "epoch" },
  y: { label: "test digits right", scale: "share" },
  lines: [{ name: "constant rate, Adam 0.001", points: accuracies.map((share, i) => [i + 1, share]) }],
});
