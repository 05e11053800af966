// The reference backend: every kernel in plain loops, the meaning that other backends are checked against.

import { allocate, byteSize, type DType, type TypedArray, viewOf } from "../../base/dtype.ts";
import { FoveaError } from "../../base/errors.ts";
import type { Kernel, Program } from "../../kernel/kernel.ts";
import type { Backend, Executable, KernelSpan, RunArguments, TracedRun, Variable } from "../backend.ts";
import { checkProgram } from "./check.ts";
import { runConv, runConvWeightGrad, runMatmul } from "./contraction.ts";
import { runGather, runScatterAdd } from "./gather.ts";
import { type Memory, runLoop } from "./loop.ts";
import { runPool, runPoolGrad } from "./pool.ts";
import { runSoftmaxLoss } from "./softmaxLoss.ts";

/**
 * Creates a reference backend. It runs every kernel and every dtype, on one thread, for its meaning and not for
 * speed: sums are held in float64 and rounded to the buffer's dtype when they are stored.
 * `compile` throws UnsupportedError for a program whose windows leave their buffers or whose dtypes disagree.
 */
export function createReferenceBackend(): Backend {
  let arena = new ArrayBuffer(0);
  let variableBytes = 0;
  return {
    name: "reference",
    compile(program: Program): Executable {
      checkProgram(program);
      const trace = (args: RunArguments): TracedRun => {
        if (arena.byteLength < program.arenaBytes) arena = new ArrayBuffer(program.arenaBytes);
        return runProgram(program, args, arena);
      };
      const run = (args: RunArguments) => trace(args).outputs;
      const start = (args: RunArguments) => {
        const outputs = run(args);
        return { finish: () => outputs };
      };
      return { start, run, trace };
    },
    createVariable(dtype: DType, size: number): Variable {
      variableBytes += size * byteSize(dtype);
      return new HostVariable(dtype, size, () => {
        variableBytes -= size * byteSize(dtype);
      });
    },
    bytesFor: ({ buffers, arenaBytes }) =>
      buffers
        .filter(({ role }) => role === "variable")
        .reduce((sum, { size, dtype }) => sum + size * byteSize(dtype), arenaBytes),
    get variableBytes() {
      return variableBytes;
    },
  };
}

/** Runs a program once, its arena in `arena`. */
function runProgram(
  program: Program,
  { inputs, variables, scalars }: RunArguments,
  arena: ArrayBuffer,
): TracedRun {
  const begin = performance.now();
  expectCount("inputs", inputs.length, program.buffers.filter((spec) => spec.role === "input").length);
  expectCount(
    "variables",
    variables.length,
    program.buffers.filter((spec) => spec.role === "variable").length,
  );
  expectCount("scalars", scalars.length, program.scalars.length);
  // Memory that no kernel has written reads as NaN or −1, so that a plan which relies on it does not go unnoticed.
  new Uint8Array(arena, 0, program.arenaBytes).fill(255);
  let nextInput = 0;
  let nextVariable = 0;
  const buffers = program.buffers.map(({ role, dtype, size, offset }) => {
    if (role === "variable") return elementsOf(variables[nextVariable++]!, dtype, size);
    const view = viewOf(dtype, arena, offset, size);
    if (role === "input") {
      const input = inputs[nextInput++]!;
      expectCount(`elements of input ${nextInput - 1}`, input.length, size);
      view.set(input);
    }
    return view;
  });
  const memory: Memory = { buffers, scalars };
  const spans: KernelSpan[] = [];
  let first = 0;
  for (const stage of program.stages) {
    // Kernels of a stage are independent; running them backwards brings a hidden dependence to light.
    for (let i = stage.length - 1; i >= 0; i--) {
      const start = performance.now() - begin;
      runKernel(stage[i]!, memory);
      spans.push({ kernel: first + i, thread: 0, start, end: performance.now() - begin });
    }
    first += stage.length;
  }
  const outputs = buffers.filter((_, id) => program.buffers[id]!.role === "output");
  return { outputs: outputs.map((view) => view.slice()), spans };
}

function runKernel(kernel: Kernel, memory: Memory): void {
  switch (kernel.kind) {
    case "loop":
      runLoop(kernel, memory);
      break;
    case "matmul":
      runMatmul(kernel, memory);
      break;
    case "conv2d":
      runConv(kernel, memory);
      break;
    case "conv2dWeightGrad":
      runConvWeightGrad(kernel, memory);
      break;
    case "pool2d":
      runPool(kernel, memory);
      break;
    case "pool2dGrad":
      runPoolGrad(kernel, memory);
      break;
    case "gather":
      runGather(kernel, memory);
      break;
    case "scatterAdd":
      runScatterAdd(kernel, memory);
      break;
    case "softmaxLoss":
      runSoftmaxLoss(kernel, memory);
      break;
  }
}

/** A variable in ordinary memory. */
class HostVariable implements Variable {
  readonly dtype: DType;
  readonly size: number;
  readonly #onFree: () => void;
  #elements: TypedArray | null;

  constructor(dtype: DType, size: number, onFree: () => void) {
    this.dtype = dtype;
    this.size = size;
    this.#onFree = onFree;
    this.#elements = allocate(dtype, size);
  }

  /** The elements themselves, for kernels to read and write. */
  get elements(): TypedArray {
    if (!this.#elements)
      throw new FoveaError(`reference: a ${this.dtype} variable was used after it was freed`);
    return this.#elements;
  }

  read(): TypedArray {
    return this.elements.slice();
  }

  write(data: TypedArray): void {
    expectCount("elements written to a variable", data.length, this.size);
    this.elements.set(data);
  }

  free(): void {
    if (this.#elements) this.#onFree();
    this.#elements = null;
  }
}

function elementsOf(variable: Variable, dtype: DType, size: number): TypedArray {
  if (!(variable instanceof HostVariable)) {
    throw new FoveaError(
      "reference: got a variable of another backend; create it with this one's createVariable",
    );
  }
  if (variable.dtype !== dtype || variable.size !== size) {
    throw new FoveaError(
      `reference: expected a variable ${dtype} of ${size} elements; got ${variable.dtype} of ${variable.size}`,
    );
  }
  return variable.elements;
}

function expectCount(what: string, got: number, expected: number): void {
  if (got !== expected) throw new FoveaError(`reference: ${what}: expected ${expected}, got ${got}`);
}
