// What one unit of a step sees of the input: its receptive field, and its gradient at this very input.
import { trace } from "../../src/entry/inspect.ts";
import { grad, type Tensor } from "../../src/index.ts";
import type { OpenModel } from "./openModel.ts";
import type { UnitSight } from "./protocol.ts";
import { copyOfFirst } from "./values.ts";

/** `cell` is an index into the step's output, without the batch axis. */
export function unitSight(model: OpenModel, input: Tensor, step: number, cell: readonly number[]): UnitSight {
  const { field } = model.outline[step]!;
  const seen = field.at([0, ...cell]);
  const along = (axis: number) => seen[field.axes.findIndex((one) => one.axis === axis)] ?? null;
  const leaf = input.detach();
  leaf.requiresGrad = true;
  const { output } = trace(model.network, leaf, { lazy: true })[step]!;
  const index = cell.reduce((offset, at, d) => offset * output.shape[d + 1]! + at, 0);
  const unit = output
    .reshape([-1])
    .slice(0, index, index + 1)
    .sum();
  const [gradient] = grad(unit, [leaf]);
  return { rows: along(2), columns: along(3), gradient: copyOfFirst(gradient!) };
}
