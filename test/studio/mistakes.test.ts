// The parts of the tab Mistakes that only compute: measures, orders, samples, projections, and what a pointer meets.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HeldOutAnswer } from "../../src/studio/shared/heldOut.ts";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { Random } from "../../src/tensor/random.ts";
import { measure } from "../../studio/compute/measure.ts";
import {
  commonest,
  evenRows,
  isWrong,
  numberOf,
  type Outcome,
  sortedRows,
} from "../../studio/mistakes/outcome.ts";
import { alongComponents, project } from "../../studio/mistakes/projection/plane.ts";
import {
  enlarged,
  pointAt,
  pointsInSight,
  pointsInside,
  sightOfAll,
  spotOf,
} from "../../studio/mistakes/projection/scatterModel.ts";
import { rowsOf } from "../../studio/mistakes/selection.ts";

/** Five pictures of two classes; the third could not be read, so rows are those of pictures 0, 1, 3 and 4. */
const labels = [0, 0, 0, 1, 1];
const logits = Float32Array.of(2, 0, -1, 3, 0, 1, 5, 0);
const places = Int32Array.of(0, 1, 3, 4);
const measured = measure(
  { shape: [4, 2], data: logits },
  Array.from(places, (place) => labels[place]!),
);
const outcome: Outcome = {
  held: {
    ...{ set: "s", part: "test", chosenBy: false, classes: ["a", "b"], labels, shape: null },
    indices: [10, 11, 12, 13, 14],
  } satisfies HeldOutAnswer,
  set: {} as SetAnswer,
  found: { ...measured, places, features: { shape: [4, 2], data: logits }, loss: 0, ms: 0 },
};

describe("measures", () => {
  it("accuracy, confusions and scores", () => {
    assert.equal(measured.top1, 0.5);
    assert.deepEqual([...measured.confusion], [1, 1, 1, 1]);
    assert.deepEqual([...measured.answers], [0, 1, 1, 0]);
    assert.equal(measured.scores.f1, 0.5);
  });

  it("how sure and how wrong each answer is", () => {
    const near = (got: number, wanted: number) =>
      assert.ok(Math.abs(got - wanted) < 1e-6, `${got} for ${wanted}`);
    near(measured.confidence[1]!, 1 / (1 + Math.exp(-4)));
    near(measured.trueProbability[1]!, 1 / (1 + Math.exp(4)));
    near(measured.losses[3]!, Math.log(1 + Math.exp(5)));
    near(measured.losses[0]!, Math.log(1 + Math.exp(-2)));
  });
});

describe("which pictures are meant", () => {
  it("mistakes by loss, the worst first, with their numbers in the set", () => {
    const rows = rowsOf(outcome, { kind: "mistakes" }, "byLoss");
    assert.deepEqual(rows, [3, 1]);
    assert.deepEqual(
      rows.map((row) => numberOf(outcome, row)),
      [14, 11],
    );
    assert.deepEqual(rowsOf(outcome, { kind: "cell", truth: 0, answer: 1 }, "byConfidence"), [1]);
    assert.deepEqual(rowsOf(outcome, { kind: "class", truth: 1 }, "byLoss"), [3]);
    assert.deepEqual(rowsOf(outcome, { kind: "points", rows: [2, 0] }, "byLoss"), [2, 0]);
  });

  it("the commonest confusions", () => {
    assert.deepEqual(commonest(outcome, 9), [
      { truth: 0, answer: 1, count: 1 },
      { truth: 1, answer: 0, count: 1 },
    ]);
  });

  it("a sample has the mistakes and others evenly", () => {
    const n = 100;
    const many: Outcome = {
      ...outcome,
      held: {
        ...outcome.held,
        indices: Array.from({ length: n }, (_, i) => i),
        labels: new Array(n).fill(0),
      },
      found: {
        ...outcome.found,
        places: Int32Array.from({ length: n }, (_, i) => i),
        answers: Int32Array.from({ length: n }, (_, i) => (i === 7 ? 1 : 0)),
        losses: new Float32Array(n),
      },
    };
    const rows = [...evenRows(many, 11)];
    assert.equal(rows.length, 11);
    assert.ok(rows.includes(7));
    assert.equal(sortedRows(many, "byLoss", (row) => isWrong(many, row)).length, 1);
    const others = rows.filter((row) => row !== 7);
    for (const [i, row] of others.entries()) if (i > 0) assert.ok(Math.abs(row - others[i - 1]! - 10) <= 1);
    assert.equal(evenRows(many, 200).length, n);
  });
});

/** Rows around two centres, in a long space. */
function groups(n: number, width: number): Float32Array {
  const random = new Random(0);
  return Float32Array.from({ length: n * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    const centre = row % 2 === 0 ? 20 : -20;
    return (column === 3 ? centre : 0) + random.normal();
  });
}

describe("projections", () => {
  for (const [n, width] of [
    [60, 8],
    [900, 500],
  ] as const) {
    it(`the first component of ${n} rows of ${width} numbers tells two groups apart`, () => {
      const { coordinates, variance } = alongComponents(groups(n, width), width, 2);
      assert.equal(coordinates.length, 2 * n);
      assert.ok(variance > 0.2 && variance <= 1, String(variance));
      for (let i = 2; i < n; i++) assert.ok(coordinates[2 * i]! * coordinates[2 * (i % 2)]! > 0);
    });
  }

  it("t-SNE gives points on their way, the last one at the end", () => {
    const states = [...project({ method: "tsne", rows: groups(40, 60), width: 60 })];
    assert.ok(states.length > 100);
    const { done, total, points } = states.at(-1)!;
    assert.equal(done, total);
    assert.ok(points.every(Number.isFinite));
    assert.notEqual(states[0]!.points, points);
  });
});

describe("what a pointer meets", () => {
  const points = Float32Array.of(0, 0, 10, 0, 0, 5);
  const size = { width: 200, height: 100 };
  const sight = sightOfAll(points, size);

  it("all points are in sight at first, and stay in proportion", () => {
    assert.equal(pointsInSight(points, sight, size).length, 3);
    const [a, b, c] = [0, 1, 2].map((i) => spotOf(points, i, sight)) as [
      ReturnType<typeof spotOf>,
      ReturnType<typeof spotOf>,
      ReturnType<typeof spotOf>,
    ];
    assert.ok(Math.abs(b.x - a.x - 2 * (c.y - a.y)) < 1e-9);
  });

  it("the nearest point within reach", () => {
    const { x, y } = spotOf(points, 1, sight);
    assert.equal(pointAt(points, sight, { x: x - 3, y }, 5), 1);
    assert.equal(pointAt(points, sight, { x: x - 30, y }, 5), null);
  });

  it("what is enlarged stays under the pointer", () => {
    const at = spotOf(points, 2, sight);
    const near = enlarged(sight, 3, at);
    assert.deepEqual(spotOf(points, 2, near), at);
    assert.ok(pointsInSight(points, near, size).length < 3);
  });

  it("a lasso holds what is inside of it", () => {
    const { x, y } = spotOf(points, 2, sight);
    const way = [
      { x: x - 5, y: y - 5 },
      { x: x + 5, y: y - 5 },
      { x: x + 5, y: y + 5 },
      { x: x - 5, y: y + 5 },
    ];
    assert.deepEqual(pointsInside(points, sight, way), [2]);
  });
});
