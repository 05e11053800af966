// The optimizers walk the paths that PyTorch's walk, and layers start from PyTorch's distribution.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createReferenceBackend } from "../../src/check/index.ts";
import { createWasmBackend, manualSeed, nn, optim, withBackend } from "../../src/index.ts";
import { assertClose } from "../support/close.ts";
import { difference, leafOf, readStored, stored } from "./harness.ts";

interface Run {
  readonly name: string;
  readonly optimizer: "SGD" | "Adam" | "AdamW";
  readonly options: Readonly<Record<string, number | boolean | [number, number]>>;
  /** Learning rate from step 51 on. */
  readonly laterRate?: number;
  /** Loss at the first and at the last step. */
  readonly losses: readonly [number, number];
}

const { index, tensors } = readStored<{ steps: readonly number[]; runs: readonly Run[] }>(
  "optim.safetensors",
);
const { steps, runs } = index;
const backends = { reference: createReferenceBackend(), wasm: createWasmBackend() };

for (const [backendName, backend] of Object.entries(backends)) {
  for (const run of runs) {
    test(`${run.name} on ${backendName}`, () => withBackend(backend, () => follow(run)));
  }
}

function follow({ name, optimizer: kind, options, laterRate, losses }: Run): void {
  const a = nn.parameter(leafOf(stored(tensors, "a")));
  const b = nn.parameter(leafOf(stored(tensors, "b")));
  const x = leafOf(stored(tensors, "x"));
  const target = leafOf(stored(tensors, "t"));
  const optimizer = new optim[kind]([a, b], options);
  const problems: string[] = [];
  const seen: number[] = [];
  for (let step = 1; step <= 100; step++) {
    if (step === 51 && laterRate !== undefined) optimizer.lr = laterRate;
    const error = x.matmul(a).add(b).tanh().sub(target);
    const loss = error.square().mean().add(b.square().sum().mul(0.05));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    if (step === 1 || step === 100) seen.push(loss.itemSync());
    if (!steps.includes(step)) continue;
    for (const [key, value] of Object.entries({ a, b })) {
      const problem = difference(value, stored(tensors, `${name}.${step}.${key}`));
      if (problem) problems.push(`${key} after step ${step}: ${problem}`);
    }
  }
  assert.deepEqual(problems, []);
  assertClose(seen, losses, "first and last loss");
}

/** Fails unless the values look drawn from U(−bound, bound). */
function assertUniform(what: string, values: ArrayLike<number>, bound: number): void {
  const list = Array.from(values);
  const largest = Math.max(...list.map(Math.abs));
  assert.ok(largest <= bound && largest > 0.98 * bound, `${what}: largest ${largest}, bound ${bound}`);
  const mean = list.reduce((sum, v) => sum + v, 0) / list.length;
  const square = list.reduce((sum, v) => sum + v * v, 0) / list.length;
  // Five standard errors of a uniform sample's mean and mean square.
  assert.ok(Math.abs(mean) < (5 * bound) / Math.sqrt(3 * list.length), `${what}: mean ${mean}`);
  const spread = Math.sqrt((1 / 5 - 1 / 9) / list.length);
  assert.ok(Math.abs(square / bound ** 2 - 1 / 3) < 5 * spread, `${what}: mean square ${square}`);
}

test("layers start as PyTorch's do: U(±1/√fan_in) for weight and bias", () => {
  manualSeed(11);
  // kaiming_uniform with a = √5 is a bound of √(6 / ((1 + 5) · fan_in)).
  const linear = new nn.Linear(50, 400);
  assertUniform("Linear weight", linear.weight.dataSync(), 1 / Math.sqrt(50));
  assertUniform("Linear bias", linear.bias!.dataSync(), 1 / Math.sqrt(50));
  const conv = new nn.Conv2d(8, 400, 3);
  assertUniform("Conv2d weight", conv.weight.dataSync(), 1 / Math.sqrt(72));
  assertUniform("Conv2d bias", conv.bias!.dataSync(), 1 / Math.sqrt(72));
  const grouped = new nn.Conv2d(8, 400, 3, { groups: 4 });
  assertUniform("grouped Conv2d weight", grouped.weight.dataSync(), 1 / Math.sqrt(18));
  assertUniform("grouped Conv2d bias", grouped.bias!.dataSync(), 1 / Math.sqrt(18));
});
