// `npm run fuzz [-- --count 200000 --seed 0 --format npz]`: reads damaged files of weights, as many in all as said, and counts those that do
// not end with a typed error or a valid load.
import { parseArgs } from "node:util";
import { fuzz } from "./fuzz/run.ts";
import { targets } from "./fuzz/targets.ts";

/** A case that takes longer hangs. */
const slowestMs = 1000;
/** Failures of a format that are printed. */
const mostPrinted = 5;

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "200000" },
    seed: { type: "string", default: "0" },
    format: { type: "string" },
  },
});
const chosen = targets.filter(({ name }) => values.format === undefined || name === values.format);
const count = Math.ceil(Number(values.count) / chosen.length);
let failures = 0;
for (const target of chosen) {
  const began = performance.now();
  const tally = await fuzz(target, count, Number(values.seed));
  const seconds = (performance.now() - began) / 1000;
  const slow = tally.slowestMs > slowestMs ? 1 : 0;
  failures += tally.failures.length + slow;
  console.log(
    `${target.name.padEnd(16)} ${tally.loaded} loaded, ${tally.refused} refused, ${tally.failures.length} failed; slowest ${tally.slowestMs.toFixed(0)} ms, most ${(tally.mostBytes / 2 ** 20).toFixed(1)} MiB; ${(count / seconds).toFixed(0)} a second`,
  );
  for (const failure of tally.failures.slice(0, mostPrinted)) console.log(failure);
}
if (chosen.length === 0)
  console.error(
    `fuzz: there is no format ${values.format}; known: ${targets.map(({ name }) => name).join(", ")}`,
  );
if (failures > 0 || chosen.length === 0) process.exitCode = 1;
