// Layers of batch normalisation give PyTorch's outputs, gradients and running statistics over several steps.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createReferenceBackend } from "../../src/check/index.ts";
import { createWasmBackend, nn, optim, withBackend } from "../../src/index.ts";
import { difference, leafOf, readStored, stored } from "./harness.ts";

interface LayerRow {
  readonly layer: "BatchNorm1d" | "BatchNorm2d";
  readonly options: nn.BatchNormOptions;
  readonly features: number;
  /** For each step, whether it trains (t) or evaluates (e). */
  readonly modes: string;
}

const { index, tensors } = readStored<{ rate: number; layers: readonly LayerRow[] }>("norm.safetensors");
const backends = { reference: createReferenceBackend(), wasm: createWasmBackend() };

/** Walks through a row's steps; gives everything that differs from what is stored. */
function follow({ layer, options, features, modes }: LayerRow, number: number): string[] {
  const name = (key: string) => `layer${number}.${key}`;
  const problems: string[] = [];
  const bn = new nn[layer](features, options);
  const keys = [...bn.stateDict().keys()];
  bn.loadStateDict(new Map(keys.map((key) => [key, leafOf(stored(tensors, name(`start.${key}`)))])));
  const optimizer = options.affine === false ? null : new optim.SGD(bn.parameters(), { lr: index.rate });
  for (const [i, mode] of [...modes].entries()) {
    const check = (key: string, actual: Parameters<typeof difference>[0]) => {
      const problem = difference(actual, stored(tensors, name(`${i}.${key}`)));
      if (problem) problems.push(`step ${i}, ${key}: ${problem}`);
    };
    const x = leafOf(stored(tensors, name(`${i}.input`)), true);
    bn.train(mode === "t");
    bn.zeroGrad();
    const y = bn.forward(x).retain();
    y.backward({ gradient: leafOf(stored(tensors, name(`${i}.upstream`))) });
    x.grad!.retain();
    optimizer?.step();
    check("output", y);
    check("gradient.x", x.grad!);
    for (const [key, p] of bn.namedParameters()) check(`gradient.${key}`, p.grad!);
    for (const [key, value] of bn.stateDict()) check(`state.${key}`, value);
  }
  return problems;
}

for (const [backendName, backend] of Object.entries(backends)) {
  for (const [number, row] of index.layers.entries()) {
    test(`${row.layer} ${JSON.stringify(row.options)} on ${backendName}`, () => {
      assert.deepEqual(
        withBackend(backend, () => follow(row, number)),
        [],
      );
    });
  }
}
