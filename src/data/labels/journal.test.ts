import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { FormatError, FoveaError, OptionError } from "../../base/errors.ts";
import { headLine, journalName } from "./journalText.ts";
import { LabelJournal, type NewAct, readLabels } from "./labelJournal.ts";

let folder = "";
let file = "";
const now = () => "2024-05-06T07:08:09.000Z";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "fovea-labels-"));
  file = path.join(folder, journalName);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function write(...acts: NewAct[]): Promise<void> {
  const journal = await LabelJournal.open(folder, { now });
  try {
    await journal.add(acts);
  } finally {
    await journal.close();
  }
}

/** The classes of some pictures, as the file has them. */
async function classes(...pictures: string[]): Promise<(string | null)[]> {
  const { state } = (await readLabels(folder))!;
  return pictures.map((picture) => state.classOf(picture, null));
}

test("a folder without a journal has none, and opening one makes no file", async () => {
  assert.equal(await readLabels(folder), null);
  const journal = await LabelJournal.open(folder);
  assert.deepEqual([journal.last, existsSync(file)], [0, false]);
  await journal.close();
  assert.deepEqual(readdirSync(folder), []);
});

test("the file is a head and a line for each act, and nothing else of an act gets in", async () => {
  await write({ act: "class", class: "cat", id: "a-1" });
  await write({
    act: "label",
    class: "cat",
    pictures: ["x.png", "x.png", "sub/é.png"],
    colour: "red",
  } as NewAct);
  assert.equal(
    readFileSync(file, "utf8"),
    `${headLine}{"n":1,"at":"${now()}","id":"a-1","act":"class","class":"cat"}\n` +
      `{"n":2,"at":"${now()}","act":"label","class":"cat","pictures":["x.png","sub/é.png"]}\n`,
  );
  assert.deepEqual(await classes("x.png", "sub/é.png", "y.png"), ["cat", "cat", null]);
});

test("whatever byte of the last line a write ends at, earlier lines stay and the next act is whole", async () => {
  await write({ act: "label", class: "cat", pictures: ["a.png"] });
  const before = statSync(file).size;
  await write({ act: "label", class: "dög", pictures: ["a.png", "b.png"] });
  const whole = readFileSync(file);
  for (let end = before; end < whole.length; end++) {
    writeFileSync(file, whole.subarray(0, end));
    const isWhole = end >= whole.length - 1; // without its end of line alone
    assert.deepEqual(
      await classes("a.png", "b.png"),
      isWhole ? ["dög", "dög"] : ["cat", null],
      `byte ${end}`,
    );
    await write({ act: "label", class: "cow", pictures: ["c.png"] });
    assert.deepEqual(await classes("a.png", "c.png"), [isWhole ? "dög" : "cat", "cow"], `byte ${end}`);
    assert.equal((await readLabels(folder))!.last, isWhole ? 3 : 2);
  }
  for (let end = 0; end < headLine.length; end++) {
    writeFileSync(file, headLine.slice(0, end));
    await write({ act: "label", class: "cat", pictures: ["a.png"] });
    assert.deepEqual(await classes("a.png"), ["cat"]);
  }
});

test("zeros that a file system leaves after a crash are no line", async () => {
  await write({ act: "label", class: "cat", pictures: ["a.png"] });
  appendFileSync(file, Buffer.alloc(300));
  assert.deepEqual(await classes("a.png"), ["cat"]);
  await write({ act: "label", class: "dog", pictures: ["a.png"] });
  assert.deepEqual(await classes("a.png"), ["dog"]);
});

test("damage in the middle is named by its line", async () => {
  await write(
    ...["a", "b", "c"].map((name): NewAct => ({ act: "label", class: "cat", pictures: [`${name}.png`] })),
  );
  const lines = readFileSync(file, "utf8").split("\n");
  const damaged = (line: number, text: string) => {
    writeFileSync(file, lines.map((own, i) => (i === line - 1 ? text : own)).join("\n"));
  };
  for (const [line, text, rule] of [
    [3, '{"n":2,"at":"","act":"label"', /labels\.jsonl: line 3: it is damaged, no JSON object/],
    [3, "", /line 3: it is damaged/],
    [3, "\u0000\u0000", /line 3: it is damaged/],
    [3, lines[1]!, /line 3: its number is 1, after 1/],
    [4, '{"n":9,"act":"paint","pictures":["a.png"]}', /line 4: labels: this version knows no act "paint"/],
    [
      4,
      '{"n":9,"act":"undo","of":7}',
      /line 4: labels: act 7 can't be undone; the next to be undone is act 2/,
    ],
    [
      2,
      '{"n":1,"act":"skip","pictures":["../a.png"]}',
      /line 2: labels: "\.\.\/a\.png" is no path of a picture/,
    ],
    [1, '{"format":"fovea-labels","version":2}', /line 1: version 2 of the format; this Fovea reads 1/],
    [1, '{"file_name":"a.png","label":"cat"}', /line 1: no journal of labels/],
  ] as const) {
    damaged(line, text);
    await assert.rejects(
      readLabels(folder),
      (error: Error) => error instanceof FormatError && rule.test(error.message),
    );
    await assert.rejects(LabelJournal.open(folder), rule);
  }
  assert.deepEqual(readdirSync(folder), [journalName], "a journal that can't be read is not held");
});

test("acts are written all or none, and each id once", async () => {
  const journal = await LabelJournal.open(folder, { now });
  const cat: NewAct = { act: "label", class: "cat", pictures: ["a.png"], id: "one" };
  assert.deepEqual(
    (await journal.add([cat, { act: "skip", pictures: ["b.png"], id: "two" }])).map(({ n }) => n),
    [1, 2],
  );
  const size = statSync(file).size;
  assert.deepEqual(
    (await journal.add([cat, { act: "skip", pictures: ["b.png"], id: "two" }])).map(({ n, isNew }) => [
      n,
      isNew,
    ]),
    [
      [1, false],
      [2, false],
    ],
  );
  await assert.rejects(
    journal.add([
      { act: "label", class: "cow", pictures: ["a.png"] },
      { act: "rename", class: "cat", to: "cow" },
    ]),
    OptionError,
  );
  assert.equal(statSync(file).size, size);
  assert.deepEqual([journal.state.classOf("a.png", null), journal.last], ["cat", 2]);
  await journal.close();
  await write(cat);
  assert.equal(statSync(file).size, size, "known after a new start too");
  await assert.rejects(journal.add([cat]), /is closed/);
});

test("acts handed in at once are written in their order", async () => {
  const journal = await LabelJournal.open(folder);
  const names = Array.from({ length: 40 }, (_, i) => `c${i}`);
  await Promise.all(names.map((name) => journal.add([{ act: "label", class: name, pictures: ["a.png"] }])));
  await journal.close();
  const lines = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => JSON.parse(line).class);
  assert.deepEqual(lines, names);
});

test("what another hand changed in the file is taken in before the next act", async () => {
  const journal = await LabelJournal.open(folder);
  await journal.add([{ act: "label", class: "cat", pictures: ["a.png"] }]);
  appendFileSync(file, '{"n":2,"at":"","act":"label","class":"dog","pictures":["a.png"]}\n');
  await journal.add([{ act: "skip", pictures: ["b.png"] }]);
  assert.deepEqual([journal.last, journal.state.classOf("a.png", null)], [3, "dog"]);
  rmSync(file);
  await journal.add([{ act: "skip", pictures: ["c.png"] }]);
  assert.equal(readFileSync(file, "utf8").split("\n").length, 3, "a head and an act, in a new file");
  await journal.close();
});

test("one process writes: the second is told which other one does", async () => {
  const journal = await LabelJournal.open(folder);
  await assert.rejects(LabelJournal.open(folder), /is open in this process already/);
  await journal.close();
  const script = `import { LabelJournal } from ${JSON.stringify(new URL("./labelJournal.js", import.meta.url).href)};
    await LabelJournal.open(process.argv[1]); process.stdout.write("open"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const rule = new RegExp(
      `labels\\.jsonl is being written by process ${child.pid}: .*remove .*\\.${child.pid}\\.lock$`,
    );
    await assert.rejects(
      LabelJournal.open(folder),
      (error: Error) => error instanceof FoveaError && rule.test(error.message),
    );
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    assert.equal(readdirSync(folder).length, 1, "its mark is still there");
    await write({ act: "skip", pictures: ["a.png"] });
    assert.deepEqual(readdirSync(folder), [journalName], "and was taken away");
  } finally {
    child.kill("SIGKILL");
  }
});

test("a mark of this process's own number is one of a process before it; one of another host stands", async () => {
  const host = hostname().replace(/[^\w-]/g, "_");
  writeFileSync(path.join(folder, `${journalName}.${host}.${process.pid}.lock`), "");
  await write({ act: "skip", pictures: ["a.png"] });
  writeFileSync(path.join(folder, `${journalName}.elsewhere.1.lock`), "");
  await assert.rejects(LabelJournal.open(folder), /written by process 1 on elsewhere/);
});

test("of many processes that come at once, one at most writes at any time", async () => {
  const script = `import { LabelJournal } from ${JSON.stringify(new URL("./labelJournal.js", import.meta.url).href)};
    let done = 0;
    for (let i = 0; i < 400 && done < 5; i++) {
      try {
        const journal = await LabelJournal.open(process.argv[1]);
        await journal.add([{ act: "skip", pictures: [process.pid + ".png"] }]);
        await journal.close();
        done++;
      } catch (error) {
        if (!/being written by/.test(error.message)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    process.exit(done === 5 ? 0 : 1);`;
  const codes = await Promise.all(
    Array.from(
      { length: 4 },
      () =>
        new Promise((resolve) =>
          spawn(process.execPath, ["--input-type=module", "-e", script, folder], { stdio: "inherit" }).once(
            "exit",
            resolve,
          ),
        ),
    ),
  );
  assert.deepEqual(codes, [0, 0, 0, 0]);
  assert.equal((await readLabels(folder))!.entries.length, 20);
});

test("100,000 lines are read", async () => {
  const lines = Array.from({ length: 100_000 }, (_, i) =>
    JSON.stringify({
      n: i + 1,
      at: now(),
      id: `p-${i}`,
      act: "label",
      class: `c${i % 10}`,
      pictures: [`p/${i % 5000}.png`],
    }),
  );
  writeFileSync(file, `${headLine}${lines.join("\n")}\n`);
  const { entries, state } = (await readLabels(folder))!;
  assert.deepEqual(
    [entries.length, state.classOf("p/4999.png", null), state.toUndo!.n],
    [100_000, "c9", 100_000],
  );
});
