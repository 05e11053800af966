import assert from "node:assert/strict";
import { test } from "node:test";
import { OptionError } from "../../base/errors.ts";
import { Random } from "../../tensor/random.ts";
import { checkAct, checkClassName, checkPicturePath, type LabelAct } from "./acts.ts";
import { LabelState } from "./labelState.ts";

/** Applies acts, numbered from 1. */
function stateOf(...acts: LabelAct[]): LabelState {
  const state = new LabelState();
  for (const [i, act] of acts.entries()) state.apply({ n: i + 1, act });
  return state;
}

const label = (name: string, ...pictures: string[]): LabelAct => ({ act: "label", class: name, pictures });

test("labels go over those of folders", () => {
  const state = stateOf(label("dog", "cat/1.png"), { act: "unlabel", pictures: ["cat/2.png"] });
  assert.deepEqual(
    ["cat/1.png", "cat/2.png", "cat/3.png"].map((picture) => state.classOf(picture, "cat")),
    ["dog", null, "cat"],
  );
  assert.deepEqual(state.classes(["cat"]), ["cat", "dog"]);
});

test("a renamed class stays the same one, and a new one of the old name is another", () => {
  const state = stateOf(
    { act: "rename", class: "cat", to: "kitten" },
    { act: "class", class: "cat" },
    label("cat", "a.png"),
    label("kitten", "b.png"),
    { act: "rename", class: "cat", to: "lion" },
  );
  assert.deepEqual([state.classOf("a.png", null), state.classOf("b.png", null)], ["lion", "kitten"]);
  assert.equal(state.classOf("cat/1.png", "cat"), "kitten", "the folder's class went with the name");
  assert.deepEqual(state.classes(["cat"]), ["kitten", "lion"]);
});

test("merged classes are one, removed ones none, and both come back", () => {
  const state = stateOf(label("cat", "a.png"), label("dog", "b.png"), {
    act: "merge",
    class: "cat",
    into: "dog",
  });
  assert.deepEqual([state.classOf("a.png", null), state.classOf("cat/1.png", "cat")], ["dog", "dog"]);
  state.apply({ n: 4, act: { act: "remove", class: "dog" } });
  assert.deepEqual(
    ["a.png", "b.png"].map((p) => state.classOf(p, null)),
    [null, null],
  );
  assert.deepEqual(state.classes(["cat", "dog"]), []);
  state.apply({ n: 5, act: { act: "undo", of: 4 } });
  state.apply({ n: 6, act: { act: "undo", of: 3 } });
  assert.deepEqual(
    ["a.png", "b.png"].map((p) => state.classOf(p, null)),
    ["cat", "dog"],
  );
  assert.throws(
    () => state.apply({ n: 7, act: { act: "rename", class: "cat", to: "dog" } }),
    /there is a class "dog" already/,
  );
});

test("skipping puts off, dropping keeps out, a label brings back", () => {
  const state = stateOf(
    label("cat", "a.png"),
    { act: "skip", pictures: ["a.png", "b.png"] },
    { act: "drop", pictures: ["c.png"] },
  );
  assert.deepEqual(
    ["a.png", "b.png", "c.png"].map((p) => state.fateOf(p)),
    ["skipped", "skipped", "dropped"],
  );
  assert.equal(state.classOf("a.png", null), "cat");
  state.apply({ n: 4, act: label("dog", "b.png", "c.png") });
  state.apply({ n: 5, act: { act: "restore", pictures: ["a.png"] } });
  assert.deepEqual(
    ["a.png", "b.png", "c.png"].map((p) => state.fateOf(p)),
    [null, null, null],
  );
});

test("a label that stands is kept until it changes", () => {
  const state = stateOf({ act: "keep", pictures: ["cat/1.png"] });
  assert.equal(state.isKept("cat/1.png"), true);
  state.apply({ n: 2, act: label("dog", "cat/1.png") });
  assert.equal(state.isKept("cat/1.png"), false);
});

/** What a state says, in full. */
function told(state: LabelState, pictures: readonly string[]): unknown {
  return [
    pictures.map((picture) => [
      state.classOf(picture, picture.slice(0, 1)),
      state.fateOf(picture),
      state.isKept(picture),
    ]),
    state.classes(["a", "b"]),
  ];
}

test("undo and redo against a model that does everything anew, 200 seeded walks", () => {
  const pictures = ["a1", "a2", "b1", "b2", "x1"];
  for (let seed = 0; seed < 200; seed++) {
    const random = new Random(seed, 5);
    const pick = <T>(list: readonly T[]): T => list[random.integer(list.length)]!;
    const state = new LabelState();
    let n = 0;
    let done: { n: number; act: LabelAct }[] = [];
    let undone: { n: number; act: LabelAct }[] = [];
    for (let step = 0; step < 40; step++) {
      n++;
      const kind = random.integer(10);
      if (kind < 3) {
        const last = done.at(-1);
        assert.equal(state.toUndo?.n ?? null, last?.n ?? null);
        if (!last) continue;
        state.apply({ n, act: { act: "undo", of: last.n } });
        done = done.slice(0, -1);
        undone.push(last);
      } else if (kind < 5) {
        const last = undone.pop();
        assert.equal(state.toRedo?.n ?? null, last?.n ?? null);
        if (!last) continue;
        state.apply({ n, act: { act: "redo", of: last.n } });
        done = [...done, last];
      } else {
        const names = ["a", "b", "c", "d"];
        const some = pictures.filter(() => random.integer(2) === 0);
        const list = some.length > 0 ? some : ["x1"];
        const act: LabelAct = pick<LabelAct>([
          { act: "label", class: pick(names), pictures: list },
          { act: "unlabel", pictures: list },
          { act: pick(["skip", "drop", "restore", "keep"] as const), pictures: list },
          { act: "class", class: pick(names) },
          { act: "rename", class: pick(names), to: pick(names) },
          { act: "merge", class: pick(names), into: pick(names) },
          { act: "remove", class: pick(names) },
        ]);
        const before = told(state, pictures);
        try {
          state.apply({ n, act });
          done = [...done, { n, act }];
          undone = [];
        } catch (error) {
          assert.ok(error instanceof OptionError);
          assert.deepEqual(told(state, pictures), before, "an act that is refused changes nothing");
        }
      }
      const anew = new LabelState();
      for (const entry of done) anew.apply(entry);
      assert.deepEqual(told(state, pictures), told(anew, pictures), `seed ${seed}, step ${step}`);
    }
  }
});

test("names of classes and paths of pictures", () => {
  for (const name of ["cat", "大熊猫", "10", "two words", "a.b", "__proto__"])
    assert.equal(checkClassName(name), name);
  for (const name of [
    "",
    ".",
    "..",
    "a/b",
    "a\\b",
    "a:b",
    "a\nb",
    " a",
    "a.",
    ".hidden",
    "con",
    "Lpt1.x",
    "x".repeat(121),
    3,
    null,
  ]) {
    assert.throws(() => checkClassName(name), OptionError, String(name));
  }
  for (const path of ["a.png", "a/b c/ü.png", "...png"]) assert.equal(checkPicturePath(path), path);
  for (const path of [
    "",
    "/a.png",
    "../a.png",
    "a/../b.png",
    "a//b.png",
    "./a.png",
    "a\\b.png",
    "C:/a.png",
    "a\u0000.png",
    3,
  ]) {
    assert.throws(() => checkPicturePath(path), OptionError, String(path));
  }
  for (const value of [
    null,
    "label",
    [],
    { act: "lable" },
    { act: "label", class: "a" },
    { act: "label", class: "a", pictures: [] },
    { act: "undo", of: 0 },
    { act: "toString" },
  ]) {
    assert.throws(() => checkAct(value), OptionError, JSON.stringify(value));
  }
});
