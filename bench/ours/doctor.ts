// What the doctor takes from the speed of training: whole runs of LeNet on MNIST, watched and not, by turns in one process. The first pair warms up
// and does not count.
//
//     npm run --silent build && node dist/bench/ours/doctor.js --threads 2 --rounds 8 --epochs 2
import { parseArgs } from "node:util";
import { type ArrayDataset, mnist } from "../../src/data/index.ts";
import { attend } from "../../src/doctor/index.ts";
import { createWasmBackend, manualSeed, optim, setBackend } from "../../src/index.ts";
import { fit } from "../../src/train/fit.ts";
import { machine, machineLine } from "../machine.ts";
import { summarise } from "../statistics.ts";
import { makeNetwork } from "./networks.ts";

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "8" },
    epochs: { type: "string", default: "2" },
  },
});
const [threads, rounds, epochs] = [values.threads, values.rounds, values.epochs].map(Number) as [
  number,
  number,
  number,
];

/** Seconds of one run, evaluations included. */
async function seconds(train: ArrayDataset, val: ArrayDataset, isWatched: boolean): Promise<number> {
  manualSeed(0);
  const model = makeNetwork("lenet");
  const options = { optimizer: new optim.Adam(model.parameters(), { lr: 2e-3 }), epochs };
  const data = { train, val, batchSize: 64 };
  const begin = performance.now();
  for await (const _ of isWatched ? attend(model, data, options) : fit(model, data, options));
  return (performance.now() - begin) / 1000;
}

setBackend(createWasmBackend({ threads }));
const [train, val] = [await mnist(), await mnist({ train: false })];
console.log(
  `${machineLine(machine())}\n${rounds} rounds of ${epochs} epochs by turns, ${threads} threads; seconds a run, median (range)`,
);
const times: Record<"alone" | "watched", number[]> = { alone: [], watched: [] };
const ratios: number[] = [];
for (let i = 0; i <= rounds; i++) {
  // Who goes first changes, so that neither profits from a machine that slows down.
  const order = i % 2 === 0 ? (["alone", "watched"] as const) : (["watched", "alone"] as const);
  const pair = { alone: 0, watched: 0 };
  for (const name of order) pair[name] = await seconds(train, val, name === "watched");
  if (i === 0) continue;
  times.alone.push(pair.alone);
  times.watched.push(pair.watched);
  ratios.push(pair.watched / pair.alone);
}
for (const name of ["alone", "watched"] as const) {
  const { median, min: low, max: high } = summarise(times[name]);
  console.log(`${name.padEnd(8)} ${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`);
}
// Where others share the machine, spells of slowness last longer than a run: the fastest runs of either kind are those that met none.
const fastest = Math.min(...times.watched) / Math.min(...times.alone);
const { median, min: low, max: high } = summarise(ratios);
console.log(
  `the doctor takes ${(100 * (fastest - 1)).toFixed(1)}% by the fastest runs, ${(100 * (median - 1)).toFixed(1)}% by the median pair (${(100 * (low - 1)).toFixed(1)} to ${(100 * (high - 1)).toFixed(1)})`,
);
