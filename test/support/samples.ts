// Seeded values for the samples that ops are registered with.

import { type Shape, sizeOf } from "../../src/base/shape.ts";
import type { OpRecord } from "../../src/check/index.ts";
import { Tensor } from "../../src/index.ts";
import { Random } from "../../src/tensor/random.ts";

/** Inputs for one sample, uniform over the op's domain; the same for the same arguments. */
export function sampleInputs(record: OpRecord, shapes: readonly Shape[], requiresGrad: boolean): Tensor[] {
  const random = new Random(42, record.name.length);
  const [low, high] = record.domain;
  return shapes.map((shape) => {
    const data = Float32Array.from({ length: sizeOf(shape) }, () => low + (high - low) * random.uniform());
    const x = Tensor.fromArray(data, shape);
    if (requiresGrad) x.requiresGrad = true;
    return x;
  });
}
