// The pure parts of the benchmarks: which works words pick, statistics, quiet rounds, and how results are written down.
import assert from "node:assert/strict";
import { test } from "node:test";
import { disagreements, type Measured, ratio, type WorkResult } from "../../bench/compare.ts";
import { firstReaching } from "../../bench/facts.ts";
import { quietest, tolerated } from "../../bench/quiet.ts";
import { comparisonMarkdown, figure, workText } from "../../bench/report.ts";
import { median, summarise } from "../../bench/statistics.ts";
import { hasWords, works } from "../../bench/works.ts";
import { withSection } from "../../bench/write.ts";

function side(key: string, rates: readonly number[], check = 1): Measured {
  const isOurs = key !== "torch";
  const about = isOurs
    ? { name: "fovea", version: "0.1.0", mode: "wasm", threads: 2, runtime: "Node v20.20.2" }
    : { name: "torch", version: "2.13.0+cpu", mode: "compile", threads: 1, runtime: "Python 3.11.7" };
  return { key, isOurs, about, rates, check };
}

const result: WorkResult = {
  work: works.find(({ name }) => name === "train lenet 64")!,
  measured: [side("node20", [20_000, 30_000, 21_000]), side("torch", [10_000, 10_000, 14_000])],
  absent: [{ key: "jaxjs", reason: "no steps\nand a trace", hasFailed: true }],
  disturbed: 1,
  warnings: [],
};

test("words pick works by whole words", () => {
  const pick = (...words: string[]) =>
    works.filter(({ name }) => hasWords(name, words)).map(({ name }) => name);
  assert.deepEqual(pick("train", "64"), ["train lenet 64", "train vgg 64", "train resnet20 64"]);
  assert.deepEqual(pick("64x56", "weight"), ["conv 64x56 weight"]);
  assert.equal(pick().length, works.length);
  assert.equal(new Set(works.map(({ name }) => name)).size, works.length);
});

test("medians, ranges, and ratios round by round", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.deepEqual(summarise([2, 9, 4]), { median: 4, min: 2, max: 9 });
  const [ours, peer] = result.measured;
  // 2, 3 and 1.5: not the ratio of the medians, which is 2.1.
  assert.deepEqual(ratio(ours!, peer!), { median: 2, min: 1.5, max: 3 });
});

test("quiet rounds count; a busy machine gives the quietest of three times as many", async () => {
  const shares = [0.3, tolerated, 0, 0.5];
  let next = 0;
  const some = await quietest(2, async () => ({ value: next, others: shares[next++]! }));
  assert.deepEqual([next, some.map(({ value }) => value)], [3, [2, 1]]);
  next = 0;
  const busy = await quietest(2, async () => ({ value: ++next, others: 1 / next }));
  assert.deepEqual([next, busy.map(({ value }) => value)], [6, [6, 5]]);
});

test("sides that compute something else are named, losses are not compared", () => {
  const sides = [side("node20", [], 1), side("node26", [], 1.001), side("torch", [], 1.2)];
  assert.deepEqual(disagreements({ kind: "conv" }, sides), [
    "torch computes something else than node20: mean magnitude 1.2 beside 1",
  ]);
  assert.deepEqual(disagreements({ kind: "train" }, sides), []);
});

test("a result in lines", () => {
  assert.equal(
    workText(result),
    `train lenet 64, samples/s
  Fovea, Node 20.20               21,000 (20,000–30,000)      wasm, 2 threads
  PyTorch 2.13.0                  10,000 (10,000–14,000)      compile, 1 thread  ours ÷ this: 2
  jaxjs: –  (failed: no steps
and a trace)
  1 counted round was disturbed by other programs`,
  );
  assert.deepEqual([0.74432, 87.44, 12345.6].map(figure), ["0.744", "87.4", "12,346"]);
});

test("results as Markdown", () => {
  const other = works.find(({ name }) => name === "train vgg 64")!;
  const second = { ...result, work: other, measured: [result.measured[0]!], absent: [], disturbed: 0 };
  assert.equal(
    comparisonMarkdown([result, second]),
    `### Training, samples/s

| work | Fovea, Node 20.20 | PyTorch 2.13.0 |
| --- | --: | --: |
| train lenet 64 * | 21,000 (20,000–30,000) | 10,000 (10,000–14,000) |
| train vgg 64 | 21,000 (20,000–30,000) | – |

How many times as fast as the peer: Fovea, Node 20.20.

| work | ÷ PyTorch 2.13.0 |
| --- | --: |
| train lenet 64 | 2 |
| train vgg 64 | – |

### Modes

- Fovea, Node 20.20: wasm; 2 threads

| work | PyTorch 2.13.0 |
| --- | --: |
| train lenet 64 | compile; 1 thread |
| train vgg 64 | – |

### Remarks

- jaxjs failed: no steps: train lenet 64
- \\* has counted rounds in which other programs used the processor`,
  );
});

test("a section replaces the one of its name and leaves the rest", () => {
  const first = withSection("# Measured\n", "compare", "old\n");
  assert.equal(first, "# Measured\n\n<!-- compare: begin -->\n\nold\n\n<!-- compare: end -->\n");
  const both = withSection(first, "facts", "more");
  assert.equal(withSection(both, "compare", "new"), both.replace("old", "new"));
});

test("the clock of MNIST stops at the first line that reaches the share", () => {
  const line = (percent: string, seconds: string) =>
    `9 steps: ${percent}% of the test digits right, ${seconds} s after the start\n`;
  const output = line("98.90", "1.50") + line("99.10", "2.75") + line("99.20", "4.00");
  assert.deepEqual(firstReaching(99, output), { percent: 99.1, seconds: 2.75 });
  assert.throws(() => firstReaching(99.5, output), /mnist99 did not reach 99.5%/);
});
