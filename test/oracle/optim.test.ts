// The optimizers walk the paths that PyTorch's walk, and layers start from PyTorch's distribution.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createReferenceBackend } from "../../src/check/index.ts";
import { cat, createWasmBackend, manualSeed, nn, optim, type Tensor, withBackend } from "../../src/index.ts";
import { assertClose, type Tolerance } from "../support/close.ts";
import { difference, leafOf, readStored, stored } from "./harness.ts";

type Kind =
  | "SGD"
  | "Adagrad"
  | "Adadelta"
  | "RMSprop"
  | "Adam"
  | "AdamW"
  | "Adamax"
  | "NAdam"
  | "RAdam"
  | "Lion"
  | "Muon";

/** Some of the parameters a, b, c and d, and what updates them. */
interface Part {
  readonly optimizer: Kind;
  readonly params: string;
  readonly options: Readonly<Record<string, number | boolean | string | [number, number]>>;
}

interface Run {
  readonly name: string;
  /** Groups of one optimizer, or optimizers side by side. */
  readonly parts: readonly Part[];
  /** Learning rate of the second half. */
  readonly laterRate?: number;
  readonly clip?: { readonly value?: number; readonly maxNorm?: number; readonly normType?: number | "inf" };
  /** Norms of the gradients at the kept steps. */
  readonly norms?: readonly number[];
  /** The average of the weights that is compared instead of the weights. */
  readonly average?: { readonly kind: "EMA" | "SWA"; readonly decay?: number };
  /** Loss at the first and at the last step. */
  readonly losses: readonly [number, number];
}

const { index, tensors } = readStored<{
  steps: readonly number[];
  tolerance: Tolerance;
  runs: readonly Run[];
}>("optim.safetensors");
const { steps, tolerance, runs } = index;
const lastStep = steps.at(-1)!;
const backends = { reference: createReferenceBackend(), wasm: createWasmBackend() };

for (const [backendName, backend] of Object.entries(backends)) {
  for (const run of runs) {
    test(`${run.name} on ${backendName}`, () => withBackend(backend, () => follow(run)));
  }
}

class Network extends nn.Module {
  readonly a = nn.parameter(leafOf(stored(tensors, "a")));
  readonly b = nn.parameter(leafOf(stored(tensors, "b")));
  readonly c = nn.parameter(leafOf(stored(tensors, "c")));
  readonly d = nn.parameter(leafOf(stored(tensors, "d")));

  forward(x: Tensor): Tensor {
    return x.matmul(this.a).add(this.b).tanh().matmul(this.c).add(this.d);
  }
}

/** The optimizer of a run; those of several kinds share a step. */
function makeOptimizer(network: Network, parts: readonly Part[]): optim.Optimizer<{ lr: number }> {
  const kinds = [...new Set(parts.map(({ optimizer }) => optimizer))];
  const optimizers = kinds.map((kind) => {
    const groups = parts.flatMap(({ optimizer, params, options }) => {
      if (optimizer !== kind) return [];
      return [{ params: [...params].map((name) => network[name as "a" | "b" | "c" | "d"]), ...options }];
    });
    return new optim[kind](groups);
  });
  return optimizers.length === 1 ? optimizers[0]! : new optim.Combined(optimizers);
}

function follow({ name, parts, laterRate, clip, norms, average, losses }: Run): void {
  const network = new Network();
  const x = leafOf(stored(tensors, "x"));
  const target = leafOf(stored(tensors, "t"));
  const optimizer = makeOptimizer(network, parts);
  const averaged =
    average && (average.kind === "EMA" ? new optim.EMA(network, average) : new optim.SWA(network));
  const expected = stored(tensors, name);
  const width = expected.shape[1]!;
  const problems: string[] = [];
  const seenLosses: number[] = [];
  const seenNorms: number[] = [];
  for (let step = 1; step <= lastStep; step++) {
    if (step === lastStep / 2 + 1 && laterRate !== undefined) optimizer.lr = laterRate;
    const error = network.forward(x).sub(target);
    const loss = error.square().mean().add(network.b.square().sum().mul(0.05));
    optimizer.zeroGrad();
    loss.backward();
    const norm = clip ? clipAs(clip, network.parameters()) : null;
    optimizer.step();
    averaged?.update();
    if (step === 1 || step === lastStep) seenLosses.push(loss.itemSync());
    const place = steps.indexOf(step);
    if (place < 0) continue;
    if (norm && norms) seenNorms.push(norm.itemSync());
    averaged?.apply();
    const now = cat(network.parameters().map((p) => p.detach().flatten()));
    const row = {
      ...expected,
      shape: [width],
      data: expected.data.slice(place * width, (place + 1) * width),
    };
    const problem = difference(now, row, tolerance);
    averaged?.restore();
    if (problem) problems.push(`after step ${step}: ${problem}`);
  }
  assert.deepEqual(problems, []);
  // A loss is as far off as its slope takes the weights' own distance.
  assertClose(seenLosses, losses, "first and last loss", { rtol: 5 * tolerance.rtol, atol: tolerance.atol });
  if (norms)
    assertClose(seenNorms, norms, "norms of the gradients", {
      rtol: 5 * tolerance.rtol,
      atol: tolerance.atol,
    });
}

function clipAs(
  { value, maxNorm, normType = 2 }: NonNullable<Run["clip"]>,
  parameters: Tensor[],
): Tensor | null {
  if (value !== undefined) {
    optim.clipGradValue(parameters, value);
    return null;
  }
  return optim.clipGradNorm(parameters, maxNorm!, { normType: normType === "inf" ? Infinity : normType });
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
