// The memory that training takes, from the programs that its steps would be: they are planned as for a run, and not run.
import type { Backend } from "../backend/backend.ts";
import type { DType } from "../base/dtype.ts";
import { OptionError, UnsupportedError } from "../base/errors.ts";
import { checkNumber, checkOptions, checkPositive } from "../base/options.ts";
import type { Shape } from "../base/shape.ts";
import { currentPlanner, realize, swapPlanner } from "../graph/engine.ts";
import type { Root } from "../graph/lowered.ts";
import { maxDepth, Node } from "../graph/node.ts";
import { Planner } from "../graph/plan.ts";
import { absent, dependsOn } from "../inspect/dryRun.ts";
import { crossEntropy } from "../nn/functional/index.ts";
import type { Module } from "../nn/module/module.ts";
import { AdamW } from "../optim/adam.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { noGrad } from "../tensor/gradmode.ts";
import { Random, withRandom } from "../tensor/random.ts";
import { Tensor } from "../tensor/tensor.ts";
import { evaluationBatchOf } from "./batches.ts";
import type { FitOptions } from "./fitOptions.ts";
import { prepareInput } from "./input.ts";
import { type StepBatch, startStep } from "./step.ts";

/** What is trained with. */
export interface TrainingMemoryOptions {
  /** Over the model's parameters. Default `AdamW`. */
  readonly optimizer?: Optimizer<{ lr: number }>;
  /** Default `crossEntropy`. */
  readonly loss?: FitOptions["loss"];
  /** Element type of the samples; bytes are brought to 0 … 1, as `fit` does it. Default float32. */
  readonly dtype?: DType;
}

/** How `batchSizeFor` chooses. */
export interface BatchSizeOptions extends TrainingMemoryOptions {
  /** Bytes that there are. */
  readonly memory: number;
  /** No batch is larger. Default 256: larger ones learn less from each picture. */
  readonly most?: number;
}

const memoryNames = ["optimizer", "loss", "dtype"];

/**
 * Bytes that training takes on the present backend at once: parameters, their gradients, the optimizer's state, and all that a step with its forward and backward
 * pass, or the evaluation after an epoch, has in use. Nothing is computed, and the model stays as it is. `sampleShape` is that of one sample, without the batch axis.
 * Throws OptionError for options outside their rules, UnsupportedError for models that read values in `forward` or are too deep to run as one program.
 */
export function trainingBytes(
  model: Module,
  sampleShape: Shape,
  batchSize: number,
  options: TrainingMemoryOptions = {},
): number {
  checkOptions("trainingBytes", options, memoryNames);
  checkNumber("trainingBytes", "batchSize", batchSize, "a whole number of at least 1", isCount);
  return bytesOf(model, sampleShape, batchSize, options);
}

/**
 * The largest power of two whose training fits into `memory` bytes, by `trainingBytes`. Throws OptionError where not even one sample does.
 *
 * ```ts
 * const batchSize = batchSizeFor(model, [3, 64, 64], { memory: 2 ** 30, dtype: "uint8" });
 * ```
 */
export function batchSizeFor(model: Module, sampleShape: Shape, options: BatchSizeOptions): number {
  checkOptions("batchSizeFor", options, ["memory", "most", ...memoryNames]);
  const { memory, most = 256, ...training } = options;
  checkPositive("batchSizeFor", "memory", memory);
  checkNumber("batchSizeFor", "most", most, "a whole number of at least 1", isCount);
  const fits = (exponent: number) => bytesOf(model, sampleShape, 2 ** exponent, training) <= memory;
  // Halving what is open: `low` fits, `high` does not or is out of bounds.
  let [low, high] = [-1, Math.floor(Math.log2(most)) + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  if (low >= 0) return 2 ** low;
  throw new OptionError(
    `batchSizeFor: a batch of one sample takes ${mebibytes(bytesOf(model, sampleShape, 1, training))}, and memory is ${mebibytes(memory)}. ` +
      "Give more memory, smaller samples, or a smaller model",
  );
}

function bytesOf(
  model: Module,
  sampleShape: Shape,
  batchSize: number,
  { dtype = "float32", loss = crossEntropy, ...options }: TrainingMemoryOptions,
): number {
  const optimizer = options.optimizer ?? new AdamW(model.parameters(), { lr: 1e-3 });
  const settled = { optimizer, loss, epochs: 1, seed: 0, accumulate: 1, restoreBest: false };
  const { training } = model;
  const { steps } = optimizer;
  const gradients = model.parameters().map((parameter) => [parameter, parameter.grad] as const);
  try {
    const step = planned(sampleShape, batchSize, dtype, "updates", (batch) => {
      startStep(model.train(), settled, [batch]);
    });
    const evaluation = planned(sampleShape, evaluationBatchOf(batchSize), dtype, "values", ({ x, y }) => {
      noGrad(() => loss(model.eval().forward(x), y)).itemSync();
    });
    return Math.max(step, evaluation);
  } finally {
    model.train(training);
    optimizer.steps = steps;
    for (const [parameter, gradient] of gradients) parameter.grad = gradient;
  }
}

/** What a program is run for. */
type Purpose = "updates" | "values";

/** Bytes of the program that `body` would have run on a batch. */
function planned(
  sampleShape: Shape,
  size: number,
  dtype: DType,
  purpose: Purpose,
  body: (batch: StepBatch) => void,
): number {
  const x = Node.leaf(absent([size, ...sampleShape], dtype), [size, ...sampleShape]);
  const y = Tensor.fromArray(new Int32Array(size), [size], "int32"); // there is always a class 0
  realize([]); // what waits to be done is done before, so that it is not part of the program
  const planner = new MeasuringPlanner(currentPlanner(), x, purpose);
  const before = swapPlanner(planner);
  try {
    withRandom(new Random(0), () => body({ x: prepareInput(new Tensor(x)), targets: y, y }));
  } catch (error) {
    if (!(error instanceof Measured)) throw error;
    return error.bytes;
  } finally {
    swapPlanner(before);
  }
  throw new UnsupportedError("the memory of a model whose answers do not depend on its input is not known");
}

/** Thrown once a program's size is known. */
class Measured extends Error {
  readonly bytes: number;

  constructor(bytes: number) {
    super("measured");
    this.bytes = bytes;
  }
}

/** Takes what depends on the input no further than its size; everything else is run as usual. */
class MeasuringPlanner extends Planner {
  readonly #real: Planner;
  readonly #input: ReadonlySet<Node>;
  readonly #purpose: Purpose;

  constructor(real: Planner, input: Node, purpose: Purpose) {
    super(measuring(real.backend));
    this.#real = real;
    this.#input = new Set([input]);
    this.#purpose = purpose;
  }

  override run(roots: readonly Root[]): void {
    if (!roots.some(({ node }) => dependsOn(node, this.#input))) {
      this.#real.run(roots);
      return;
    }
    if (roots.some(({ node, into }) => !into && node.depth > maxDepth)) {
      throw new UnsupportedError(
        "the model is so deep that a step is run in parts, whose memory is not known beforehand",
      );
    }
    if (this.#purpose === "updates" && !roots.some(({ into }) => into)) {
      throw new UnsupportedError(
        "the model reads values that depend on its input within a step, whose memory is not known beforehand",
      );
    }
    super.run(roots);
  }
}

function measuring(backend: Backend): Backend {
  return {
    name: backend.name,
    variableBytes: 0,
    compile: (program) => {
      throw new Measured(backend.bytesFor(program));
    },
    createVariable: (dtype, size) => backend.createVariable(dtype, size),
    bytesFor: (program) => backend.bytesFor(program),
  };
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
