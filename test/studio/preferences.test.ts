// Language and colours outlast the studio; a file that says something else does not trouble the next one.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { keepPreferences, keptPreferences } from "../../src/studio/keptPreferences.ts";
import { noPreferences } from "../../src/studio/preferences.ts";
import { openStudio, temporaryFolder } from "../support/studio.ts";

const json = { "Content-Type": "application/json" };

test("language and colours are kept from one studio to the next, what was shown is not", async () => {
  const [project, cache] = [temporaryFolder(), temporaryFolder()];
  const memory = path.join(cache, "fovea/studio.json");
  const first = await openStudio(project, { memory });
  const body = JSON.stringify({ language: "zh", theme: "dark", shown: ["classify/train"] });
  const { own, ask } = first;
  assert.equal(
    (await ask("/api/preferences", { method: "PUT", headers: { ...own, ...json }, body })).status,
    200,
  );
  await first.studio.close();
  assert.deepEqual(JSON.parse(readFileSync(memory, "utf8")), { language: "zh", theme: "dark" });
  assert.deepEqual(readdirSync(path.dirname(memory)), ["studio.json"]);

  const next = await openStudio(project, { memory });
  const answer = await next.ask("/api/preferences", {
    method: "PUT",
    headers: { ...next.own, ...json },
    body: "{}",
  });
  await next.studio.close();
  assert.deepEqual(JSON.parse(answer.text), { ...noPreferences, language: "zh", theme: "dark" });
});

test("a file that is missing, damaged or says something else counts for nothing", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "studio.json");
  assert.deepEqual(await keptPreferences(file), noPreferences);
  for (const text of ["", "{", "null", '{"language":"fr"}', '{"theme":7}']) {
    writeFileSync(file, text);
    assert.deepEqual(await keptPreferences(file), noPreferences, text);
  }
});

test("where it can't be kept nothing fails, and nothing is left behind", async () => {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, "studio.json/full"), { recursive: true }); // a folder in the file's place
  await keepPreferences(path.join(folder, "studio.json"), { ...noPreferences, language: "en" });
  assert.deepEqual(readdirSync(folder), ["studio.json"]);
});
