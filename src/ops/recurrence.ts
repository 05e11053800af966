// A recurrent layer over a whole sequence as one op. Its steps are ordinary ops, but its gradient is written out: the weight gradients
// of all steps are one matrix product instead of one a step.

import { grad } from "../autograd/backward.ts";
import { isGradEnabled, noGrad } from "../tensor/gradmode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import {
  type Cell,
  gruCell,
  lstmCell,
  reluCell,
  type StepResult,
  type StepState,
  tanhCell,
} from "./cells.ts";
import { type OpRecord, requireFloat, result } from "./define.ts";
import { linear } from "./linalg.ts";
import { cat, stack } from "./movement.ts";

/** What a recurrence reads. */
export interface RecurrenceInputs {
  /** The gates' sums of the input for every step, bias included: `[T, N, gates · H]`. */
  readonly fromInput: Tensor;
  /** `[gates · H, H]`. */
  readonly weight: Tensor;
  /** `[gates · H]`. */
  readonly bias: Tensor | null;
  /** The state before the first step, `[N, H]`. */
  readonly h: Tensor;
  /** `[N, H]` for cells that have one. */
  readonly c: Tensor | null;
}

/** Hidden values of every step `[T, N, H]`, and the state after the last one, `[N, H]`. */
export interface RecurrenceOutputs {
  readonly output: Tensor;
  readonly h: Tensor;
  readonly c: Tensor | null;
}

/** All steps in the order in which they are taken. */
function run(
  cell: Cell,
  { fromInput, weight, bias, h, c }: RecurrenceInputs,
  order: readonly number[],
): StepResult[] {
  const steps: StepResult[] = [];
  let state: StepState = { h, c };
  for (const t of order) {
    const step = cell.step(fromInput.select(0, t), linear(state.h, weight, bias), state);
    steps.push(step);
    state = step;
  }
  return steps;
}

/** The hidden values by time, and the cell's values after the last step behind them. */
function packed(steps: readonly StepResult[], order: readonly number[]): Tensor {
  const byTime: Tensor[] = [];
  for (const [i, t] of order.entries()) byTime[t] = steps[i]!.h;
  const last = steps.at(-1)!.c;
  return stack(last ? [...byTime, last] : byTime);
}

/**
 * Takes the steps of a cell through a sequence of at least one step, forwards or from its end.
 * The caller has checked that the shapes fit.
 */
export function recurrence(cell: Cell, inputs: RecurrenceInputs, reverse = false): RecurrenceOutputs {
  const { fromInput, weight, bias, h, c } = inputs;
  const named = { fromInput, weight, ...(bias ? { bias } : {}), h, ...(c ? { c } : {}) };
  requireFloat(cell.name, named);
  const length = fromInput.shape[0]!;
  const order = Array.from({ length }, (_, i) => (reverse ? length - 1 - i : i));
  const steps = noGrad(() => run(cell, inputs, order));
  const values = noGrad(() => packed(steps, order));
  const all = result(values.node, cell.name, Object.values(named), (dy) => {
    if (isGradEnabled()) {
      // Derivatives of the gradient: differentiate the steps themselves.
      const again = packed(run(cell, inputs, order), order);
      const wanted = Object.values(named).filter((x) => x.requiresGrad);
      const found = grad(again, wanted, { gradient: dy, createGraph: true });
      return Object.values(named).map((x) => found[wanted.indexOf(x)] ?? null);
    }
    const d = gradients(cell, inputs, steps, order, dy);
    return [d.fromInput, d.weight, ...(bias ? [d.bias] : []), d.h, ...(c ? [d.c] : [])];
  });
  const lastTime = order.at(-1)!;
  return {
    output: all.slice(0, 0, length),
    h: all.select(0, lastTime),
    c: cell.hasCell ? all.select(0, length) : null,
  };
}

interface Gradients {
  readonly fromInput: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly h: Tensor;
  readonly c: Tensor | null;
}

/** The gradients of everything that a recurrence reads, given that of the hidden values (and the last cell) `[T (+ 1), N, H]`. */
function gradients(
  cell: Cell,
  { weight, h: first }: RecurrenceInputs,
  steps: readonly StepResult[],
  order: readonly number[],
  dy: Tensor,
): Gradients {
  const length = steps.length;
  const dInput: Tensor[] = [];
  const dHidden: Tensor[] = [];
  let dh: Tensor | null = null;
  let dc: Tensor | null = cell.hasCell ? dy.select(0, length) : null;
  for (let i = length - 1; i >= 0; i--) {
    const t = order[i]!;
    const own = dy.select(0, t);
    const back = cell.back(steps[i]!.saved, dh ? own.add(dh) : own, dc);
    dInput[t] = back.dInput;
    dHidden[i] = back.dHidden;
    const through = back.dHidden.matmul(weight); // [N, H]
    dh = back.dh ? through.add(back.dh) : through;
    dc = back.dc;
  }
  // dU = Σ over steps of dsumsᵀ · h before: one product over all steps and samples
  const before = cat([first, ...steps.slice(0, -1).map((step) => step.h)], 0); // [T·N, H]
  const sums = cat(dHidden, 0); // [T·N, gates · H]
  return {
    fromInput: stack(dInput),
    weight: sums.t().matmul(before),
    bias: sums.sum(0),
    h: dh!,
    c: dc,
  };
}

/** What the checks try recurrences with. */
export function recurrenceRecords(): OpRecord[] {
  const cells: readonly [string, Cell][] = [
    ["rnn", tanhCell],
    ["reluRnn", reluCell],
    ["lstm", lstmCell],
    ["gru", gruCell],
  ];
  const call =
    (cell: Cell, reverse: boolean) => (x?: Tensor, w?: Tensor, b?: Tensor, h?: Tensor, c?: Tensor) => {
      const inputs = { fromInput: x!, weight: w!, bias: b!, h: h!, c: c ?? null };
      const { output, h: last, c: lastCell } = recurrence(cell, inputs, reverse);
      const state = lastCell ? last.add(lastCell.sin()) : last;
      return output.add(state.mul(0.5).unsqueeze(0));
    };
  return cells.map(([name, cell]) => {
    const shapes = (steps: number, samples: number, hidden: number) => [
      [steps, samples, cell.gates * hidden],
      [cell.gates * hidden, hidden],
      [cell.gates * hidden],
      [samples, hidden],
      ...(cell.hasCell ? [[samples, hidden]] : []),
    ];
    return {
      name,
      differentiable: true,
      domain: [-1, 1] as const,
      samples: [
        { shapes: shapes(3, 2, 3), call: call(cell, false) },
        { shapes: shapes(2, 3, 2), call: call(cell, true) },
        { shapes: shapes(1, 1, 5), call: call(cell, false) },
      ],
    };
  });
}
