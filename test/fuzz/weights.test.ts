// Damaged files of weights end with a typed error or a valid load, and never ask for more memory than their size excuses.
// `npm run fuzz` reads more of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { allocationsOf } from "../../scripts/fuzz/allocations.ts";
import { fuzz } from "../../scripts/fuzz/run.ts";
import { targets } from "../../scripts/fuzz/targets.ts";

for (const target of targets) {
  test(`2,000 damaged files: ${target.name}`, async () => {
    const { loaded, refused, failures } = await fuzz(target, 2000, 1);
    assert.deepEqual(failures, []);
    assert.equal(loaded + refused, 2000);
    // Damage that is always or never noticed would try nothing.
    assert.ok(loaded > 0 && refused > 200, `${loaded} loaded, ${refused} refused`);
  });
}

test("the memory that cases ask for is counted, whoever asks", async () => {
  const bytes = await allocationsOf(async () => {
    new Float32Array(new Uint8Array(100).buffer);
    Uint16Array.from([1, 2, 3]);
    new Int32Array(new Int8Array(5));
  });
  assert.equal(bytes, 100 + 6 + 5 + 20);
  await assert.rejects(
    allocationsOf(async () => void new Uint8Array(2 ** 31)),
    RangeError,
  );
});
