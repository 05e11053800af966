import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Random } from "../tensor/random.ts";
import { wholeCounts } from "./confidentJoint.ts";
import { findLabelErrors, type LabelErrorOptions, pruneMethods } from "./labelErrors.ts";

const close = (values: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void => {
  for (const [i, row] of expected.entries()) {
    for (const [j, value] of row.entries()) {
      const got = values[i]![j]!;
      assert.ok(Math.abs(got - value) < 1e-12, `[${i}, ${j}] is ${got} and not ${value}`);
    }
  }
};

// Three classes, worked out with pencil and paper. The thresholds are
//   t0 = (0.9 + 0.7 + 0.2 + 0.6) / 4 = 0.6,  t1 = (0.8 + 0.6 + 0.1) / 3 = 0.5,  t2 = (0.7 + 0.3) / 2 = 0.5.
const labels = [0, 0, 0, 0, 1, 1, 1, 2, 2];
const rows = [
  [0.9, 0.05, 0.05], // 0 is confident
  [0.7, 0.2, 0.1], // 0 is confident
  [0.2, 0.75, 0.05], // labelled 0, confidently 1
  [0.6, 0.3, 0.1], // 0, on the threshold
  [0.1, 0.8, 0.1], // 1 is confident
  [0.3, 0.6, 0.1], // 1 is confident
  [0.1, 0.1, 0.8], // labelled 1, confidently 2
  [0.2, 0.1, 0.7], // 2 is confident
  [0.4, 0.3, 0.3], // labelled 2; no threshold is reached, so it is not counted
];

describe("findLabelErrors on nine samples", () => {
  const found = findLabelErrors(rows.flat(), labels);

  it("has the thresholds, the confident joint and the calibrated joint of the paper's formulas", () => {
    close([found.thresholds as number[]], [[0.6, 0.5, 0.5]]);
    assert.deepEqual(found.confidentJoint, [
      [3, 1, 0],
      [0, 2, 1],
      [0, 0, 1],
    ]);
    close(found.joint, [
      [3 / 9, 1 / 9, 0],
      [0, 2 / 9, 1 / 9],
      [0, 0, 2 / 9], // one counted sample stands for both labels
    ]);
    close(found.noiseMatrix, [
      [1, 1 / 3, 0],
      [0, 2 / 3, 1 / 3],
      [0, 0, 2 / 3],
    ]);
    close([found.noiseRates as number[]], [[1 / 4, 1 / 3, 0]]);
    assert.ok(Math.abs(found.noiseRate - 2 / 9) < 1e-12);
  });

  it("names the two errors, the most certain first", () => {
    const [first, second, ...more] = found.errors;
    assert.deepEqual(more, []);
    assert.deepEqual({ ...first, score: 0 }, { index: 6, given: 1, suggested: 2, score: 0 });
    assert.deepEqual({ ...second, score: 0 }, { index: 2, given: 0, suggested: 1, score: 0 });
    close([[first!.score, second!.score]], [[(1 + 0.8 - 0.1) / 2, (1 + 0.75 - 0.2) / 2]]);
  });

  it("scores by self-confidence where that is asked for", () => {
    const { errors } = findLabelErrors(rows.flat(), labels, { rank: "selfConfidence" });
    close([errors.map(({ score }) => score)], [[0.9, 0.8]]);
  });

  it("adds, by confusion, the sample that no threshold is sure of", () => {
    const { errors } = findLabelErrors(rows.flat(), labels, { prune: "confusion" });
    assert.deepEqual(
      errors.map(({ index }) => index),
      [6, 2, 8],
    );
  });
});

describe("ways to choose", () => {
  // Labelled 0 with a confident joint of [2, 1, 1]: class 1 leads most in sample 2, class 2 in sample 3, and sample 4 has the second least self-confidence.
  const given = [0, 0, 0, 0, 0, 1, 2];
  const probabilities = [
    [0.95, 0.03, 0.02],
    [0.9, 0.05, 0.05],
    [0.02, 0.96, 0.02],
    [0.32, 0.0, 0.68],
    [0.1, 0.49, 0.41],
    [0.1, 0.8, 0.1],
    [0.2, 0.2, 0.6],
  ].flat();
  const chosen = (prune: LabelErrorOptions["prune"]) =>
    findLabelErrors(probabilities, given, { ...(prune && { prune }) })
      .errors.map(({ index }) => index)
      .sort();

  it("take margins pair by pair, self-confidence class by class, both, or all that disagree", () => {
    assert.deepEqual(chosen("noiseRate"), [2, 3]);
    assert.deepEqual(chosen("class"), [2, 4]);
    assert.deepEqual(chosen("both"), [2]);
    assert.deepEqual(chosen("confusion"), [2, 3, 4]);
    assert.deepEqual(chosen(undefined), chosen("noiseRate"));
  });
});

describe("sets that lack something", () => {
  it("a class without samples has no threshold and no noise rate, and nothing is put into it", () => {
    const found = findLabelErrors([0.6, 0.2, 0.2, 0.1, 0.8, 0.1, 0.2, 0, 0.8], [0, 1, 0]);
    assert.equal(found.thresholds[2], null);
    assert.equal(found.noiseRates[2], null);
    assert.deepEqual(
      found.joint.map((row) => row[2]),
      [0, 0, 0],
    );
    assert.deepEqual(
      found.noiseMatrix.map((row) => row[2]),
      [0, 0, 0],
    );
  });

  it("a class that is never predicted counts as noise as far as its samples are confidently of others", () => {
    const found = findLabelErrors([0.9, 0.1, 0, 0.2, 0.8, 0, 0.9, 0.1, 0, 0.1, 0.9, 0], [0, 1, 2, 2]);
    assert.deepEqual(found.confidentJoint[2], [1, 1, 0]);
    assert.equal(found.noiseRates[2], 1);
  });

  it("a class nobody is confident in gives no evidence of noise", () => {
    const found = findLabelErrors([0.9, 0.1, 0, 0.1, 0.9, 0, 0.5, 0.5, 0], [0, 1, 2]);
    assert.deepEqual(found.confidentJoint[2], [0, 0, 0]);
    assert.equal(found.noiseRates[2], 0);
    assert.deepEqual(found.errors, []);
  });

  it("one sample of each class is enough, and a single sample too", () => {
    assert.deepEqual(findLabelErrors([1, 0, 0, 1], [0, 1]).errors, []);
    assert.equal(findLabelErrors([0.5, 0.5], [1]).noiseRate, 0);
  });
});

it("rows become whole numbers with the same sum", () => {
  assert.deepEqual(wholeCounts([2.5, 0.25, 0.25]), [3, 0, 0]);
  assert.deepEqual(wholeCounts([1 / 3, 1 / 3, 1 / 3]), [1, 0, 0]);
  assert.deepEqual(wholeCounts([3 - 1e-12, 1 + 1e-12, 0]), [3, 1, 0]);
});

/** Probabilities of a network that is mostly right, and labels of which a share was changed. */
function synthetic(seed: number, { samples = 2000, classes = 4, noise = 0.1 } = {}) {
  const random = new Random(seed, 1);
  const labels = new Int32Array(samples);
  const truth = new Int32Array(samples);
  const probabilities = new Float32Array(samples * classes);
  for (let i = 0; i < samples; i++) {
    truth[i] = Math.floor(random.uniform() * classes);
    const other = (truth[i]! + 1 + Math.floor(random.uniform() * (classes - 1))) % classes;
    labels[i] = random.uniform() < noise ? other : truth[i]!;
    const logits = Array.from(
      { length: classes },
      (_, j) => 4 * random.uniform() + (j === truth[i] ? 4 : 0),
    ).map(Math.exp);
    const sum = logits.reduce((a, b) => a + b, 0);
    for (const [j, value] of logits.entries()) probabilities[i * classes + j] = value / sum;
  }
  return { labels, truth, probabilities, classes };
}

describe("synthetic noise", () => {
  it("is found: most of the changed labels, few others, and the noise rate", () => {
    for (let seed = 0; seed < 5; seed++) {
      const { labels, truth, probabilities } = synthetic(seed);
      const { errors, noiseRate } = findLabelErrors(probabilities, labels);
      const right = errors.filter(({ index, suggested }) => truth[index] === suggested).length;
      const changed = labels.filter((label, i) => label !== truth[i]).length;
      assert.ok(right / changed > 0.9, `recall ${right / changed} with seed ${seed}`);
      assert.ok(right / errors.length > 0.9, `precision ${right / errors.length} with seed ${seed}`);
      assert.ok(Math.abs(noiseRate - changed / labels.length) < 0.02, `noise rate ${noiseRate}`);
    }
  });

  it("gives a joint whose rows are the shares of the labels, and a noise matrix whose columns sum to 1", () => {
    for (let seed = 0; seed < 5; seed++) {
      const { labels, probabilities, classes } = synthetic(seed, { samples: 50 + seed, noise: 0.3 });
      const { joint, noiseMatrix } = findLabelErrors(probabilities, labels);
      for (let i = 0; i < classes; i++) {
        const share = labels.filter((label) => label === i).length / labels.length;
        close([[joint[i]!.reduce((a, b) => a + b, 0)]], [[share]]);
        close([[noiseMatrix.reduce((sum, row) => sum + row[i]!, 0)]], [[1]]);
      }
    }
  });

  it("is chosen alike whatever the order of samples and the names of classes", () => {
    const { labels, probabilities, classes } = synthetic(7, { samples: 300 });
    const order = new Random(3, 0).permutation(labels.length);
    const renamed = [2, 0, 3, 1];
    for (const prune of pruneMethods) {
      const own = new Set(findLabelErrors(probabilities, labels, { prune }).errors.map(({ index }) => index));
      const shuffled = findLabelErrors(
        Array.from(order).flatMap((i) =>
          renamed.map((_, j) => probabilities[i * classes + renamed.indexOf(j)]!),
        ),
        Array.from(order, (i) => renamed[labels[i]!]!),
        { prune },
      );
      assert.deepEqual(new Set(shuffled.errors.map(({ index }) => order[index]!)), own, prune);
      assert.ok(own.size > 0);
    }
  });

  it("keeps what both ways choose within each of them, and all of them within the confusions", () => {
    const { labels, probabilities } = synthetic(9, { samples: 400, noise: 0.25 });
    const chosen = Object.fromEntries(
      pruneMethods.map((prune) => [
        prune,
        new Set(findLabelErrors(probabilities, labels, { prune }).errors.map(({ index }) => index)),
      ]),
    ) as Record<(typeof pruneMethods)[number], Set<number>>;
    for (const index of chosen.both) assert.ok(chosen.class.has(index) && chosen.noiseRate.has(index));
    for (const index of [...chosen.class, ...chosen.noiseRate]) assert.ok(chosen.confusion.has(index));
    assert.ok(chosen.both.size < chosen.confusion.size);
  });
});
