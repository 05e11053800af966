// Transforms with fixed parameters give torchvision's and Pillow's bytes.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArrayData } from "../../src/interop/index.ts";
import type { Picture } from "../../src/picture/picture.ts";
import * as functional from "../../src/transforms/functional/index.ts";
import { applyPolicyStep } from "../../src/transforms/policy.ts";
import { readStored, stored } from "./harness.ts";

/** One call. Strings are names of stored arrays. */
interface CaseRow {
  readonly id: string;
  readonly function: string;
  readonly picture: string;
  readonly args: readonly unknown[];
  readonly input: string;
  readonly output: string;
  /** Every byte must agree; otherwise 99% of them within one grey level. */
  readonly exact?: boolean;
  readonly note?: string;
}

interface Index {
  readonly torchvision: string;
  readonly pillow: string;
  readonly cases: readonly CaseRow[];
}

type Call = (picture: Picture, ...args: unknown[]) => Picture;

const { index, tensors } = readStored<Index>("transforms.safetensors");

function pictureOf({ shape, data }: ArrayData): Picture {
  const [height, width, channels] = shape as [number, number, number];
  return { width, height, channels, data: data as Uint8Array };
}

/** What differs between a case's result and what is stored, or null. */
function difference(row: CaseRow): string | null {
  const call = ({ ...functional, policy: applyPolicyStep } as unknown as Record<string, Call>)[row.function];
  assert.ok(call, `there is no function ${row.function}`);
  const args = row.args.map((arg) => {
    const held = arg as { tensor?: string } | null;
    return typeof held?.tensor === "string" ? stored(tensors, held.tensor).data : arg;
  });
  const actual = call(pictureOf(stored(tensors, row.input)), ...args);
  const expected = pictureOf(stored(tensors, row.output));
  const shape = ({ height, width, channels }: Picture) => `${height} × ${width} × ${channels}`;
  if (shape(actual) !== shape(expected)) return `is ${shape(actual)}, expected ${shape(expected)}`;
  let far = 0;
  let largest = 0;
  for (const [i, value] of expected.data.entries()) {
    const distance = Math.abs(value - actual.data[i]!);
    if (distance > (row.exact ? 0 : 1)) far++;
    largest = Math.max(largest, distance);
  }
  const share = far / expected.data.length;
  if (share <= (row.exact ? 0 : 0.01)) return null;
  return `${(100 * share).toFixed(2)}% of the bytes are off, by up to ${largest}`;
}

const byFunction = new Map<string, CaseRow[]>();
for (const row of index.cases) byFunction.set(row.function, [...(byFunction.get(row.function) ?? []), row]);
for (const [name, rows] of byFunction) {
  test(`${name}: ${rows.length} cases`, () => {
    const problems = rows.flatMap((row) => {
      const problem = difference(row);
      return problem ? [`${row.id} ${row.picture} ${JSON.stringify(row.args)}: ${problem}`] : [];
    });
    assert.equal(problems.length, 0, problems.join("\n"));
  });
}

test("transforms are stored", (t) => {
  t.diagnostic(`${index.cases.length} cases of torchvision ${index.torchvision} and Pillow ${index.pillow}`);
  assert.ok(index.cases.length > 200);
});
