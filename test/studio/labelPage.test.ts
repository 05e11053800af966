// The page Label without its components: keys, rows, and acts on their way to a server that fails as it likes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { LabelEntry, SentAct } from "../../src/studio/shared/labels.ts";
import { LabelState } from "../../src/studio/shared/labels.ts";
import { Random } from "../../src/tensor/random.ts";
import { commandOf, keyOf, type Press } from "../../studio/label/keys.ts";
import { Labelling, type LabelServer } from "../../studio/label/labelling.ts";
import { type Keep, Outbox } from "../../studio/label/outbox.ts";
import { countsOf, nextAfter, rowsOf, shownOf } from "../../studio/label/rows.ts";

function key(name: string, more: Partial<Press> = {}): Press {
  const code = /^[a-z]$/i.test(name) ? `Key${name.toUpperCase()}` : /^\d$/.test(name) ? `Digit${name}` : name;
  const plain = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, isComposing: false };
  return { key: name, code, ...plain, ...more };
}

test("keys of classes and commands", () => {
  const kindOf = (press: Press, isInGrid = false) => {
    const command = commandOf(press, isInGrid);
    return command?.kind === "class" ? command.index : (command?.kind ?? null);
  };
  assert.deepEqual(
    [..."1290qw"].map((name) => kindOf(key(name))),
    [0, 1, 8, 9, 10, 11],
  );
  assert.deepEqual(
    [..."usxbrkn"].map((name) => kindOf(key(name))),
    ["undo", "skip", "drop", "restore", "redo", "keep", "newClass"],
  );
  assert.equal(kindOf(key("&", { code: "Digit1" })), 0, "figures by their place, on a French keyboard");
  assert.equal(
    kindOf(key("Process", { code: "KeyS" })),
    "skip",
    "letters by their place, with an input method",
  );
  assert.equal(kindOf(key("z", { ctrlKey: true })), "undo");
  assert.equal(kindOf(key("Z", { metaKey: true, shiftKey: true })), "redo");
  assert.equal(kindOf(key("y", { ctrlKey: true })), "redo");
  for (const press of [
    key("a", { ctrlKey: true }),
    key("s", { altKey: true }),
    key("s", { shiftKey: true }),
    key("F5"),
    key("Tab"),
  ]) {
    assert.equal(kindOf(press), null, press.key);
  }
  assert.equal(kindOf(key("ArrowRight")), "move");
  assert.equal(kindOf(key("ArrowRight"), true), null, "the grid's own");
  assert.equal(kindOf(key("?", { code: "Slash", shiftKey: true })), "help");
  const keys = Array.from({ length: 40 }, (_, i) => keyOf(i)).filter((name) => name !== null);
  assert.equal(new Set(keys).size, 29);
  for (const [i, name] of keys.entries()) assert.equal(kindOf(key(name)), i);
});

test("rows, counts, filters and the picture that comes next", () => {
  const state = new LabelState();
  const names = ["a/0", "a/1", "b/0", "x0", "x1", "x2", "x3"];
  const answer = {
    life: "",
    last: 0,
    folder: "",
    version: "",
    folders: ["a", "b"],
    own: [0, 0, 1, -1, -1, -1, -1],
  };
  state.apply({ n: 1, act: { act: "label", class: "b", pictures: ["a/1", "x0"] } });
  state.apply({ n: 2, act: { act: "skip", pictures: ["x1", "b/0"] } });
  state.apply({ n: 3, act: { act: "drop", pictures: ["a/0"] } });
  const rows = rowsOf(names, answer, state);
  assert.deepEqual(countsOf(rows), {
    all: 7,
    labelled: 3,
    unlabelled: 2,
    skipped: 2,
    dropped: 1,
    byClass: [0, 3],
  });
  const said = { suggested: [6, 5, 3], suspected: [1] };
  const show = (kind: "all" | "unlabelled" | "skipped" | "dropped" | "suggested" | "suspected") =>
    shownOf(rows, { kind }, said);
  assert.deepEqual(show("unlabelled"), [5, 6]);
  assert.deepEqual(show("skipped"), [2, 4]);
  assert.deepEqual(show("dropped"), [0]);
  assert.deepEqual(show("suggested"), [6, 5], "in the order in which they were given");
  assert.deepEqual(shownOf(rows, { kind: "class", name: "b" }, said), [1, 2, 3]);
  assert.equal(nextAfter(rows, { kind: "all" }, show("all"), new Set([1])), 5);
  assert.equal(nextAfter(rows, { kind: "all" }, show("all"), new Set([5, 6])), null);
  assert.equal(nextAfter(rows, { kind: "skipped" }, [2, 4], new Set([2])), 4);
  assert.equal(nextAfter(rows, { kind: "skipped" }, [2, 4], new Set([4])), 2, "round from the last");
});

/** A browser's storage. */
class Storage implements Keep {
  readonly #items = new Map<string, string>();
  get length() {
    return this.#items.size;
  }
  key(i: number) {
    return [...this.#items.keys()][i] ?? null;
  }
  getItem(name: string) {
    return this.#items.get(name) ?? null;
  }
  setItem(name: string, value: string) {
    this.#items.set(name, value);
  }
  removeItem(name: string) {
    this.#items.delete(name);
  }
}

/** A server with a journal; requests and answers are lost, and it begins another life, by chance. */
class FlakyServer {
  readonly entries: LabelEntry[] = [];
  readonly state = new LabelState();
  readonly #random: Random;
  isCalm = false;
  #life = 0;

  constructor(seed: number) {
    this.#random = new Random(seed, 3);
  }

  readonly door: LabelServer = {
    load: () =>
      this.#answer(() => ({
        life: `${this.#life}`,
        last: this.entries.length,
        folder: "",
        version: "",
        folders: ["a"],
        own: [],
      })),
    acts: (after) =>
      this.#answer(() => ({
        life: `${this.#life}`,
        last: this.entries.length,
        entries: this.entries.slice(after, after + 7),
      })),
    send: (acts) =>
      this.#answer(() => ({
        life: `${this.#life}`,
        results: acts.map((act) => this.write(structuredClone(act))),
      })),
  };

  write(sent: SentAct) {
    const { id, ...rest } = sent;
    const known = this.entries.find((entry) => entry.id === id);
    if (known) return { id, n: known.n };
    const n = this.entries.length + 1;
    const numberOf = (of: string | number) => this.entries.find((entry) => entry.id === of)?.n ?? Number(of);
    const act = ("of" in rest ? { ...rest, of: numberOf(rest.of) } : rest) as LabelEntry["act"];
    try {
      this.state.apply({ n, act });
    } catch (error) {
      return { id, problem: String(error) };
    }
    this.entries.push({ n, at: "", id, act });
    return { id, n };
  }

  async #answer<T>(make: () => T): Promise<T> {
    await pause(0);
    const chance = this.isCalm ? 9 : this.#random.integer(10);
    if (chance === 0) this.#life++;
    if (chance < 3) throw new Error("the line is cut");
    const answer = make();
    if (chance < 5) throw new Error("the answer is lost");
    return answer;
  }
}

test("two tabs, one of which dies, at a server that fails half of the time: every act is written once", {
  timeout: 60_000,
}, async () => {
  for (let seed = 0; seed < 15; seed++) {
    const random = new Random(seed, 9);
    const server = new FlakyServer(seed);
    const keep = new Storage();
    const tabs = ["one", "two"].map((name) => new Labelling(server.door, new Outbox(keep, "set", name)));
    const wished: string[] = [];
    for (let i = 0; i < 60; i++) {
      const tab = tabs[random.integer(2)]!;
      const picture = `p${random.integer(8)}`;
      if (random.integer(5) === 0) tab.step(random.integer(2) === 0 ? "undo" : "redo");
      else {
        tab.act({ act: "label", class: `c${i}`, pictures: [picture] });
        wished.push(`c${i}`);
        assert.equal(tab.state.classOf(picture, null), `c${i}`, "at once");
      }
      if (i === 40) {
        tabs[1]!.close();
        const outbox = new Outbox(keep, "set", "three");
        outbox.adopt("set", (owner) => owner === "one");
        tabs[1] = new Labelling(server.door, outbox);
      }
      if (random.integer(4) === 0) await pause(1);
    }
    server.isCalm = true;
    for (let i = 0; i < 400 && tabs.some(({ waiting }) => waiting.value > 0); i++) await pause(5);
    const last = server.entries.length;
    for (const tab of tabs) tab.hear(tab.answer.value?.life ?? "", last);
    const seen = (tab: Labelling) => Array.from({ length: 8 }, (_, p) => tab.state.classOf(`p${p}`, null));
    const real = Array.from({ length: 8 }, (_, p) => server.state.classOf(`p${p}`, null));
    for (let i = 0; i < 400 && tabs.some((tab) => seen(tab).join() !== real.join()); i++) await pause(5);
    const written = server.entries.flatMap(({ act }) => (act.act === "label" ? act.class : []));
    assert.deepEqual([...written].sort(), [...wished].sort(), `seed ${seed}: nothing lost, nothing doubled`);
    for (const tab of tabs) {
      assert.equal(tab.waiting.value, 0);
      assert.deepEqual(seen(tab), real, `seed ${seed}`);
      tab.close();
    }
    assert.equal(keep.length, 0, "nothing is left in the browser");
  }
});

test("a browser that keeps nothing says so, and acts are sent all the same", async () => {
  const server = new FlakyServer(1);
  server.isCalm = true;
  const full = new Storage();
  full.setItem = () => {
    throw new Error("the quota has been exceeded");
  };
  const tab = new Labelling(server.door, new Outbox(full, "set", "one"));
  tab.act({ act: "skip", pictures: ["a"] });
  assert.equal(tab.trouble.value, "the quota has been exceeded");
  for (let i = 0; i < 100 && tab.waiting.value > 0; i++) await pause(5);
  assert.deepEqual([server.entries.length, tab.waiting.value], [1, 0]);
  tab.close();
});
