// Benchmark "loader": batches of augmented pictures beside PyTorch's DataLoader with Pillow, by turns, with the same number of workers. Knows no
// library.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { compareWork, type Measured, type RoundOptions, rate, ratio, type WorkResult } from "./compare.ts";
import { figure, spread, table } from "./report.ts";
import { path, type SideSpec, title } from "./sides.ts";
import { round, summarise } from "./statistics.ts";
import type { LoaderWork } from "./works.ts";

const batch = 64;

/** The works, in the order in which they are measured and shown. */
export const loaderWorks: readonly LoaderWork[] = (["digits", "photos"] as const).map((pictures) => ({
  kind: "loader",
  name: `loader ${pictures}`,
  pictures,
  batch,
  unit: "samples/s",
  perStep: batch,
}));

/** Workers of both loaders; with none the calling thread or process makes the batches. */
const workerCounts = [0, 1, 2] as const;

/** What the benchmark needs besides its rounds. */
export interface LoaderOptions extends Omit<RoundOptions, "threads"> {
  readonly python: string;
  /** Folder of JPEGs, one folder for each class. */
  readonly photos: string;
}

function sidesFor({ python, photos }: LoaderOptions): SideSpec[] {
  const script = path("dist/bench/ours/loader.js");
  const ours = (threads: number): SideSpec => ({
    key: `fovea-${threads}`,
    isOurs: true,
    command: [process.execPath, script, "--photos", photos],
    threads,
    missing: () => null,
  });
  const torch = (threads: number): SideSpec => ({
    key: `torch-${threads}`,
    isOurs: false,
    command: [python, path("bench/peers/torch_loader.py"), "--photos", photos],
    threads,
    missing: () => null,
  });
  return workerCounts.flatMap((workers) => [ours(workers), torch(workers)]);
}

/** Why the benchmark can't run here, or null. */
function missing({ python, photos }: LoaderOptions): string | null {
  try {
    execFileSync(python, ["-c", "import numpy, torch, PIL"], { stdio: "ignore" });
  } catch {
    return `${python} has no PyTorch or no Pillow; install them with: pip install torch==2.13.0 numpy pillow, and name its Python with --python`;
  }
  return existsSync(photos)
    ? null
    : `no pictures at ${photos}; name a folder of JPEGs, one folder for each class, with --photos`;
}

/** Measures works; `show` gets each result as soon as it is there. */
export async function loader(
  works: readonly LoaderWork[],
  options: LoaderOptions,
  show: (result: WorkResult) => void,
): Promise<readonly WorkResult[]> {
  const reason = missing(options);
  if (reason) throw new Error(`bench: ${reason}`);
  const results: WorkResult[] = [];
  for (const work of works) {
    // Every side is told its own number of workers.
    const result = await compareWork(work, sidesFor(options), { ...options, threads: 1 });
    results.push(result);
    show(result);
  }
  return results;
}

const sideOf = ({ measured }: WorkResult, key: string): Measured | undefined =>
  measured.find((side) => side.key === key);

const cells = (side: Measured | undefined): string => (side ? spread(summarise(side.rates)) : "–");

function rows(result: WorkResult): string[][] {
  return workerCounts.map((workers) => {
    const [own, peer] = [sideOf(result, `fovea-${workers}`), sideOf(result, `torch-${workers}`)];
    const times = own && peer ? round(ratio(own, peer).median, 3).toString() : "–";
    return [`${result.work.name}, ${workers} workers`, cells(own), cells(peer), times];
  });
}

/** One work in a few lines. */
export function loaderText(result: WorkResult): string {
  const lines = rows(result).map(
    ([name, own, peer, times]) =>
      `  ${name!.padEnd(28)}${own!.padEnd(26)} PyTorch ${peer!.padEnd(26)} ratio ${times}`,
  );
  const failed = result.absent.map(({ key, reason }) => `  ${key}: –  (${reason})`);
  const busy =
    result.disturbed > 0 ? [`  ${result.disturbed} counted rounds were disturbed by other programs`] : [];
  return [`${result.work.name}, pictures/s`, ...lines, ...failed, ...busy].join("\n");
}

/** All works as Markdown. */
export function loaderMarkdown(results: readonly WorkResult[]): string {
  const about = results.flatMap(({ measured }) => measured);
  const named = (isOurs: boolean) => {
    const side = about.find((one) => one.isOurs === isOurs);
    return side ? title(side, side.about) : "–";
  };
  const peer = about.find(({ isOurs }) => !isOurs);
  return [
    table(["pictures/s", named(true), named(false), "ratio"], results.flatMap(rows)),
    `Peer: ${peer?.about.mode ?? "–"}.`,
  ].join("\n\n");
}

/** For programs: medians of all sides. */
export function loaderJson(results: readonly WorkResult[]): object[] {
  return results.map((result) => ({
    name: result.work.name,
    disturbed: result.disturbed,
    medians: Object.fromEntries(
      result.measured.map((side) => [side.key, Number(figure(rate(side)).replaceAll(",", ""))]),
    ),
    rates: Object.fromEntries(result.measured.map((side) => [side.key, side.rates])),
    absent: result.absent,
  }));
}
