// A search for good settings by hand: trials that are planned, trained and compared, on two arms of a spiral.
import { manualSeed, nn, optim } from "fovea";
import { spirals } from "fovea/data";
import { fit, isBelowMedian, planTrials, range, spreadByOption } from "fovea/train";

const [train, val] = spirals({ count: 300, turns: 0.8, noise: 0.02 }).split(0.8);
const space = { lr: range(1e-4, 1), width: [4, 16], activation: ["tanh", "relu"] } as const;
const trials = planTrials(space, { trials: 16, seed: 2 });

const finished: number[][] = [];
const scored: { values: (typeof trials)[0]["values"]; score: number }[] = [];
for (const { number, values } of trials) {
  manualSeed(0);
  const activation = values.activation === "tanh" ? nn.Tanh : nn.ReLU;
  const model = new nn.MLP(2, [values.width, values.width, 2], { activation });
  const optimizer = new optim.Adam(model.parameters(), { lr: values.lr });
  const run = fit(model, { train, val, batchSize: 32 }, { optimizer, epochs: 20 });
  const accuracies: number[] = [];
  for await (const event of run) {
    if (event.type === "epoch") accuracies.push(event.val.top1);
    if (event.type === "epoch" && isBelowMedian(accuracies, finished)) run.stop(); // hopeless beside the others
    if (event.type === "end") {
      finished.push(accuracies);
      scored.push({ values, score: event.bestAccuracy });
    }
  }
  console.log(number, JSON.stringify(values), `${(100 * Math.max(...accuracies)).toFixed(1)}%`);
}
const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
console.log("best", JSON.stringify(best.values), `${(100 * best.score).toFixed(1)}%`);
for (const { option, spread, chance } of spreadByOption(space, scored)) {
  console.log(`${option}: ${(100 * spread).toFixed(1)} points, by chance ${(100 * chance).toFixed(1)}`);
}
