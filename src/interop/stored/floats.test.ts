import assert from "node:assert/strict";
import { test } from "node:test";
import { floatTables, toBfloat16, toFloat16 } from "./floats.ts";

test("every binary16 survives the way there and back", () => {
  const table = floatTables.F16();
  for (let bits = 0; bits < 65536; bits++) {
    const value = table[bits]!;
    if (Number.isNaN(value)) assert.ok(Number.isNaN(table[toFloat16(value)]!));
    else assert.equal(toFloat16(value), bits);
  }
});

test("binary16 is rounded to the nearest, ties to even, with gradual underflow", () => {
  const table = floatTables.F16();
  for (let bits = 0; bits < 0x7bff; bits++) {
    const [low, high] = [table[bits]!, table[bits + 1]!];
    const middle = (low + high) / 2;
    assert.equal(toFloat16(middle), bits + (bits & 1));
    assert.equal(toFloat16(-middle), 0x8000 | (bits + (bits & 1)));
    assert.equal(toFloat16(middle + (high - low) / 8), bits + 1);
    assert.equal(toFloat16(middle - (high - low) / 8), bits);
  }
  assert.equal(toFloat16(65519), 0x7bff);
  assert.equal(toFloat16(65520), 0x7c00);
  assert.equal(toFloat16(Number.NEGATIVE_INFINITY), 0xfc00);
});

test("bfloat16 is the nearest upper half of a float32", () => {
  assert.deepEqual([1, -2.5, 0, -0].map(toBfloat16), [0x3f80, 0xc020, 0, 0x8000]);
  assert.equal(toBfloat16(1 + 2 ** -8), 0x3f80);
  assert.equal(toBfloat16(1 + 3 * 2 ** -8), 0x3f82);
  assert.equal(toBfloat16(1 + 2 ** -8 + 2 ** -20), 0x3f81);
  assert.equal(toBfloat16(3.4028234663852886e38), 0x7f80);
  assert.equal(toBfloat16(Number.POSITIVE_INFINITY), 0x7f80);
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, toBfloat16(Number.NaN));
  assert.ok(Number.isNaN(view.getFloat32(0)));
});
