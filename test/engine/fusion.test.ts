// Random graphs: whatever is fused, merged, moved in place or laid over another buffer, values stay what the same
// graph gives with a kernel for every op on the reference backend.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Backend } from "../../src/backend/backend.ts";
import { createReferenceBackend } from "../../src/check/index.ts";
import { currentPlanner, keepLater, realize } from "../../src/graph/engine.ts";
import {
  cat,
  createWasmBackend,
  nn,
  noGrad,
  optim,
  setBackend,
  Tensor,
  withBackend,
} from "../../src/index.ts";
import { reads, writes } from "../../src/kernel/access.ts";
import { Random } from "../../src/tensor/random.ts";
import * as vision from "../../src/vision/index.ts";
import { assertClose } from "../support/close.ts";
import { formula } from "../support/formula.ts";

const shapes = [[], [4], [3, 4], [2, 3, 4], [1, 4], [3, 1], [2, 1, 4], [12], [6, 4]];

/** Grows a random graph from leaves and parameters; gives the values to read and the updates to make. */
function grow(random: Random): { reads: Tensor[]; parameters: nn.Parameter[] } {
  const fill = (shape: readonly number[]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return Tensor.fromArray(
      Float32Array.from({ length: size }, () => random.uniform() * 2 - 1),
      shape,
    );
  };
  const parameters = [0, 1].map(() => new nn.Parameter(fill([3, 4])));
  const pool: Tensor[] = [...shapes.map(fill), ...parameters.map((p) => p.detach())];
  const pick = () => pool[random.integer(pool.length)]!;
  const steps: (() => Tensor | null)[] = [
    () => pick().sin(),
    () => pick().mul(0.5),
    () => pick().sigmoid(),
    () => pick().neg(),
    () => combine((a, b) => a.add(b)),
    () => combine((a, b) => a.mul(b)),
    () => combine((a, b) => a.sub(b).tanh()),
    () => combine((a, b) => a.maximum(b)),
    () => combine((a, b) => a.where(a.lt(b), b)),
    () => onAxis((x, axis) => x.sum(axis, { keepdim: random.integer(2) === 0 })),
    () => onAxis((x, axis) => x.amax(axis, { keepdim: true })),
    () => onAxis((x, axis) => x.sub(x.mean(axis, { keepdim: true }))),
    () => onAxis((x, axis) => nn.softmax(x, axis)),
    () => onAxis((x, axis) => x.flip(axis)),
    () => onAxis((x, axis) => x.slice(axis, random.integer(2), undefined, 1 + random.integer(2))),
    () => onAxis((x, axis) => x.transpose(axis, 0)),
    () => onAxis((x, axis) => cat([x, x.mul(2)], axis)),
    () => pick().flatten(),
    () => {
      const x = pick();
      return x.size === 12 ? x.reshape([4, 3]) : x.size === 24 ? x.reshape([4, 6]) : null;
    },
    () => {
      const x = pick();
      return x.rank > 1 ? x.matmul(x.transpose(-1, -2)).mul(0.2) : null;
    },
    () => {
      const x = pick();
      return x.rank < 3 ? x.unsqueeze(0).expand([2, ...x.shape]) : null;
    },
  ];
  function combine(op: (a: Tensor, b: Tensor) => Tensor): Tensor | null {
    const a = pick();
    const b = pick();
    const fits = [...a.shape].reverse().every((n, i) => {
      const m = [...b.shape].reverse()[i] ?? 1;
      return n === m || n === 1 || m === 1;
    });
    return fits && a.rank <= 3 && b.rank <= 3 ? op(a, b) : null;
  }
  function onAxis(op: (x: Tensor, axis: number) => Tensor): Tensor | null {
    const x = pick();
    return x.rank > 0 && x.size > 0 ? op(x, random.integer(x.rank)) : null;
  }
  for (let made = 0; made < 25; ) {
    const step = random.integer(steps.length);
    const next = steps[step]!();
    if (!next || next.size > 2000 || next.size === 0 || next.rank > 4) continue;
    pool.push(next);
    made++;
  }
  // A parameter's own old elements can't be read after the update; what is computed from them can.
  const readable = (x: Tensor) => (x.node.storage?.resident ? x.mul(1) : x);
  const reads = [pick(), pick(), pool.at(-1)!, pool.at(-2)!].map(readable);
  // Updates in place that read their own old value, the other's old value, and anything else of the same size.
  const [p, q] = parameters as [nn.Parameter, nn.Parameter];
  const extra = pool.filter((x) => x.size === 12);
  const some = () => extra[random.integer(extra.length)]!.reshape([3, 4]);
  const newP = p.detach().mul(0.9).add(some()).sub(q.detach().mul(0.1));
  const newQ = random.integer(2) === 0 ? newP.mul(0.5).add(q.detach()) : q.detach().flip(0).add(p.detach());
  if (random.integer(3) > 0) p.assign(newP);
  q.assign(random.integer(3) > 0 ? newQ : q.detach().flip(0).add(some()));
  return { reads, parameters };
}

function evaluate(seed: number, backend: Backend, fuse: boolean): ArrayLike<number>[] {
  return withBackend(
    backend,
    () => {
      const { reads, parameters } = grow(new Random(seed));
      for (const x of reads) keepLater(x.node);
      realize(reads.map((x) => x.node));
      return [...reads, ...parameters].map((x) => Float32Array.from(x.dataSync()));
    },
    { fuse },
  );
}

for (const [name, make] of [
  ["reference", createReferenceBackend],
  ["wasm", () => createWasmBackend({ threads: 1, relaxed: false })],
] as const) {
  test(`300 random graphs, fused, on ${name}`, () => {
    const reference = createReferenceBackend();
    const backend = make();
    for (let seed = 0; seed < 300; seed++) {
      const expected = evaluate(seed, reference, false);
      const actual = evaluate(seed, backend, true);
      assert.equal(actual.length, expected.length);
      // Chains of products amplify the last bit; a wrong element is off by far more.
      const tolerance = { rtol: 1e-4, atol: 1e-4 };
      for (const [i, value] of expected.entries())
        assertClose(actual[i]!, value, `graph ${seed}, value ${i}`, tolerance);
    }
  });
}

/** Labels of the kernels of the last program that read or write a buffer of so many elements, in the order of stages. */
function passesOver(size: number): string[] {
  const { stages, labels, buffers } = currentPlanner().lastProgram!;
  return stages.flatMap((kernels, s) =>
    kernels.flatMap((kernel, k) =>
      [...reads(kernel), ...writes(kernel)].some((id) => buffers[id]!.size === size) ? [labels[s]![k]!] : [],
    ),
  );
}

test("a residual block's step makes one pass for each normalisation, its activation and the shortcut", () => {
  setBackend(createWasmBackend({ threads: 1 }));
  const block = new vision.BasicBlock(4, 4);
  const optimizer = new optim.SGD(block.parameters(), { lr: 0.1 });
  const x = formula("x", [3, 4, 6, 5], -1, 1);
  x.requiresGrad = true;
  block.forward(x).sum().backward();
  x.grad!.retain();
  optimizer.step();
  const sums = ["sum+mul", "sum+mul+square+sub"];
  const gradient = ["sum", "sum+mul+sub", "add+mul+sub", "conv2dWeightGrad"];
  assert.deepEqual(passesOver(x.size), [
    ...["conv2d", ...sums, "relu+add+mul+sub"],
    // The loss is the plain sum, so that the last activation's gradient joins its loop.
    ...["conv2d", ...sums, "relu+add+mul+sub+reluGrad", "sum"],
    ...[...gradient, "conv2dInputGrad+reluGrad"],
    ...[...gradient, "conv2dInputGrad+add"],
  ]);
});

test("in evaluation a residual block is its convolutions", () => {
  setBackend(createWasmBackend({ threads: 1 }));
  const block = new vision.BasicBlock(4, 4).eval();
  const x = formula("x", [3, 4, 6, 5], -1, 1);
  noGrad(() => block.forward(x)).dataSync();
  assert.deepEqual(
    passesOver(x.size).map((label) => label.split("+")[0]),
    ["conv2d", "conv2d"],
  );
});
