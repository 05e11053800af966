// The facts as Markdown, for a report and for the terminal. Knows nothing of how they were measured.
import { type Measured, rate, ratio, type WorkResult } from "./compare.ts";
import { type FactsResult, isRevectorized } from "./facts.ts";
import { machineLine } from "./machine.ts";
import { figure, spread, table } from "./report.ts";
import { title } from "./sides.ts";
import { round, type Summary } from "./statistics.ts";

/** The facts as a section of a report. */
export function factsMarkdown(result: FactsResult): string {
  const { options, machine } = result;
  return [
    "## Fovea by itself",
    `${machineLine(machine)}. Medians with their range.`,
    "### Products and convolutions on one thread",
    `GFLOP/s and percent of the SIMD128 peak of one thread; ${options.rounds} rounds of ${options.seconds} s. The peak is that of a loop of ` +
      "multiply-adds on registers. A convolution counts as its direct sum, which its algorithm may save a part of: " +
      "that can take it beyond the peak, as 256-bit instructions can.",
    peakTable(result),
    "### Two threads beside one",
    `Training, samples/s; ${options.rounds} rounds of ${options.seconds} s by turns.`,
    threadsTable(result.threads),
    "### A LeNet training step at batch 64",
    "Making the plan of a process's first step; making a plan for another batch in a process that has made a few; " +
      "a warm step, and what of it is JavaScript while other threads compute. Each in fresh processes.",
    insideTable(result),
    "### 99% on MNIST",
    "From the start of the process to 99% of the test images right, `node dist/examples/mnist99.js`.",
    table(
      ["", "seconds", "percent right"],
      result.mnist.map(({ key, seconds, percent, disturbed }) => [
        `${nameOf(result, key)}${star(disturbed)}`,
        spread(seconds),
        spread(percent),
      ]),
    ),
    ...(isDisturbed(result) ? ["\\* has counted rounds in which other programs used the processor."] : []),
  ].join("\n\n");
}

const star = (disturbed: number): string => (disturbed > 0 ? " *" : "");

function isDisturbed({ inside, mnist, oneThread, threads }: FactsResult): boolean {
  return [...inside, ...mnist, ...oneThread, ...threads].some(({ disturbed }) => disturbed > 0);
}

function nameOf({ inside }: FactsResult, key: string): string {
  const runtime = inside.find((one) => one.key === key)?.runtime ?? key;
  const node = runtime.replace(/v(\d+\.\d+).*/, "$1");
  return isRevectorized({ key }) ? `${node}, revectorize` : node;
}

/** The peak that a side's rates are compared with: that of its engine with 128-bit vectors. */
function peakOf({ inside }: FactsResult, side: Measured): number {
  const plain = inside.filter((one) => !isRevectorized(one));
  return plain.find(({ runtime }) => runtime === side.about.runtime)?.peakGflops ?? Number.NaN;
}

function peakTable(result: FactsResult): string {
  const sides = result.oneThread[0]?.measured ?? [];
  return table(
    ["work", ...sides.map((side) => title(side, side.about))],
    [
      ["SIMD128 peak", ...sides.map((side) => (isRevectorized(side) ? "" : figure(peakOf(result, side))))],
      ...result.oneThread.map(({ work, measured, disturbed }) => [
        `${work.name}${star(disturbed)}`,
        ...sides.map(({ key }) => {
          const side = measured.find((one) => one.key === key);
          if (!side) return "–";
          const own = rate(side);
          return `${figure(own)}, ${((100 * own) / peakOf(result, side)).toFixed(0)}%`;
        }),
      ]),
    ],
  );
}

function threadsTable(results: readonly WorkResult[]): string {
  const rows = results.flatMap(({ work, measured, disturbed }) =>
    measured.flatMap((two) => {
      const one = measured.find(({ key }) => two.key === key.replace(/ 1$/, " 2") && key !== two.key);
      if (!one) return [];
      const name = title(two, two.about);
      const { median, min, max } = ratio(two, one);
      const times = `${round(median, 3)} (${round(min, 3)}–${round(max, 3)})`;
      return [[`${work.name}, ${name}${star(disturbed)}`, figure(rate(one)), figure(rate(two)), times]];
    }),
  );
  return table(["", "one thread", "two threads", "two ÷ one"], rows);
}

function insideTable(result: FactsResult): string {
  const ms = (summary: Summary) => `${spread(summary)} ms`;
  const percent = ({ median, min, max }: Summary) =>
    `${(100 * median).toFixed(1)}% (${(100 * min).toFixed(1)}–${(100 * max).toFixed(1)})`;
  return table(
    ["", "first plan", "later plan", "warm step", "JavaScript", "share"],
    result.inside.map((one) => [
      `${nameOf(result, one.key)}${star(one.disturbed)}`,
      ms(one.firstPlanMs),
      ms(one.laterPlanMs),
      ms(one.stepMs),
      ms(one.javascriptMs),
      percent(one.javascriptShare),
    ]),
  );
}
