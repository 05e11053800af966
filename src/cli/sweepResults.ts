// What a sweep came to: the trials in order, what mattered, a command to type, a chart and a page. Knows no training.
import path from "node:path";
import { encodePng } from "../picture/encode.ts";
import type { ParallelAxis, ParallelChart } from "../plot/parallel.ts";
import { parallelPicture } from "../plot/parallelPicture.ts";
import { sweepPage } from "../report/sweepPage.ts";
import { isRange } from "../train/sweep/space.ts";
import { type Spread, spreadByOption } from "../train/sweep/spread.ts";
import { type SweepFolder, states, type TrialResult, trialName } from "./sweepFiles.ts";
import type { Sweep } from "./sweepOptions.ts";
import { valuesText } from "./sweepView.ts";
import { clock, percent, style, type Terminal } from "./terminal.ts";

/** Trials that the terminal's table has. */
const mostRows = 20;
const note =
  "Trials are grouped by each option's value, those of a range into thirds: the difference between the best and the worst median accuracy of a group, in points, and what shuffled accuracies would give. It sees options one by one and counts finished trials alone; near chance it says nothing.";

/** What a sweep came to. */
export interface SweepResults {
  /** Trials with the best accuracy first; those that were pruned, then those that failed, behind the others. */
  readonly ranked: readonly TrialResult[];
  readonly best: TrialResult | null;
  /** Trains with the best trial's options. */
  readonly command: string;
  readonly mattered: readonly Spread[];
  readonly counts: Readonly<Record<TrialResult["state"], number>>;
}

/** Compares the trials that have ended. */
export function sweepResults({ settings, space }: Sweep, results: readonly TrialResult[]): SweepResults {
  const ranked = [...results].sort(
    (a, b) =>
      states.indexOf(a.state) - states.indexOf(b.state) ||
      (b.accuracy ?? 0) - (a.accuracy ?? 0) ||
      a.number - b.number,
  );
  const best = ranked[0]?.state === "finished" ? ranked[0] : null;
  const finished = results.filter(({ state }) => state === "finished");
  const options = { ...settings.options, ...best?.values };
  const words = Object.entries(options).map(([name, value]) => `${name}=${quoted(String(value))}`);
  return {
    ranked,
    best,
    command: ["fovea train", ...words].join(" "),
    mattered: spreadByOption(
      space,
      finished.map(({ values, accuracy }) => ({ values, score: accuracy! })),
    ),
    counts: Object.fromEntries(
      states.map((state) => [state, results.filter((result) => result.state === state).length]),
    ) as SweepResults["counts"],
  };
}

/** Writes `parallel_coordinates.png` and `sweep.html`. */
export async function writeSweepPage(
  folder: SweepFolder,
  sweep: Sweep,
  results: SweepResults,
): Promise<void> {
  const { ranked, best, command, mattered } = results;
  const name = path.basename(path.resolve(folder.path));
  const { data, model } = sweep.valuesOf(best?.values ?? {});
  const subject = `${model ?? "networks"} on ${path.basename(data)}`;
  const chart = chartOf(sweep, ranked, `${subject}: accuracy of ${ranked.length} trials`);
  await folder.write("parallel_coordinates.png", await encodePng(parallelPicture(chart)));
  const page = sweepPage({
    name,
    subject,
    best: best && { accuracy: percent(best.accuracy!, 2), trial: `trial ${best.number}` },
    counts: countsText(results),
    command,
    chart,
    table: { head: tableHead(sweep), rows: ranked.map((result) => tableRow(result)) },
    mattered: { head: matteredHead, rows: mattered.map(matteredRow), note },
  });
  await folder.write("sweep.html", page);
}

/** The results in words, for a terminal. */
export function resultsText(folder: SweepFolder, sweep: Sweep, results: SweepResults, out: Terminal): string {
  const { ranked, best, command, mattered } = results;
  const rows = ranked.slice(0, mostRows).map((result) => tableRow(result));
  const [head, ...lines] = columns([tableHead(sweep), ...rows]);
  const parts = [
    "",
    style(out, "bold", head!),
    ...lines.map((line, i) => (ranked[i] === best ? style(out, "green", line) : line)),
  ];
  if (ranked.length > mostRows) parts.push(`and ${ranked.length - mostRows} more in trials.csv`);
  if (mattered.length > 0) {
    const [titles, ...spreads] = columns([matteredHead, ...mattered.map(matteredRow)]);
    parts.push("", style(out, "bold", titles!), ...spreads, style(out, "dim", note));
  }
  parts.push("", countsText(results));
  if (best) {
    const accuracy = `best validation accuracy ${percent(best.accuracy!, 2)}`;
    const weights = folder.file(path.join(trialName(best.number), "weights", "best.safetensors"));
    parts.push(
      `${style(out, "bold", accuracy)} in trial ${best.number}, epoch ${best.bestEpoch}: ${weights}`,
    );
    parts.push(`train with its options: ${style(out, "bold", command)}`);
  }
  parts.push(`saved in ${folder.path}: trials.csv, parallel_coordinates.png, sweep.html`);
  return `${parts.join("\n")}\n`;
}

function countsText({ counts, ranked }: SweepResults): string {
  const parts = Object.entries(counts).flatMap(([state, count]) => (count > 0 ? [`${count} ${state}`] : []));
  return `${ranked.length} ${ranked.length === 1 ? "trial" : "trials"}: ${parts.join(", ")}.`;
}

/** The chart of parallel coordinates; trials that were pruned have the accuracy that they came to. */
function chartOf({ space }: Sweep, ranked: readonly TrialResult[], title: string): ParallelChart {
  const axes = Object.entries(space).map(([name, dimension]): ParallelAxis => {
    if (!isRange(dimension)) return { name, choices: dimension.map(String) };
    const { low, high, scale } = dimension;
    return { name, low, high, scale };
  });
  const lines = ranked.map((result) => {
    const accuracy = result.accuracy === null ? result.reason : percent(result.accuracy, 2);
    return {
      values: Object.values(result.values),
      score: result.accuracy,
      label: `trial ${result.number}, ${valuesText(result.values)}: ${accuracy}`,
    };
  });
  return { title, axes, score: "accuracy", lines };
}

function tableHead({ space }: Sweep): string[] {
  return ["trial", "accuracy", "epoch", ...Object.keys(space), "time", "state"];
}

function tableRow({ number, accuracy, bestEpoch, values, seconds, state }: TrialResult): string[] {
  return [
    String(number),
    accuracy === null ? "-" : percent(accuracy, 2),
    bestEpoch === 0 ? "-" : String(bestEpoch),
    ...Object.values(values).map(String),
    clock(seconds),
    state,
  ];
}

const matteredHead = ["what mattered", "spread", "by chance", "best values", "median"];

function matteredRow({ option, spread, chance, best }: Spread): string[] {
  const values = best.from === best.to ? String(best.from) : `${best.from} … ${best.to}`;
  const points = (share: number) => (100 * share).toFixed(2);
  return [option, points(spread), points(chance), values, percent(best.median, 2)];
}

/** Rows with their cells under each other. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map((row) => row[k]!.length)));
  return rows.map((row) =>
    row
      .map((cell, k) => cell.padEnd(widths[k]!))
      .join("  ")
      .trimEnd(),
  );
}

/** A word for a shell. */
function quoted(text: string): string {
  return /^[\w.,:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
