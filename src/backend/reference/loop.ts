// Loop kernels, and the epilogues of the others: expressions evaluated at every index of a space.

import type { DType, TypedArray } from "../../base/dtype.ts";
import { isFloating } from "../../base/dtype.ts";
import type { Shape } from "../../base/shape.ts";
import type { Epilogue, LoopKernel, Reduction } from "../../kernel/kernel.ts";
import { type Environment, prepare } from "./expression.ts";
import { scalarFunction } from "./number.ts";
import { Walk } from "./walk.ts";

/** The memory of one run: each buffer's elements, and the run-time scalars. */
export interface Memory {
  readonly buffers: readonly TypedArray[];
  readonly scalars: readonly number[];
}

/** Runs a loop nest: at each index of `dims` combines the body over the reduced dims, then stores the outputs. */
export function runLoop({ dims, loads, reduction, outputs }: LoopKernel, memory: Memory): void {
  const rank = dims.length;
  const offsets = loads.map((access) => access.offset);
  const outer = new Walk(
    dims,
    loads.map((access) => access.strides.slice(0, rank)),
    offsets,
  );
  const inner = new Walk(
    reduction?.dims ?? [],
    loads.map((access) => access.strides.slice(rank)),
  );
  const sources = loads.map((access) => memory.buffers[access.buffer]!);
  const environment: Environment = {
    load: (i) => sources[i]![outer.positions[i]! + inner.positions[i]!]!,
    index: (axis) => (axis < rank ? outer.index[axis]! : inner.index[axis - rank]!),
    scalar: (slot) => memory.scalars[slot]!,
    result: 0,
  };
  const store = storing(dims, outputs, environment, memory);
  if (!reduction) {
    outer.each(store);
    return;
  }
  const body = prepare([reduction.body], environment);
  const accumulator = accumulate(reduction.kind, reduction.body.dtype);
  const bodySlot = body.slots[0]!;
  outer.each(() => {
    accumulator.reset();
    inner.each(() => {
      body.run();
      accumulator.add(body.values[bodySlot]!);
    });
    environment.result = accumulator.value();
    store();
  });
}

/** Stores a kernel's outputs, `result` being the row-major array over `dims` that the kernel computed. */
export function runEpilogue(dims: Shape, result: Float64Array, epilogue: Epilogue, memory: Memory): void {
  const { loads, outputs } = epilogue;
  const walk = new Walk(
    dims,
    loads.map((access) => access.strides),
    loads.map((access) => access.offset),
  );
  const sources = loads.map((access) => memory.buffers[access.buffer]!);
  const environment: Environment = {
    load: (i) => sources[i]![walk.positions[i]!]!,
    index: (axis) => walk.index[axis]!,
    scalar: (slot) => memory.scalars[slot]!,
    result: 0,
  };
  const store = storing(dims, outputs, environment, memory);
  let element = 0;
  walk.each(() => {
    environment.result = result[element++]!;
    store();
  });
}

/** Gives a function that evaluates the outputs, stores them, and goes on to the next index of `dims`. */
function storing(
  dims: Shape,
  outputs: Epilogue["outputs"],
  environment: Environment,
  memory: Memory,
): () => void {
  const targets = outputs.map((output) => memory.buffers[output.access.buffer]!);
  const evaluator = prepare(
    outputs.map((output) => output.expr),
    environment,
  );
  const walk = new Walk(
    dims,
    outputs.map((output) => output.access.strides),
    outputs.map((output) => output.access.offset),
  );
  return () => {
    // Everything is evaluated before anything is stored: an output may replace an element that another one needs.
    evaluator.run();
    for (let i = 0; i < targets.length; i++) {
      targets[i]![walk.positions[i]!] = evaluator.values[evaluator.slots[i]!]!;
    }
    walk.advance();
  };
}

/** A running combination of values. */
interface Accumulator {
  reset(): void;
  add(value: number): void;
  value(): number;
}

/** Combines values of a dtype; float sums and products are held in float64 and rounded once, at the end. */
function accumulate(kind: Reduction, dtype: DType): Accumulator {
  if (kind === "argmax" || kind === "argmin") return pickBest(kind);
  const name = ({ sum: "add", prod: "mul", max: "max", min: "min" } as const)[kind];
  const start = { sum: 0, prod: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY }[kind];
  const held = isFloating(dtype) ? "float64" : dtype;
  const combine = scalarFunction(name, held, held);
  let total = start;
  return {
    reset: () => {
      total = start;
    },
    add: (value) => {
      total = combine(total, value, 0);
    },
    value: () => total,
  };
}

/** Remembers where the first largest (or smallest) value came; the first NaN beats every number. */
function pickBest(kind: "argmax" | "argmin"): Accumulator {
  const sign = kind === "argmax" ? 1 : -1;
  let best = 0;
  let place = 0;
  let count = 0;
  return {
    reset: () => {
      place = 0;
      count = 0;
    },
    add: (value) => {
      const isBetter = sign * value > sign * best || (Number.isNaN(value) && !Number.isNaN(best));
      if (count === 0 || isBetter) {
        best = value;
        place = count;
      }
      count++;
    },
    value: () => place,
  };
}
