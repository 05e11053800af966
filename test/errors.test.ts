// What users read when they make a mistake: each message names the op or layer, the rule, the inputs and the way out.
// Every file of test/errors is a group of mistakes, with its messages beside it.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { FoveaError } from "../src/index.ts";

const sources = fileURLToPath(new URL("../../test/errors/", import.meta.url));
const groups = readdirSync(sources).flatMap((name) => (name.endsWith(".ts") ? [name.slice(0, -3)] : []));

for (const group of groups) {
  test(`messages of ${group} are as recorded (record with UPDATE_SNAPSHOTS=1)`, async () => {
    const { mistakes } = (await import(`./errors/${group}.js`)) as {
      mistakes: Record<string, () => unknown>;
    };
    const seen: Record<string, string> = {};
    for (const [name, call] of Object.entries(mistakes)) {
      try {
        await call();
      } catch (error) {
        assert.ok(error instanceof FoveaError, `${name}: ${error}`);
        seen[name] = `${error.name}: ${error.message}`;
      }
      assert.ok(name in seen, `${name}: did not throw`);
    }
    const file = `${sources}${group}.snapshot.json`;
    if (process.env.UPDATE_SNAPSHOTS) writeFileSync(file, `${JSON.stringify(seen, null, 2)}\n`);
    assert.ok(existsSync(file), `${file} is missing; record it`);
    assert.deepEqual(seen, JSON.parse(readFileSync(file, "utf8")));
  });
}
