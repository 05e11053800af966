// Every stored layer and loss gives PyTorch's outputs, gradients and buffers, on every backend.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { createReferenceBackend } from "../../src/check/index.ts";
import { createWasmBackend, nn, Tensor, withBackend } from "../../src/index.ts";
import type { ArrayData } from "../../src/interop/index.ts";
import type { Tolerance } from "../support/close.ts";
import { difference, leafOf, readStored, stored } from "./harness.ts";

/** Inputs, by their places among the leaves; some layers take nests of them. */
type Places = readonly (number | Places)[];

/** One call of a module as PyTorch made it. Strings are names of stored tensors. */
interface LayerRow {
  readonly id: string;
  readonly layer: string;
  readonly args: readonly unknown[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly train: boolean;
  /** Parameters and buffers by path. */
  readonly state?: Readonly<Record<string, string>>;
  readonly inputs: Places;
  readonly leaves: readonly string[];
  readonly outputs: readonly string[];
  /** Gradients of the outputs, where there are any. */
  readonly upstreams?: readonly string[];
  /** Gradients of the leaves; null for one that has none. */
  readonly grads?: readonly (string | null)[];
  readonly stateGrads?: Readonly<Record<string, string>>;
  /** Buffers after the call. */
  readonly after?: Readonly<Record<string, string>>;
  readonly note?: string;
  readonly tolerance?: Tolerance & { readonly why: string };
}

type Tensors = ReadonlyMap<string, ArrayData>;
type MakeLayer = new (...args: unknown[]) => { forward(...inputs: unknown[]): unknown } & nn.Module;

const folder = new URL("../../../test/oracle/layers/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".safetensors"));
const backends = { reference: createReferenceBackend(), wasm: createWasmBackend() };

function makeLayer({ layer, args, options, train, state = {} }: LayerRow, tensors: Tensors): nn.Module {
  const Layer = (nn as unknown as Record<string, MakeLayer>)[layer];
  assert.ok(Layer, `nn has no ${layer}`);
  const withTensors = Object.entries(options ?? {}).map(([name, value]) => {
    const held = value as { tensor?: string } | null;
    return [name, typeof held?.tensor === "string" ? leafOf(stored(tensors, held.tensor)) : value];
  });
  const module = new Layer(...args, ...(options ? [Object.fromEntries(withTensors)] : []));
  const values = Object.entries(state).map(([name, key]) => [name, leafOf(stored(tensors, key))] as const);
  // Tensors among the options are state too, and in place by now.
  const given = withTensors.some(([, value]) => value instanceof Tensor);
  module.loadStateDict(new Map(values), { strict: !given });
  return module.train(train);
}

/** The tensors of what a layer gives: one, or several in lists and objects. */
function tensorsOf(output: unknown): Tensor[] {
  if (output instanceof Tensor) return [output];
  return Object.values(output as object).flatMap(tensorsOf);
}

/** Makes one call and gives everything that differs from what is stored. */
function runLayer(row: LayerRow, tensors: Tensors): string[] {
  const found: string[] = [];
  const check = (what: string, actual: Tensor | null, name: string): void => {
    const problem = actual ? difference(actual, stored(tensors, name), row.tolerance) : "is missing";
    if (problem) found.push(`${what}: ${problem}`);
  };
  const module = makeLayer(row, tensors);
  const leaves = row.leaves.map((name, i) =>
    leafOf(stored(tensors, name), (row.grads?.[i] ?? null) !== null),
  );
  const seen = (places: Places): unknown[] =>
    places.map((place) => (typeof place === "number" ? leaves[place]! : seen(place)));
  const outputs = tensorsOf((module as InstanceType<MakeLayer>).forward(...seen(row.inputs)));
  assert.equal(outputs.length, row.outputs.length, "number of outputs");
  if (row.upstreams) {
    // One backward pass through all outputs: gradients of Σ ⟨output, upstream⟩.
    const total = outputs
      .map((y, i) => y.mul(leafOf(stored(tensors, row.upstreams![i]!))).sum())
      .reduce((a, b) => a.add(b));
    for (const y of outputs) y.retain();
    total.backward();
    for (const [i, name] of row.grads!.entries()) {
      if (name !== null) check(`gradient of input ${i}`, leaves[i]!.grad, name);
    }
    const parameters = new Map(module.namedParameters());
    for (const [path, name] of Object.entries(row.stateGrads ?? {}))
      check(`gradient of ${path}`, parameters.get(path)!.grad, name);
  }
  for (const [i, y] of outputs.entries()) check(`output ${i}`, y, row.outputs[i]!);
  const state = module.stateDict();
  for (const [path, name] of Object.entries(row.after ?? {})) check(path, state.get(path) ?? null, name);
  return found;
}

let count = 0;
for (const file of files) {
  const { index, tensors } = readStored<{ torch: string; cases: readonly LayerRow[] }>(`layers/${file}`);
  count += index.cases.length;
  const byLayer = new Map<string, LayerRow[]>();
  for (const row of index.cases) byLayer.set(row.layer, [...(byLayer.get(row.layer) ?? []), row]);
  for (const [backendName, backend] of Object.entries(backends)) {
    for (const [layer, rows] of byLayer) {
      test(`${layer} on ${backendName}: ${rows.length} cases`, () => {
        const problems = rows.flatMap((row) => {
          const at = `${row.id} ${JSON.stringify([row.args, row.options ?? {}])}${row.note ? ` (${row.note})` : ""}`;
          try {
            return withBackend(backend, () => runLayer(row, tensors)).map((problem) => `${at}: ${problem}`);
          } catch (error) {
            return [`${at}: ${error}`];
          }
        });
        assert.equal(
          problems.length,
          0,
          `${problems.length} differences from PyTorch ${index.torch}\n${problems.join("\n")}`,
        );
      });
    }
  }
}

test("layers are stored", (t) => {
  t.diagnostic(`${count} cases of layers and losses`);
  assert.ok(count > 0);
});
