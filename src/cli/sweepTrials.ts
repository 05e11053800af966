// Runs the trials of a sweep one after the other, each as a training run in a folder of its own, and keeps what they came to.
import path from "node:path";
import { OptionError, ShapeError, UnsupportedError } from "../base/errors.ts";
import type { AttendedEvent } from "../doctor/index.ts";
import { notStarted, type Progress } from "../train/events.ts";
import { RunFolder } from "../train/runFolder.ts";
import { NonFiniteError } from "../train/step.ts";
import type { PlannedTrial } from "../train/sweep/plan.ts";
import { isBelowMedian } from "../train/sweep/pruning.ts";
import { openRun } from "./runFiles.ts";
import { type SweepFolder, type TrialResult, trialName } from "./sweepFiles.ts";
import type { Sweep } from "./sweepOptions.ts";
import type { SweepView } from "./sweepView.ts";
import type { Terminal } from "./terminal.ts";
import { runTraining } from "./training.ts";
import { Unreadable } from "./unreadable.ts";

/** What the trials of a sweep have in common. */
export interface Trials {
  readonly sweep: Sweep;
  readonly folder: SweepFolder;
  /** Those that have ended; grows. */
  readonly results: TrialResult[];
  readonly view: SweepView;
  readonly err: Terminal;
  /** Ends the sweep after the step in progress. */
  readonly signal: AbortSignal;
}

/** Runs the trials that have not ended yet. Resolves when all have, or when the signal was raised; a trial that can't be trained counts as failed. */
export async function runTrials(trials: Trials): Promise<void> {
  const { sweep, folder, results, view, signal } = trials;
  const { plan, valuesOf, space, open } = sweep;
  const ended = new Set(results.map(({ number }) => number));
  const left = plan.filter(({ number }) => !ended.has(number));
  if (left.length === 0) return;
  const write = (text: string): void => {
    view.clear();
    trials.err.write(text);
  };
  const err = { ...trials.err, write };
  // A mistake in the data ends the sweep before its next trial.
  await open(valuesOf(left[0]!.values), new Unreadable(err).add);
  const finished = await accuraciesOfFinished(trials);
  for (const trial of left) {
    if (signal.aborted) return;
    view.begin(trial);
    const result = await runTrial(trial, { ...trials, err }, finished);
    if (!result) return;
    results.push(result);
    await folder.saveResults(Object.keys(space), results);
    view.end(result, results);
  }
}

/** What a trial came to, or null where the signal was raised. */
async function runTrial(
  { number, values }: PlannedTrial,
  { sweep, folder, view, err, signal }: Trials,
  finished: number[][],
): Promise<TrialResult | null> {
  const where = folder.file(trialName(number));
  const options = sweep.valuesOf(values);
  const ending = new AbortController();
  const end = () => ending.abort();
  signal.addEventListener("abort", end, { once: true });
  let isPruned = false;
  let last: AttendedEvent | null = null;
  const onEvent = async (event: AttendedEvent): Promise<void> => {
    last = event;
    if (event.type === "step") view.step(event, options.epochs);
    // A trial that is taken up again may have stopped between an epoch and what follows from it.
    if (sweep.settings.prune === "none" || (event.type !== "start" && event.type !== "epoch")) return;
    const own = await accuracies(where);
    if (own.length < options.epochs && isBelowMedian(own, finished)) {
      isPruned = true;
      end();
    }
  };
  const result = { number, values };
  try {
    const begun = await openRun(where).then(
      () => true,
      () => false,
    );
    const asked = {
      ...options,
      project: folder.path,
      name: trialName(number),
      "exist-ok": true,
      resume: begun ? where : null,
    };
    const given = new Set(["resume", "workers"]);
    await runTraining(
      asked,
      given,
      { out: silent, err },
      { supervisor: { parent: "", open: sweep.open, signal: ending.signal, onEvent } },
    );
  } catch (error) {
    if (!isOwnFault(error)) throw error;
    const progress = error instanceof NonFiniteError ? error.progress : notStarted;
    return { ...result, state: "failed", accuracy: null, ...doneBy(progress), reason: error.message };
  } finally {
    signal.removeEventListener("abort", end);
  }
  const event = last! as AttendedEvent;
  if (event.type === "end") {
    finished.push(await accuracies(where));
    const { epochs: epoch, bestEpoch, seconds, bestAccuracy: accuracy } = event;
    return { ...result, state: "finished", accuracy, ...doneBy({ epoch, bestEpoch, seconds }), reason: "" };
  }
  if (event.type !== "interrupted" || !isPruned) return null;
  const { progress } = event;
  return { ...result, state: "pruned", accuracy: progress.bestAccuracy, ...doneBy(progress), reason: "" };
}

/** How far a trial came. */
function doneBy({
  epoch,
  bestEpoch,
  seconds,
}: Pick<Progress, "epoch" | "bestEpoch" | "seconds">): Pick<TrialResult, "bestEpoch" | "epochs" | "seconds"> {
  return { bestEpoch, epochs: epoch, seconds: Number(seconds.toFixed(3)) };
}

/** Whether an error is due to a trial's options, and so says nothing about the others. */
function isOwnFault(error: unknown): error is Error {
  return [NonFiniteError, OptionError, ShapeError, UnsupportedError].some((kind) => error instanceof kind);
}

/** Accuracies by epoch of the trials that went through to the end. */
async function accuraciesOfFinished({ sweep, folder, results }: Trials): Promise<number[][]> {
  if (sweep.settings.prune === "none") return [];
  const finished = results.filter(({ state }) => state === "finished");
  return Promise.all(finished.map(({ number }) => accuracies(folder.file(trialName(number)))));
}

/** Accuracies by epoch as results.csv has them, so that a sweep that is taken up again sees the same digits. */
async function accuracies(where: string): Promise<number[]> {
  const rows = await (await RunFolder.open(path.normalize(where))).results();
  return rows.map((row) => row["metrics/accuracy_top1"]);
}

/** Shows nothing: what a trial says is said by the sweep. */
const silent: Terminal = {
  isLive: false,
  hasColour: false,
  columns: 80,
  hasUnicode: false,
  write: () => {},
};
