// The suite that every backend runs: each registered op with its samples, forward and backward, against the
// reference backend without fusion.
import { test } from "node:test";
import type { Backend } from "../../src/backend/backend.ts";
import { createReferenceBackend, type OpRecord, registry } from "../../src/check/index.ts";
import { grad, Tensor, withBackend } from "../../src/index.ts";
import { assertClose } from "../support/close.ts";
import { sampleInputs } from "../support/samples.ts";

interface Outcome {
  readonly value: ArrayLike<number>;
  readonly gradients: readonly ArrayLike<number>[];
}

function evaluate(
  record: OpRecord,
  index: number,
  backend: Backend,
  fuse: boolean,
  strided: boolean,
): Outcome {
  const { shapes, call } = record.samples[index]!;
  return withBackend(
    backend,
    () => {
      const leaves = sampleInputs(record, shapes, record.differentiable);
      // The same elements through a view of a larger, permuted tensor: no input is contiguous.
      const inputs = strided ? leaves.map(throughView) : leaves;
      const y = call(...inputs);
      if (!record.differentiable || !y.requiresGrad) return { value: y.dataSync(), gradients: [] };
      const weights = Float32Array.from({ length: y.size }, (_, i) => 0.5 + ((i * 37) % 11) / 11);
      const scalar = y.mul(Tensor.fromArray(weights, y.shape)).sum();
      const gradients = grad(scalar, leaves);
      return { value: y.dataSync(), gradients: gradients.map((g) => g.dataSync()) };
    },
    { fuse },
  );
}

function throughView(x: Tensor): Tensor {
  if (x.rank === 0) return x;
  const axes = x.shape.map((_, d) => d).reverse();
  const padded = x
    .permute(axes)
    .pad(
      axes.map(() => [1, 1] as const),
      9,
    )
    .contiguous();
  const inner = axes.reduce((t, d) => t.slice(d, 1, t.shape[d]! - 1), padded);
  return inner.permute(axes);
}

/** Registers the suite for a backend; gives the number of cases. */
export function runConformance(name: string, makeBackend: () => Backend): number {
  const reference = createReferenceBackend();
  const backend = makeBackend();
  let cases = 0;
  for (const record of registry().values()) {
    cases += record.samples.length * 3;
    test(`${name}: ${record.name}`, () => {
      for (const index of record.samples.keys()) {
        const expected = evaluate(record, index, reference, false, false);
        for (const [fuse, strided] of [
          [true, false],
          [false, false],
          [true, true],
        ] as const) {
          const actual = evaluate(record, index, backend, fuse, strided);
          const what = `${record.name} sample ${index}${fuse ? "" : " unfused"}${strided ? " strided" : ""}`;
          assertClose(actual.value, expected.value, what);
          for (const [i, g] of expected.gradients.entries()) {
            assertClose(actual.gradients[i]!, g, `${what}: gradient ${i}`);
          }
        }
      }
    });
  }
  return cases;
}
