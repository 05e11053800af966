// The guide's programs run, its names exist, and the table in the documents is what it says.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as fovea from "../index.ts";

const { guide, guideTasks } = fovea.nn;
const page = readFileSync(new URL("../../../docs/losses.md", import.meta.url), "utf8");

/** Runs a program that imports from "fovea" alone, and gives what it prints. */
async function runSnippet(snippet: string): Promise<unknown[]> {
  const [head = "", names = ""] = /^import \{ (.*) \} from "fovea";\n/.exec(snippet) ?? [];
  const wanted = names.split(", ");
  for (const name of wanted) assert.ok(name in fovea, `fovea has no ${name}`);
  const printed: unknown[] = [];
  const run = new Function(...wanted, "console", `return (async () => {${snippet.slice(head.length)}})();`);
  const library = fovea as unknown as Record<string, unknown>;
  await run(...wanted.map((name) => library[name]), { log: (value: unknown) => printed.push(value) });
  return printed;
}

for (const task of guideTasks()) {
  test(`the program for ${task} runs`, async () => {
    const { loss, outputActivation, snippet, why } = guide(task);
    assert.ok(loss in fovea.nn, loss);
    assert.ok(outputActivation in fovea.nn || outputActivation in fovea, outputActivation);
    assert.ok(snippet.includes(`new nn.${loss}()`));
    assert.ok(/^(.*?\.(?= |$)){2,3}/.test(why), why);
    fovea.manualSeed(1);
    const [prediction] = (await runSnippet(snippet)) as [number[][]];
    assert.equal(prediction.length, 4);
    assert.ok(prediction.flat().every(Number.isFinite));
  });
}

test("the programs learn", async () => {
  fovea.manualSeed(1);
  const [shares] = (await runSnippet(guide("multi-class").snippet)) as [number[][]];
  assert.deepEqual(
    shares.map((row) => row.indexOf(Math.max(...row))),
    [0, 1, 1, 2],
  );
  const [counts] = (await runSnippet(guide("count").snippet)) as [number[][]];
  assert.ok(Math.abs(counts[3]![0]! - 9) < 3, `${counts}`);
});

test("tasks may be spelt in many ways", () => {
  for (const name of ["multiclass", "Multi Class", "MULTI_CLASS", "classification"]) {
    assert.equal(guide(name).task, "multi-class");
  }
  assert.throws(() => guide("regresion"), /Did you mean regression\?/);
  assert.throws(() => guide("constructor"), fovea.OptionError);
});

test("the table of docs/losses.md is the guide's", () => {
  const rows = guideTasks().map((task) => {
    const { outputActivation, loss, why } = guide(task);
    return `| ${task} | \`${outputActivation}\` | \`${loss}\` | ${why} |`;
  });
  const table = ["| task | output activation | loss | why |", "| --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
  assert.ok(page.includes(table), `docs/losses.md should contain\n${table}`);
});
