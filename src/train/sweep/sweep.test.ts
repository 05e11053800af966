// Spaces, plans, the median rule and what mattered.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OptionError } from "../../base/errors.ts";
import { planTrials } from "./plan.ts";
import { isBelowMedian } from "./pruning.ts";
import { range } from "./space.ts";
import { spreadByOption } from "./spread.ts";

describe("a random search", () => {
  const space = { lr: range(1e-4, 1e-1), batch: [32, 64, 128], optimizer: ["sgd", "adam"] };

  it("gives a trial the same values whatever the number of trials", () => {
    const few = planTrials(space, { trials: 5, seed: 3 });
    const many = planTrials(space, { trials: 40, seed: 3 });
    assert.deepEqual(many.slice(0, 5), few);
    assert.notDeepEqual(planTrials(space, { trials: 5, seed: 4 }), few);
    assert.deepEqual(
      few.map(({ number }) => number),
      [1, 2, 3, 4, 5],
    );
  });

  it("draws by ratios over two decades and more, else by differences", () => {
    const below = (values: readonly number[], limit: number) => values.filter((x) => x < limit).length;
    const wide = planTrials({ x: range(1e-4, 1e-1) }, { trials: 600 }).map(({ values }) => values.x);
    for (const limit of [1e-3, 1e-2])
      assert.ok(Math.abs(below(wide, limit) - 200 * (Math.log10(limit) + 4)) < 50);
    const narrow = planTrials({ x: range(0, 0.9) }, { trials: 600 }).map(({ values }) => values.x);
    assert.ok(Math.abs(below(narrow, 0.3) - 200) < 50);
    const asked = planTrials({ x: range(0.1, 0.9, { scale: "log" }) }, { trials: 600 }).map(
      ({ values }) => values.x,
    );
    assert.ok(Math.abs(below(asked, 0.3) - 300) < 50);
    for (const x of [...wide, ...narrow]) assert.equal(Number(x.toPrecision(4)), x);
  });

  it("has room in narrow ranges", () => {
    const values = planTrials({ x: range(1000, 1001) }, { trials: 50 }).map(({ values }) => values.x);
    assert.equal(new Set(values).size, 50);
    assert.ok(values.every((x) => x >= 1000 && x <= 1001));
  });

  it("takes each combination of a finite space once, whole numbers with equal shares", () => {
    const trials = planTrials({ a: range(1, 3, { whole: true }), b: ["x", "y"] }, { trials: 100 });
    assert.deepEqual(trials.map(({ values: { a, b } }) => `${a}${b}`).sort(), [
      "1x",
      "1y",
      "2x",
      "2y",
      "3x",
      "3y",
    ]);
    const drawn = planTrials({ a: range(1, 4, { whole: true }), b: range(0, 1) }, { trials: 800 });
    for (let a = 1; a <= 4; a++) {
      assert.ok(Math.abs(drawn.filter(({ values }) => values.a === a).length - 200) < 50, String(a));
    }
  });
});

describe("a grid", () => {
  it("has every combination, the last option fastest", () => {
    const trials = planTrials(
      { lr: range(1e-4, 1e-2), batch: range(16, 17, { whole: true }), optimizer: ["sgd", "adam"] },
      { search: "grid" },
    );
    assert.equal(trials.length, 12);
    assert.deepEqual(trials[0], { number: 1, values: { lr: 1e-4, batch: 16, optimizer: "sgd" } });
    assert.deepEqual(trials[1]!.values, { lr: 1e-4, batch: 16, optimizer: "adam" });
    assert.deepEqual([...new Set(trials.map(({ values }) => values.lr))], [1e-4, 1e-3, 1e-2]);
    const points = planTrials({ x: range(0, 1, { points: 5 }) }, { search: "grid" });
    assert.deepEqual(
      points.map(({ values }) => values.x),
      [0, 0.25, 0.5, 0.75, 1],
    );
  });

  it("is refused where it would be too large or has a number of trials", () => {
    const wide = range(0, 1, { points: 200 });
    assert.throws(() => planTrials({ a: wide, b: wide }, { search: "grid" }), OptionError);
    assert.throws(() => planTrials({ a: [1, 2] }, { search: "grid", trials: 2 }), OptionError);
  });
});

describe("the median rule", () => {
  const finished = [0.5, 0.6, 0.7, 0.8, 0.9].map((end) => [end / 2, end]);

  it("ends what is below the median of the same epoch", () => {
    assert.equal(isBelowMedian([0.2, 0.69], finished), true);
    assert.equal(isBelowMedian([0.2, 0.7], finished), false);
    assert.equal(isBelowMedian([0.75, 0.1], finished), false, "its best counts");
  });

  it("keeps quiet in the first epoch, and among few trials", () => {
    assert.equal(isBelowMedian([0], finished), false);
    assert.equal(isBelowMedian([0, 0], finished.slice(1)), false);
    assert.equal(isBelowMedian([0, 0, 0], finished), false, "none has come so far");
  });
});

describe("what mattered", () => {
  it("names the option by which scores differ first, and lets the others lie near chance", () => {
    const space = { lr: range(1e-4, 1), batch: [32, 64], seed: [1] };
    const trials = planTrials(space, { trials: 60, seed: 1 }).map(({ values }) => ({
      values,
      score: 1 - Math.abs(Math.log10(values.lr) + 3) / 4,
    }));
    const [first, second, ...more] = spreadByOption(space, trials);
    assert.deepEqual([first!.option, second!.option, more.length], ["lr", "batch", 0]);
    assert.ok(first!.spread > 3 * first!.chance, JSON.stringify(first));
    assert.ok(second!.spread < 3 * second!.chance, JSON.stringify(second));
    assert.ok((first!.best.to as number) < 0.02 && first!.best.median > 0.7);
  });

  it("keeps equal numbers together, and says nothing of three trials", () => {
    const space = { n: range(1, 2, { whole: true }) };
    const trials = [1, 1, 1, 1, 2].map((n, i) => ({ values: { n }, score: i }));
    assert.deepEqual(
      spreadByOption(space, trials).map(({ spread, best }) => [spread, best]),
      [[2.5, { from: 2, to: 2, median: 4 }]],
    );
    assert.deepEqual(spreadByOption(space, trials.slice(0, 3)), []);
  });
});
