// Runs the examples of docs/folders.md.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { mnist } from "../../src/data/index.ts";
import { runExample } from "../support/example.ts";

test("examples/folder.ts goes from files to a tested classifier", { timeout: 60_000 }, async () => {
  const lines = (await runExample("folder")).trim().split("\n");
  const [batch, epochs, tested, rest, shares] = lines as [string, string, string, string, string];
  assert.equal(batch, "uint8 [16,3,24,24], 16 labels");
  assert.equal(epochs, "6 epochs");
  const [, right, of] = /^(\d+) of (\d+) test pictures right$/.exec(tested)!.map(Number);
  assert.ok(of === 20 && right! >= 17, tested);
  assert.equal(rest, '{"epoch":0,"batch":1}: 9 of 10 batches left');
  const [, bars, discs] = /^bar and disc: (\d+) and (\d+)%$/.exec(shares)!.map(Number);
  assert.ok(Math.abs(bars! - 50) < 12 && Math.abs(discs! - 50) < 12, shares);
});

const photographs = fileURLToPath(new URL("../../../../shared/data/clothing", import.meta.url));
const noPhotographs = existsSync(photographs) ? false : `the photographs are not in ${photographs}`;

test("examples/clothing.ts learns in one epoch", { timeout: 200_000, skip: noPhotographs }, async () => {
  const output = await runExample("clothing", photographs, "--epochs", "1");
  const [, loss, share] = /^epoch 1: loss (\d\.\d+), training ([\d.]+)%/m.exec(output)!.map(Number);
  assert.ok(loss! < 2.3 && share! > 15, output);
  assert.match(output, /^[\d.]+% of 372 test pictures right with augmentation, seen as they are$/m);
  assert.match(output, /^[\d.]+% of 372 test pictures right .*, seen together with their mirror image$/m);
});

const noDigits = await mnist({ train: false }).then(
  () => false,
  ({ message }: Error) => message,
);

test("examples/digits.ts learns bent digits", { timeout: 120_000, skip: noDigits }, async () => {
  const output = await runExample("digits", "--epochs", "1");
  const [, share] = /([\d.]+)% of the test digits right/.exec(output)!.map(Number);
  assert.ok(share! > 96, output);
});
