// `fovea sweep`: trains with many settings of the options, one after the other, and compares them.
import { OptionError } from "../base/errors.ts";
import { type Context, command, useDevice } from "./command.ts";
import { Interruption } from "./interruption.ts";
import { SweepFolder } from "./sweepFiles.ts";
import { resumable, type Sweep, settingsOf, sweepOf, sweepOptions } from "./sweepOptions.ts";
import { resultsText, sweepResults, writeSweepPage } from "./sweepResults.ts";
import { runTrials } from "./sweepTrials.ts";
import { SweepView, toldOnce } from "./sweepView.ts";
import { Unreadable } from "./unreadable.ts";

/** The command. */
export const sweep = command({
  name: "sweep",
  summary: "Train with many settings of the options and compare them.",
  usage: "sweep <option>=<low>..<high> <option>=<one>,<another> [options]",
  notes: [
    "Options of fovea train may be ranges or lists: lr0=1e-4..1e-1 is drawn by ratios, as it spans two decades or more, lrf=0.1..0.5 by differences; :log and :linear behind a range say which, and :5 gives it five points in a grid instead of three. batch=32,64 are choices. All other options hold for every trial. data, limit, workers and what else says where and how long to work stay the same.",
    "A trial's values follow from seed and its number, and every trial trains with that seed. seed=0,1,2 makes the seed an option that varies.",
    "A sweep is kept in <project>/sweep/<name>: sweep.json, trials.csv, parallel_coordinates.png, sweep.html, and each trial's run in trial-001 and so on. A trial whose loss becomes NaN, or whose options don't fit together, counts as failed, and the sweep goes on.",
    "Ctrl-C ends the sweep after the step in progress. resume=<folder> goes on: trials that have ended are kept, the one that was interrupted goes on where it stopped. A random search may be given more trials then; workers, device, threads and revectorize may change too.",
    "Exit codes: 0 at least one trial was finished, 1 none was, 2 wrong usage. With --json each line of output is an object whose field event says what it tells: start, trial, end or interrupted.",
  ],
  examples: [
    "fovea sweep data=mnist model=lenet lr0=1e-4..1e-1 batch=32,64,128 trials=12 epochs=3",
    "fovea sweep optimizer=sgd,adamw schedule=cosine,onecycle limit=5000 epochs=2",
    "fovea sweep lr0=1e-3..1e-1:4 momentum=0.8..0.99:3 optimizer=sgd search=grid limit=5000",
    "fovea sweep lr0=1e-4..1e-1 weightDecay=1e-3..1e-1:log trials=30 prune=median limit=5000 epochs=5",
    "fovea sweep resume=runs/sweep/sweep trials=20",
  ],
  options: sweepOptions,
  run: async ({ values, given, operands }, { out, err }) => {
    const context = { out, err: toldOnce(err) };
    if (operands.length > 0) {
      throw new OptionError(
        `sweep takes options only, such as lr0=1e-4..1e-1; got ${operands.map((word) => JSON.stringify(word)).join(" ")}`,
      );
    }
    const written = Object.fromEntries([...given].map((name) => [name, String(Reflect.get(values, name))]));
    if (values.resume !== null) {
      const { folder, sweep } = await earlierSweep(values.resume, written, values.trials);
      return run(folder, sweep, values.json, context);
    }
    const sweep = await sweepOf(settingsOf(written, values));
    // A mistake in the data is told before there is a folder.
    await sweep.open(sweep.valuesOf(sweep.plan[0]!.values), new Unreadable(context.err).add);
    const folder = await SweepFolder.create(values.project, values.name);
    await folder.saveSettings(sweep.settings);
    return run(folder, sweep, values.json, context);
  },
});

/** A sweep that goes on, with what may have been changed. */
async function earlierSweep(
  where: string,
  written: Readonly<Record<string, string>>,
  trials: number | null,
): Promise<{ folder: SweepFolder; sweep: Sweep }> {
  const names = Object.keys(written);
  const settled = names.filter((name) => !resumable.has(name));
  if (settled.length > 0) {
    throw new OptionError(
      `resume goes on with the options of the sweep; ${settled.join(", ")} can't be changed. Start a new sweep for that`,
    );
  }
  const folder = await SweepFolder.open(where);
  const settings = await folder.settings();
  if (trials !== null && settings.search === "grid") {
    throw new OptionError("this sweep is a grid, which has all of its trials; leave out trials");
  }
  if (trials !== null && trials < settings.trials) {
    throw new OptionError(
      `trials may only grow: this sweep has ${settings.trials}; got ${trials}. Ctrl-C ends a sweep at any time`,
    );
  }
  const wanted = { ...settings, trials: trials ?? settings.trials };
  const own = Object.entries(written).filter(([name]) => !["resume", "trials", "json"].includes(name));
  const sweep = await sweepOf({ ...wanted, options: { ...settings.options, ...Object.fromEntries(own) } });
  if (trials !== null) await folder.saveSettings({ ...wanted, trials: sweep.plan.length });
  return { folder, sweep };
}

async function run(folder: SweepFolder, sweep: Sweep, json: boolean, { out, err }: Context): Promise<number> {
  const { settings, plan, valuesOf } = sweep;
  const results = await folder.results(plan);
  const say = (text: string): void => {
    if (!json) out.write(text);
  };
  const tell = (event: string, content: object): void => {
    if (json) out.write(`${JSON.stringify({ event, sweep: folder.path, ...content })}\n`);
  };
  const kept = results.length > 0 ? `, ${results.length} done before` : "";
  say(`${plan.length} trials by ${settings.search} search${kept} → ${folder.path}\n`);
  tell("start", { ...settings, done: results.length });
  useDevice(valuesOf(plan[0]!.values));
  const view = new SweepView(out, plan.length, results, {
    isQuiet: json,
    onTrial: (result) => tell("trial", result),
  });
  const interruption = new Interruption(() => {
    view.clear();
    err.write("stopping after this step; press Ctrl-C again to quit at once\n");
  });
  try {
    await runTrials({ sweep, folder, results, view, err, signal: interruption.signal });
  } finally {
    view.clear();
    interruption.end();
  }
  const outcome = sweepResults(sweep, results);
  if (results.length > 0) {
    await writeSweepPage(folder, sweep, outcome);
    say(resultsText(folder, sweep, outcome, out));
  }
  if (results.length < plan.length) {
    say(
      `stopped after ${results.length} of ${plan.length} trials. Go on with: fovea sweep resume=${folder.path}\n`,
    );
    tell("interrupted", { done: results.length, resume: `fovea sweep resume=${folder.path}` });
    return interruption.exitCode;
  }
  const { best, counts, mattered, command } = outcome;
  tell("end", { best, counts, mattered, ...(best && { command }) });
  return best ? 0 : 1;
}
