// Comparison of tensors' values in tests, with PyTorch's float32 tolerances.
import assert from "node:assert/strict";

/** Relative and absolute tolerance. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** What torch.testing.assert_close uses for float32. */
export const float32: Tolerance = { rtol: 1.3e-6, atol: 1e-5 };

/** Fails unless `|a − e| ≤ atol + rtol · |e|` for every element; NaN equals NaN. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  { rtol, atol }: Tolerance = float32,
): void {
  assert.equal(actual.length, expected.length, `${what}: number of elements`);
  for (let i = 0; i < actual.length; i++) {
    const a = actual[i]!;
    const e = expected[i]!;
    if (Object.is(a, e) || a === e || (Number.isNaN(a) && Number.isNaN(e))) continue;
    if (!(Math.abs(a - e) <= atol + rtol * Math.abs(e))) {
      assert.fail(`${what}: element ${i} is ${a}, expected ${e}`);
    }
  }
}
