// Mistakes with sweeps, from code and from the command line.
import { parseArguments } from "../../src/cli/options.ts";
import { sweep } from "../../src/cli/sweep.ts";
import { planTrials, range } from "../../src/train/index.ts";

const silent = { isLive: false, hasColour: false, columns: 80, hasUnicode: false, write: () => {} };
/** `fovea sweep …`, which none of these gets as far as to train. */
const command = (args: string) =>
  sweep.run(parseArguments(args.split(" "), sweep.options), { out: silent, err: silent });

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "range from high to low": () => range(2, 1),
  "range without numbers": () => range(0, Number.NaN),
  "range of ratios from 0": () => range(0, 1, { scale: "log" }),
  "range of parts as whole numbers": () => range(0.5, 2, { whole: true }),
  "range with an unknown option": () => range(0, 1, { log: true } as object),
  "range with an unknown scale": () => range(0, 1, { scale: "cubic" as "log" }),
  "range of one point": () => range(0, 1, { points: 1 }),
  "plan of nothing": () => planTrials({}),
  "plan with an empty list": () => planTrials({ batch: [] }),
  "plan with a value twice": () => planTrials({ batch: [32, 64, 32] }),
  "plan of no trials": () => planTrials({ batch: [32, 64] }, { trials: 0 }),
  "plan with an unknown search": () => planTrials({ batch: [32, 64] }, { search: "bayes" as "grid" }),
  "plan of a grid with trials": () => planTrials({ batch: [32, 64] }, { search: "grid", trials: 2 }),
  "plan with an unknown option": () => planTrials({ batch: [32, 64] }, { trial: 3 } as object),
  "command: nothing varies": () => command("lr0=0.01 epochs=1"),
  "command: unknown option": () => command("lr=1e-3..1e-1"),
  "command: empty range": () => command("lr0=1e-1..1e-3"),
  "command: range of one value": () => command("lr0=0.1..0.1"),
  "command: range with one end": () => command("lr0=1e-3.."),
  "command: end that the option refuses": () => command("lr0=0..0.1"),
  "command: unknown word behind a range": () => command("lr0=1e-3..1e-1:lgo"),
  "command: part of a whole number": () => command("batch=1.5..8"),
  "command: range of no numbers": () => command("optimizer=1..3"),
  "command: unknown choice": () => command("optimizer=sgd,adma"),
  "command: value missing": () => command("batch=32,,64"),
  "command: value twice": () => command("batch=32,32"),
  "command: unknown network": () => command("model=lenet,lenet55"),
  "command: unknown augmentation": () => command("augment=none,lihgt"),
  "command: values that exclude each other": () => command("mixup=0,0.2 cutmix=0,0.2"),
  "command: option that stays the same": () => command("threads=1,2"),
  "command: unknown data": () => command("data=nowhere lr0=0.1,0.2"),
  "command: grid with a number of trials": () => command("search=grid lr0=0.1,0.2 trials=3"),
  "command: points in a random search": () => command("lr0=1e-3..1e-1:5 trials=3"),
  "command: grid that is too large": () => command("search=grid lr0=1e-3..1e-1:200 momentum=0.1..0.9:200"),
  "command: no sweep to resume": () => command("resume=nowhere"),
  "command: resumed with other options": () => command("resume=runs/sweep/sweep lr0=0.1,0.2"),
  "command: operand": () => command("lr0=0.1,0.2 photos"),
};
