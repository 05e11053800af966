// Benchmark "facts": what Fovea is measured by itself: its share of the peak, its threads, its JavaScript, its plans, and
// the time to 99% on MNIST. Everything runs for each of our sides.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { compareWork, mnistFolder, type RoundOptions, type WorkResult } from "./compare.ts";
import { type Machine, machine } from "./machine.ts";
import type { Inside } from "./ours/inside.ts";
import { quietest, tolerated, watchingChild } from "./quiet.ts";
import { ourSides, path, type SideSpec } from "./sides.ts";
import { type Summary, summarise } from "./statistics.ts";
import { works } from "./works.ts";

/** Fresh processes for each figure that belongs to a whole process. */
const processes = 3;
/** Right answers of a hundred at which the clock of MNIST stops. */
const wanted = 99;

/** What one of our sides is inside a step; times are milliseconds, each a summary over fresh processes. */
export interface InsideFacts {
  readonly key: string;
  readonly runtime: string;
  /** The fastest of all processes. */
  readonly peakGflops: number;
  readonly firstPlanMs: Summary;
  readonly laterPlanMs: Summary;
  readonly stepMs: Summary;
  readonly javascriptMs: Summary;
  /** javascriptMs ÷ stepMs. */
  readonly javascriptShare: Summary;
  readonly disturbed: number;
}

/** From the start of the process to the given share of right answers on MNIST's test images. */
export interface MnistFacts {
  readonly key: string;
  readonly seconds: Summary;
  readonly percent: Summary;
  readonly disturbed: number;
}

/** All facts. */
export interface FactsResult {
  readonly inside: readonly InsideFacts[];
  /** Products and convolutions on one thread. */
  readonly oneThread: readonly WorkResult[];
  /** Training by each side twice, its key ending with the number of threads. */
  readonly threads: readonly WorkResult[];
  readonly mnist: readonly MnistFacts[];
  readonly options: RoundOptions;
  readonly machine: Machine;
}

/** Measures them; a few minutes. */
export async function facts(options: RoundOptions): Promise<FactsResult> {
  const before = machine();
  const sides = ourSides().filter((side) => {
    const missing = side.missing();
    if (missing !== null) console.error(`bench: without ${side.key}: ${missing}`);
    return missing === null;
  });
  const inside: InsideFacts[] = [];
  const mnist: MnistFacts[] = [];
  for (const side of sides) {
    inside.push(await insideFacts(side, options));
    // The example has no option for the engine's experiments.
    if (!isRevectorized(side)) mnist.push(await mnistFacts(side));
  }
  const oneThread: WorkResult[] = [];
  for (const work of works.filter(({ kind }) => kind === "matmul" || kind === "conv")) {
    oneThread.push(await compareWork(work, sides, { ...options, threads: 1 }));
  }
  const threads: WorkResult[] = [];
  for (const name of ["train lenet 64", "train resnet20 64"]) {
    const work = works.find((one) => one.name === name)!;
    threads.push(await compareWork(work, sides.flatMap(withThreads), options));
  }
  return { inside, oneThread, threads, mnist, options, machine: before };
}

/** Whether vectors are paired there. */
export const isRevectorized = ({ key }: { readonly key: string }): boolean => key.startsWith("revectorize");

/** The side on one thread, and on two. */
function withThreads(side: SideSpec): SideSpec[] {
  return [1, 2].map((threads) => ({ ...side, key: `${side.key} ${threads}`, threads }));
}

const run = promisify(execFile);

async function insideFacts({ key, command }: SideSpec, { threads }: RoundOptions): Promise<InsideFacts> {
  const [node, , ...flags] = command;
  const script = path("dist/bench/ours/inside.js");
  const args = [script, "--data", mnistFolder(), "--threads", String(threads), ...flags];
  const runs = await quietest(processes, () => watchingChild(() => run(node, args)));
  const each: Inside[] = runs.map(({ value }) => JSON.parse(value.stdout));
  const over = (value: (one: Inside) => number) => summarise(each.map(value));
  return {
    key,
    runtime: each[0]!.runtime,
    peakGflops: over((one) => one.peakGflops).max,
    firstPlanMs: over((one) => one.firstPlanMs),
    laterPlanMs: over((one) => one.laterPlanMs),
    stepMs: over((one) => one.stepMs),
    javascriptMs: over((one) => one.javascriptMs),
    javascriptShare: over((one) => one.javascriptMs / one.stepMs),
    disturbed: runs.filter(({ others }) => others > tolerated).length,
  };
}

async function mnistFacts({ key, command }: SideSpec): Promise<MnistFacts> {
  const script = path("dist/examples/mnist99.js");
  const runs = await quietest(processes, () => watchingChild(() => run(command[0], [script])));
  const reached = runs.map(({ value }) => firstReaching(wanted, value.stdout));
  return {
    key,
    seconds: summarise(reached.map(({ seconds }) => seconds)),
    percent: summarise(reached.map(({ percent }) => percent)),
    disturbed: runs.filter(({ others }) => others > tolerated).length,
  };
}

/** The first line of the example's output that has so many right; throws where none has. */
export function firstReaching(percent: number, output: string): { percent: number; seconds: number } {
  const lines = [...output.matchAll(/([\d.]+)% of the test digits right, ([\d.]+) s/g)];
  const found = lines.map((line) => ({ percent: Number(line[1]), seconds: Number(line[2]) }));
  const first = found.find((line) => line.percent >= percent);
  if (!first) throw new Error(`facts: mnist99 did not reach ${percent}%:\n${output}`);
  return first;
}
