// Gradients of every differentiable op against finite differences in float64, first and second order.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sizeOf } from "../../src/base/shape.ts";
import { gradcheck, registry } from "../../src/check/index.ts";
import { GradError, tensor } from "../../src/index.ts";
import { apply } from "../../src/kernel/expr.ts";
import { elementwise } from "../../src/ops/define.ts";
import { sampleInputs } from "../support/samples.ts";

/** Larger samples are for the backends; their finite differences would take minutes. */
const largest = 150;

for (const record of registry().values()) {
  if (!record.differentiable) continue;
  test(`gradcheck: ${record.name}`, () => {
    for (const { shapes, call } of record.samples) {
      if (shapes.reduce((sum, shape) => sum + sizeOf(shape), 0) > largest) continue;
      const inputs = sampleInputs(record, shapes, false);
      if (!call(...sampleInputs(record, shapes, true)).requiresGrad) continue;
      gradcheck(call, inputs, { secondOrder: shapes.reduce((sum, shape) => sum + sizeOf(shape), 0) <= 40 });
    }
  });
}

test("gradcheck finds a wrong gradient", () => {
  const wrong = elementwise({
    name: "wrongSquare",
    inputs: ["x"],
    expr: ({ x }) => apply("mul", x, x),
    grad: { x: ({ dy, x }) => dy.mul(x) },
    samples: [],
  });
  assert.throws(() => gradcheck((x) => wrong(x!), [tensor([1, 2])]), GradError);
});
