// The grid of pictures, filters, and augmentation's sliders, as far as they are numbers.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { augmentation, augmentationNames, fromJSON } from "../../src/transforms/index.ts";
import { kinds, valuesOf, withValue } from "../../studio/augment/parameters.ts";
import { commandOf, fileOf } from "../../studio/augment/recipe.ts";
import { classCounts, filtered, imbalanceOf, noFilter, ownParts } from "../../studio/sets/filter.ts";
import { areScattered, between, layoutOf, placeAfter, rowsInSight } from "../../studio/sets/gridModel.ts";

const set: SetAnswer = {
  id: "a",
  name: "a",
  kind: "folder",
  isEditable: true,
  data: "a",
  version: "1",
  state: "1",
  classes: ["cat", "dog", "void"],
  names: [
    "train/cat/One.png",
    "train/cat/two.png",
    "train/cat/3.png",
    "train/dog/4.png",
    "val/dog/5.png",
    "6.png",
  ],
  labels: [0, 0, 0, 1, 1, -1],
  splits: [
    { name: "train", from: 0, count: 4 },
    { name: "val", from: 4, count: 1 },
  ],
  side: 128,
};

const parts = ownParts(set);

test("only the rows in sight are drawn, with some to spare", () => {
  const layout = layoutOf(10_000, { width: 1000, tile: 112, gap: 8, caption: 22 });
  assert.deepEqual(layout, { columns: 8, rows: 1250, rowHeight: 142, height: 177_500 });
  assert.deepEqual(rowsInSight(layout, 0, 700), { from: 0, to: 8 });
  assert.deepEqual(rowsInSight(layout, 142 * 600 + 10, 700), { from: 598, to: 608 });
  assert.deepEqual(rowsInSight(layout, 177_500 - 700, 700), { from: 1243, to: 1250 });
  assert.deepEqual(rowsInSight(layoutOf(0, { width: 0, tile: 112, gap: 8, caption: 22 }), 0, 0), {
    from: 0,
    to: 0,
  });
});

test("keys lead from picture to picture and stop at the ends", () => {
  const go = (key: string, from: number) => placeAfter(key, from, 22, { columns: 5, page: 3 });
  const steps: [string, number, number | null][] = [
    ["ArrowRight", 0, 1],
    ["ArrowLeft", 0, 0],
    ["ArrowRight", 21, 21],
    ["ArrowDown", 1, 6],
    ["ArrowDown", 18, 21],
    ["ArrowDown", 20, 20],
    ["ArrowUp", 3, 3],
    ["ArrowUp", 8, 3],
    ["PageDown", 2, 17],
    ["PageDown", 12, 21],
    ["PageUp", 12, 2],
    ["Home", 13, 0],
    ["End", 13, 21],
    ["x", 13, null],
  ];
  for (const [key, from, to] of steps) assert.equal(go(key, from), to, `${key} from ${from}`);
  assert.equal(placeAfter("End", 0, 0, { columns: 5, page: 3 }), null);
  assert.deepEqual(between([4, 6, 8, 9], 3, 1), [6, 8, 9]);
});

test("pictures that stand far apart are loaded alone", () => {
  assert.equal(areScattered(Array.from({ length: 100 }, (_, i) => i)), false);
  assert.equal(areScattered(Array.from({ length: 100 }, (_, i) => 7 * i)), true);
});

test("filters go by class, part, name and findings together", () => {
  const shown = (filter: Partial<typeof noFilter>) => [...filtered(set, parts, { ...noFilter, ...filter })];
  assert.deepEqual(shown({}), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(shown({ label: 1 }), [3, 4]);
  assert.deepEqual(shown({ label: -1 }), [5]);
  assert.deepEqual(shown({ part: "val" }), [4]);
  assert.deepEqual(shown({ part: "test" }), []);
  assert.deepEqual(shown({ text: " oNe" }), [0]);
  assert.deepEqual(shown({ among: new Set([1, 3]), label: 1 }), [3]);
  const nameless = { ...set, names: set.names.map(() => "") };
  assert.deepEqual([...filtered(nameless, parts, { ...noFilter, text: "4" })], [4]);
  assert.deepEqual(parts, { names: ["train", "val"], of: [0, 0, 0, 0, 1, -1], isDrawn: false });
});

test("balance counts classes by part, and compares training pictures", () => {
  assert.deepEqual(classCounts(set, parts), [
    { label: 0, total: 3, byPart: [3, 0] },
    { label: 1, total: 2, byPart: [1, 1] },
    { label: 2, total: 0, byPart: [0, 0] },
    { label: -1, total: 1, byPart: [0, 0] },
  ]);
  assert.equal(imbalanceOf(classCounts(set, parts)), 3);
  assert.equal(imbalanceOf(classCounts({ ...set, labels: set.labels.map(() => -1) }, parts)), null);
});

test("every preset's step has sliders whose values stand in its JSON as they were", () => {
  for (const name of augmentationNames) {
    for (const step of augmentation(name, [64, 64]).map((one) => one.toJSON())) {
      const kind = kinds[step.name];
      assert.ok(kind, step.name);
      for (const parameter of kind.parameters) {
        const value = step[parameter.name];
        if (value === null || value === undefined) continue;
        const values = valuesOf(step, parameter);
        for (const one of values) assert.ok(one >= parameter.least && one <= parameter.most, parameter.name);
        const again = values.reduce((json, one, end) => withValue(json, parameter, one, end), step);
        assert.deepEqual(again[parameter.name], value, `${step.name} ${parameter.name}`);
      }
    }
  }
});

test("every step that can be added is taken by training, at both ends of each slider", () => {
  for (const [name, { initial, parameters }] of Object.entries(kinds)) {
    if (initial === null) continue;
    fromJSON(initial);
    for (const parameter of parameters) {
      for (const value of [parameter.least, parameter.most]) {
        for (const end of valuesOf(initial, parameter).keys()) {
          assert.equal(fromJSON(withValue(initial, parameter, value, end)).name, name);
        }
      }
    }
  }
});

test("ends of a span don't cross", () => {
  const parameter = kinds.RandomErasing!.parameters.find(({ name }) => name === "scale")!;
  const step = { name: "RandomErasing", p: 1, scale: [0.2, 0.4] };
  assert.deepEqual(withValue(step, parameter, 0.6, 0).scale, [0.6, 0.6]);
  assert.deepEqual(withValue(step, parameter, 0.1, 1).scale, [0.1, 0.1]);
});

test("a recipe is the command, and a file that training reads where no preset says it", () => {
  const steps = augmentation("standard", [64, 64]).map((step) => step.toJSON());
  const chosen = { data: "my photos", preset: "standard", isPreset: true, steps, size: null, seed: 0 };
  assert.equal(commandOf(chosen), "fovea train data='my photos' augment=standard");
  assert.equal(
    commandOf({ ...chosen, data: "mnist", isPreset: false, size: 32, seed: 7 }),
    "fovea train data=mnist augment=augment.json imgsz=32 seed=7",
  );
  assert.deepEqual(fromJSON(fileOf(chosen)).toJSON(), { name: "Compose", transforms: steps });
});
