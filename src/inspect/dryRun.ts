// A call of a model on inputs that have shapes and no elements: notes which module made what, computes nothing, and leaves the
// model, its waiting updates and the random numbers as they were.

import type { Backend } from "../backend/backend.ts";
import type { DType } from "../base/dtype.ts";
import { UnsupportedError } from "../base/errors.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import { currentPlanner, forgetUpdates, swapPlanner, updateCount } from "../graph/engine.ts";
import type { Root } from "../graph/lowered.ts";
import { maxDepth, Node, nodeCount } from "../graph/node.ts";
import { Planner } from "../graph/plan.ts";
import { Storage } from "../graph/storage.ts";
import type { Module, Part } from "../nn/module/module.ts";
import { inEvaluation, tensorsIn, type WatchedCall, watchCalls } from "../nn/module/watch.ts";
import { noGrad } from "../tensor/gradmode.ts";
import { Random, withRandom } from "../tensor/random.ts";
import { Tensor } from "../tensor/tensor.ts";
import { multiplyAdds } from "./work.ts";

/** An input that a model is called with. */
export interface InputSpec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** One call of a module. */
export interface Call {
  readonly module: Part;
  /** The first path under which the model has the module. */
  readonly path: string;
  /** The call within which this one was made. */
  readonly parent: Call | null;
  /** The module's calls before this one. */
  readonly earlier: number;
  /** Ids of nodes that were made before it began are below this. */
  readonly began: number;
  readonly inputs: readonly Node[];
  readonly outputs: readonly Node[];
  /** What was computed in it and not in calls within it, and leads to an output of some call. */
  readonly nodes: readonly Node[];
  /** Of `nodes`. */
  readonly multiplyAdds: number;
}

/** What a dry run has seen. */
export interface DryRun {
  readonly inputs: readonly Node[];
  readonly outputs: readonly Node[];
  /** In order of their beginning. */
  readonly calls: readonly Call[];
}

/** Calls a model in evaluation mode; throws what its layers throw, and UnsupportedError where it reads values. */
export function dryRun(model: Module, specs: readonly InputSpec[]): DryRun {
  const inputs = specs.map(({ shape, dtype }) => symbol(shape, dtype));
  const recorder = new Recorder(inputs);
  const restore = remember(model);
  const before = swapPlanner(null);
  const guard = new Guard(inputs, before);
  swapPlanner(guard);
  const end = recorder.attach(model);
  try {
    const result: unknown = inEvaluation(model, () =>
      withRandom(new Random(0), () => noGrad(() => model.forward(...inputs.map((node) => new Tensor(node))))),
    );
    return { inputs, outputs: tensorsIn(result).map((x) => x.node), calls: recorder.calls };
  } finally {
    end();
    swapPlanner(guard.real);
    restore();
  }
}

/** A leaf without elements. */
function symbol(shape: Shape, dtype: DType): Node {
  const node = Node.leaf(absent(shape, dtype), shape);
  node.storage = null;
  return node;
}

/** A storage whose elements nobody may ask for. */
export function absent(shape: Shape, dtype: DType): Storage {
  const read = () => {
    throw new UnsupportedError("an input of which only the shape is given has no elements to read");
  };
  return new Storage(dtype, sizeOf(shape), read, false);
}

/** A call that may not have ended. */
interface OpenCall extends Call {
  outputs: readonly Node[];
  multiplyAdds: number;
  readonly nodes: Node[];
}

/** Notes the calls of a model's modules. */
export class Recorder {
  readonly calls: OpenCall[] = [];
  readonly #open: OpenCall[] = [];
  readonly #seen: Set<Node>;

  constructor(inputs: readonly Node[]) {
    this.#seen = new Set(inputs);
  }

  attach(model: Module): () => void {
    return watchCalls(model, (call, body) => this.#record(call, body));
  }

  #record<T>({ part: module, path, inputs }: WatchedCall, body: () => T): T {
    const parent = this.#open.at(-1) ?? null;
    // What was computed since is the caller's own work.
    this.#claim(parent, inputs);
    const earlier = this.calls.filter((other) => other.module === module).length;
    const call: OpenCall = {
      ...{ module, path, parent, earlier, began: nodeCount() },
      inputs: tensorsIn(inputs).map((x) => x.node),
      outputs: [],
      nodes: [],
      multiplyAdds: 0,
    };
    this.calls.push(call);
    this.#open.push(call);
    try {
      const result = body();
      call.outputs = tensorsIn(result).map((x) => x.node);
      this.#claim(call, result);
      return result;
    } finally {
      this.#open.pop();
    }
  }

  /** Counts the nodes below tensors that no call has counted yet. */
  #claim(call: OpenCall | null, values: unknown): void {
    const stack = tensorsIn(values).map((x) => x.node);
    while (stack.length > 0) {
      const node = stack.pop()!;
      if (this.#seen.has(node)) continue;
      this.#seen.add(node);
      if (call) {
        call.nodes.push(node);
        call.multiplyAdds += multiplyAdds(node);
      }
      stack.push(...node.inputs);
    }
  }
}

/** Gives a function that puts the fields of all modules, and the updates that wait for their tensors, back as they are now. */
function remember(model: Module): () => void {
  const modules = new Map<Part, ReadonlyMap<string, unknown>>();
  for (const [, module] of model.namedModules()) modules.set(module, new Map(Object.entries(module)));
  const state = Array.from(new Set(model.stateDict().values()), (tensor) => ({
    tensor,
    node: tensor.node,
    updates: updateCount(tensor),
  }));
  return () => {
    for (const [module, fields] of modules) {
      const now = module as unknown as Record<string, unknown>;
      for (const name of Object.keys(now)) if (!fields.has(name)) delete now[name];
      for (const [name, value] of fields) if (now[name] !== value) now[name] = value;
    }
    for (const { tensor, node, updates } of state) {
      if (updateCount(tensor) === updates) continue;
      forgetUpdates(tensor);
      if (updates > 0) tensor.assign(new Tensor(node));
    }
  };
}

const noBackend: Backend = {
  name: "none",
  variableBytes: 0,
  compile: () => {
    throw new UnsupportedError("a model of which only the shapes are asked is not run");
  },
  createVariable: () => {
    throw new UnsupportedError("a model of which only the shapes are asked is not run");
  },
  bytesFor: ({ arenaBytes }) => arenaBytes,
};

/** Stands before the planner during a dry run: lets through what does not depend on the inputs, and nothing else. */
class Guard extends Planner {
  real: Planner | null;
  readonly #inputs: ReadonlySet<Node>;

  constructor(inputs: readonly Node[], real: Planner | null) {
    super(noBackend);
    this.#inputs = new Set(inputs);
    this.real = real;
  }

  override run(roots: readonly Root[]): void {
    const ours = roots.filter(({ node }) => dependsOn(node, this.#inputs));
    const others = roots.filter((root) => !ours.includes(root));
    if (others.length > 0) {
      swapPlanner(this.real);
      try {
        this.real = currentPlanner();
        this.real.run(others);
      } finally {
        swapPlanner(this);
      }
    }
    // A long chain of ops asks for its start to be computed; it can do without, since nothing else will be.
    if (ours.every(({ node, into }) => !into && node.depth > maxDepth)) return;
    throw new UnsupportedError(
      "the model reads values that depend on its input, of which only the shape is given; " +
        "read them outside forward(), or inspect the parts before and after on their own",
    );
  }
}

/** Whether a node is computed from one of some inputs. */
export function dependsOn(node: Node, inputs: ReadonlySet<Node>): boolean {
  const seen = new Set<Node>();
  const stack = [node];
  while (stack.length > 0) {
    const at = stack.pop()!;
    if (inputs.has(at)) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    stack.push(...at.inputs);
  }
  return false;
}
