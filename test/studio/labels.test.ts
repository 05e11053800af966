// Labels as the studio's server keeps them: acts once, one writer, pictures under safe names, and nothing outside of the folder.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { LabelJournal, readLabels } from "../../src/data/index.ts";
import { addPicture } from "../../src/studio/labels/newPicture.ts";
import type { ActsAnswer, LabelsAnswer, SentAct, SentAnswer } from "../../src/studio/shared/labels.ts";
import type { SetSummary } from "../../src/studio/shared/sets.ts";
import { shapePicture, writeShapes } from "../support/pictureFolder.ts";
import { type OpenStudio, openStudio, temporaryFolder } from "../support/studio.ts";

interface Opened extends OpenStudio {
  readonly folder: string;
  readonly at: string;
  readonly post: (where: string, body: object) => Promise<{ status: number; json: unknown }>;
  readonly get: <T>(where: string) => Promise<T>;
}

/** A studio on a folder of two pictures in each of three classes, and one beside them. */
async function labelStudio(): Promise<Opened> {
  const home = temporaryFolder();
  const folder = path.join(home, "photos");
  writeShapes(folder, 2);
  writeFileSync(path.join(folder, "new.png"), shapePicture("disc", 9));
  const opened = await openStudio(path.join(home, "runs"), { sets: { folders: [folder], known: [] } });
  const [set] = JSON.parse((await opened.ask("/api/sets")).text) as SetSummary[];
  const at = `/api/labels/${set!.id}`;
  const post: Opened["post"] = async (where, body) => {
    const headers = { ...opened.own, "Content-Type": "application/json" };
    const { status, text } = await opened.ask(at + where, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    return { status, json: JSON.parse(text) };
  };
  const get = async <T>(where: string) => JSON.parse((await opened.ask(at + where)).text) as T;
  return { ...opened, folder, at, post, get };
}

test("acts are written in their order, each once, and given out again", async () => {
  const { post, get, folder, studio } = await labelStudio();
  try {
    const { life, last, folders, own } = await get<LabelsAnswer>("");
    assert.deepEqual([last, folders, own], [0, ["disc", "square", "stripes"], [0, 0, 1, 1, 2, 2, -1]]);
    const acts: SentAct[] = [
      { id: "t-1", act: "label", class: "square", pictures: ["new.png"] },
      { id: "t-2", act: "label", class: "cube", pictures: ["new.png"] },
      { id: "t-3", act: "class", class: "disc" },
      { id: "t-4", act: "undo", of: "t-1" },
      { id: "t-5", act: "redo", of: 1 },
      { id: "t-6", act: "undo", of: "t-9" },
    ];
    const sent = (await post("/acts", { acts })).json as SentAnswer;
    assert.equal(sent.life, life);
    assert.deepEqual(sent.results, [
      { id: "t-1", n: 1 },
      { id: "t-2", problem: 'labels: there is no class "cube"' },
      { id: "t-3", problem: 'labels: there is a class "disc" already' },
      { id: "t-4", n: 2 },
      { id: "t-5", n: 3 },
      { id: "t-6", problem: 'labels: there is no act "t-9" to be undone' },
    ]);
    const again = (await post("/acts", { acts: [acts[0]!, acts[3]!] })).json as SentAnswer;
    assert.deepEqual(again.results, [
      { id: "t-1", n: 1 },
      { id: "t-4", n: 2 },
    ]);
    const { entries } = await get<ActsAnswer>("/acts/1");
    assert.deepEqual(
      entries.map(({ n, id, act }) => [n, id, act.act]),
      [
        [2, "t-4", "undo"],
        [3, "t-5", "redo"],
      ],
    );
    assert.equal((await readLabels(folder))!.state.classOf("new.png", null), "square");
    await assert.rejects(LabelJournal.open(folder), /is open in this process/);
  } finally {
    await studio.close();
  }
  await (await LabelJournal.open(folder)).close();
});

test("what is no act, and sets that can't be labelled, are refused", async () => {
  const { post, ask, at, studio, own } = await labelStudio();
  try {
    for (const body of [
      {},
      { acts: [] },
      { acts: "label" },
      { acts: [{ act: "skip", pictures: ["new.png"] }] },
      { acts: [{ id: "a b", act: "skip", pictures: ["new.png"] }] },
      { acts: Array.from({ length: 51 }, (_, i) => ({ id: `a${i}`, act: "skip", pictures: ["new.png"] })) },
      { acts: [{ id: "a", act: "skip", pictures: ["new.png"] }], more: 1 },
    ]) {
      assert.equal((await post("/acts", body)).status, 400, JSON.stringify(body));
    }
    const { json } = await post("/acts", {
      acts: [
        { id: "a", act: "skip", pictures: ["../new.png"] },
        { id: "b", act: "paint", pictures: ["new.png"] },
      ],
    });
    assert.ok((json as SentAnswer).results.every((result) => "problem" in result));
    assert.equal((await ask(`${at}/acts/x`)).status, 400);
    assert.equal((await ask("/api/labels/nothing")).status, 404);
    const foreign = { ...own, Origin: "http://example.org", "Content-Type": "application/json" };
    assert.equal((await ask(`${at}/acts`, { method: "POST", headers: foreign, body: "{}" })).status, 403);
    assert.equal((await ask(`${at}/acts/0`, { headers: {} })).status, 401);
    for (const to of ["../x", "a/b", ".x", "", "x.", 3]) {
      assert.equal((await post("/export", { to })).status, 400, String(to));
    }
  } finally {
    await studio.close();
  }
});

test("a folder that another studio writes to says so", async () => {
  const { ask, at, folder, studio } = await labelStudio();
  const journal = await LabelJournal.open(folder);
  try {
    const { status, text } = await ask(at);
    assert.deepEqual([status, /is open in this process already/.test(text)], [400, true]);
  } finally {
    await journal.close();
  }
  assert.equal((await ask(at)).status, 200, "and is there as soon as that one is gone");
  await studio.close();
});

test("new pictures get names of their own, and what is there stays", async () => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, "a.png"), "mine");
  writeFileSync(path.join(folder, "secret"), "secret");
  symlinkSync(path.join(folder, "secret"), path.join(folder, "link.png"));
  const bytes = shapePicture("disc", 1);
  const names: string[] = [];
  for (const name of [
    "a.png",
    "../../b.jpeg",
    "C:\\c.bmp",
    ".hidden",
    "",
    "con.png",
    "猫 1.png",
    "x<y>|z?.png",
    "link.png",
    `${"long".repeat(60)}.png`,
  ]) {
    names.push((await addPicture(folder, name, "png", bytes)).name);
  }
  assert.deepEqual(names.slice(0, 9), [
    "a-2.png",
    "b.png",
    "c.png",
    "hidden.png",
    "picture.png",
    "picture-con.png",
    "猫 1.png",
    "x-y-z.png",
    "link-2.png",
  ]);
  assert.equal(names[9]!.length, 84);
  assert.deepEqual(await addPicture(folder, "b.png", "png", bytes), { name: "b.png", isNew: false });
  assert.equal((await addPicture(folder, "b.png", "png", shapePicture("disc", 2))).name, "b-2.png");
  assert.equal(readFileSync(path.join(folder, "a.png"), "utf8"), "mine");
  assert.equal(readFileSync(path.join(folder, "secret"), "utf8"), "secret");
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith(".part")),
    [],
  );
});

test("what is no picture is not taken in", async () => {
  const { ask, at, folder, studio, own } = await labelStudio();
  try {
    const headers = { ...own, "Content-Type": "application/octet-stream" };
    for (const body of ["", "GIF89a", "\u0089PNG\r\n\u001a\n and no more", "<svg onload=alert(1)>"]) {
      const { status } = await ask(`${at}/pictures/x.png`, { method: "POST", headers, body });
      assert.equal(status, 400, body);
    }
    const huge = { ...headers, "Content-Length": String(2 ** 30) };
    assert.equal(
      (await ask(`${at}/pictures/x.png`, { method: "POST", headers: huge, body: "x" })).status,
      413,
    );
    assert.equal(existsSync(path.join(folder, "x.png")), false);
  } finally {
    await studio.close();
  }
});
