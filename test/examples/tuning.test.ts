// Runs the examples of docs/tuning.md in their short form.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { mnist } from "../../src/data/index.ts";
import { decodeImage } from "../../src/picture/index.ts";
import { runExample } from "../support/example.ts";

const noDigits = await mnist({ train: false }).then(
  () => false,
  ({ message }: Error) => message,
);
const folder = mkdtempSync(path.join(tmpdir(), "fovea-tuning-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The rows of an example's table, without the titles; its plot must be a picture. */
async function rowsOf(name: string): Promise<string[][]> {
  const file = path.join(folder, `${name}.png`);
  const lines = (await runExample(name, "--quick", "--plot", file)).trim().split("\n");
  const { width, height } = await decodeImage(readFileSync(file), { file });
  assert.deepEqual([width, height], [640, 400]);
  return lines.slice(1).map((line) => line.trim().split(/ {2,}/));
}

const share = (cell: string | undefined) => Number.parseFloat(cell!);

test("examples/learningRates.ts shows that a small rate learns nothing in few steps, and Adam does", {
  timeout: 120_000,
  skip: noDigits,
}, async () => {
  const rows = new Map((await rowsOf("learningRates")).map((row) => [row[0], row]));
  assert.equal(rows.size, 5);
  const [first, last] = rows.get("SGD 0.0003")!.slice(1).map(share);
  assert.ok(Math.abs(first! - last!) < 0.05, `${first} ${last}`);
  const adam = rows.get("Adam 0.001")!;
  assert.ok(share(adam[2]) < share(adam[1]), adam.join());
});

test("examples/batchSizes.ts shows that small batches learn more from the same pictures", {
  timeout: 120_000,
  skip: noDigits,
}, async () => {
  const rows = await rowsOf("batchSizes");
  assert.deepEqual(
    rows.map(([batch, steps]) => [batch, steps]),
    [
      ["8", "128"],
      ["64", "16"],
      ["512", "2"],
    ],
  );
  assert.ok(share(rows[0]![2]) > share(rows[2]![2]) + 20, rows.join("; "));
});

test("examples/plateau.ts and restarts.ts run", { timeout: 120_000, skip: noDigits }, async () => {
  const [early, late] = await rowsOf("plateau");
  assert.ok(share(late![2]) > share(early![2]), `${early}; ${late}`);
  assert.deepEqual(
    (await rowsOf("restarts")).map(([name]) => name),
    ["constant", "falling (cosine)", "2 times falling"],
  );
});
