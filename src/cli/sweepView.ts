// What is shown of a sweep while it goes on: a bar over all trials on a terminal, and a line for each trial that has ended.
import type { StepEvent } from "../train/events.ts";
import type { PlannedTrial } from "../train/sweep/plan.ts";
import type { SweepValue } from "../train/sweep/space.ts";
import { bar } from "./progress.ts";
import type { TrialResult } from "./sweepFiles.ts";
import { clock, percent, style, type Terminal } from "./terminal.ts";

const barWidth = 24;
/** Shortest time between two drawings of the bar, ms. */
const drawEvery = 100;

/** Where trials are told besides the terminal. */
export interface SweepViewOptions {
  /** Nothing is written to the terminal. */
  readonly isQuiet: boolean;
  /** Is given each trial that has ended. */
  readonly onTrial: (result: TrialResult) => void;
}

/** Shows trials on a terminal. */
export class SweepView {
  readonly #terminal: Terminal;
  readonly #options: SweepViewOptions;
  readonly #total: number;
  readonly #startedAt = performance.now();
  /** Trials that had ended before. */
  readonly #before: number;
  #done: number;
  #trial: PlannedTrial | null = null;
  #best: number | null;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  constructor(terminal: Terminal, total: number, results: readonly TrialResult[], options: SweepViewOptions) {
    this.#terminal = terminal;
    this.#options = options;
    this.#total = total;
    this.#before = results.length;
    this.#done = results.length;
    const accuracies = results.flatMap(({ accuracy }) => (accuracy === null ? [] : [accuracy]));
    this.#best = accuracies.length > 0 ? Math.max(...accuracies) : null;
  }

  /** A trial begins. */
  begin(trial: PlannedTrial): void {
    this.#trial = trial;
  }

  /** Rewrites the bar, at most ten times a second. */
  step({ epoch, step, steps, loss }: StepEvent, epochs: number): void {
    if (this.#options.isQuiet || !this.#terminal.isLive) return;
    const now = performance.now();
    if (now - this.#drawnAt < drawEvery) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    const done = this.#done + (epoch - 1 + step / steps) / epochs;
    const left = ((now - this.#startedAt) / 1000) * ((this.#total - done) / (done - this.#before));
    const facts = [
      `trial ${this.#trial!.number}/${this.#total}`,
      `epoch ${epoch}/${epochs}`,
      `loss ${loss.toFixed(4)}`,
      `${clock(left)} left`,
      ...(this.#best === null ? [] : [`best ${percent(this.#best, 2)}`]),
    ];
    this.#terminal.write(`\r\x1b[K${barLine(facts, done / this.#total, this.#terminal)}`);
  }

  /** Adds a trial's line. */
  end(result: TrialResult, results: readonly TrialResult[]): void {
    this.#done = results.length;
    this.#options.onTrial(result);
    if (this.#options.isQuiet) return;
    this.clear();
    const { accuracy } = result;
    const isBest = accuracy !== null && (this.#best === null || accuracy > this.#best);
    if (isBest) this.#best = accuracy;
    const line = trialLine(result, this.#total);
    this.#terminal.write(`${isBest ? style(this.#terminal, "green", `${line}  best so far`) : line}\n`);
  }

  /** Takes the bar away, so that other text can follow. */
  clear(): void {
    if (!this.#isDrawn) return;
    this.#terminal.write("\r\x1b[K");
    this.#isDrawn = false;
  }
}

/** Facts with a bar behind the first, as many of them as the terminal has room for. */
function barLine(facts: string[], share: number, terminal: Terminal): string {
  const width = Math.max(1, terminal.columns - 1);
  while (facts.length > 1 && facts.join("  ").length + barWidth + 2 > width) facts.pop();
  const [first = "", ...rest] = facts;
  if (first.length + barWidth + 2 > width) return first.slice(0, width);
  const [done, left] = bar(Math.min(1, share), barWidth, terminal.hasUnicode);
  return [first, `${style(terminal, "cyan", done)}${style(terminal, "dim", left)}`, ...rest].join("  ");
}

/** A trial that has ended: its values and what it came to. */
export function trialLine(
  { number, values, state, accuracy, epochs, seconds, reason }: TrialResult,
  total: number,
): string {
  const outcome =
    state === "failed"
      ? `failed: ${reason}`
      : `accuracy ${percent(accuracy!, 2)}  ${state === "pruned" ? `pruned after epoch ${epochs}  ` : ""}${clock(seconds)}`;
  return `trial ${number}/${total}  ${valuesText(values)}  ${outcome}`;
}

/** Values with their names. */
export function valuesText(values: Readonly<Record<string, SweepValue>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join("  ");
}

/** A terminal that says each thing once: pictures that can't be read are the same in every trial. */
export function toldOnce(terminal: Terminal): Terminal {
  const told = new Set<string>();
  const write = (text: string): void => {
    if (told.has(text)) return;
    told.add(text);
    terminal.write(text);
  };
  return { ...terminal, write };
}
