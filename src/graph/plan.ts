// From a lazy graph to its values: walks it, finds or makes the plan for a graph of this structure, runs it,
// and hangs the results on the nodes. Warm steps pay for the walk alone.
import type { Backend, Executable, KernelSpan, RunArguments, StartedRun } from "../backend/backend.ts";
import { FoveaError, StaleError } from "../base/errors.ts";
import { formatShape, sizeOf } from "../base/shape.ts";
import type { Program } from "../kernel/kernel.ts";
import { lower } from "./lower.ts";
import type { Root } from "./lowered.ts";
import { mergeLoops } from "./merge.ts";
import type { Node } from "./node.ts";
import { schedule } from "./schedule.ts";
import { simplify } from "./simplify.ts";
import { Storage } from "./storage.ts";
import { applyUpdates } from "./update.ts";

/** A program with the places in the walk where its inputs, scalars and variables come from. */
interface Plan {
  readonly key: Int32Array;
  readonly program: Program;
  readonly executable: Executable;
  readonly inputs: readonly number[];
  readonly scalars: readonly number[];
  readonly variables: readonly number[];
  /** For each root: its place among the program's outputs, or −1 where it updates a variable. */
  readonly outputs: readonly number[];
  /** Milliseconds that it took to make the plan. */
  readonly compileMs: number;
}

/** A run that an observer is told of. */
export interface ObservedRun {
  readonly program: Program;
  /** Milliseconds that the plan took to make, once, and this run of it. */
  readonly compileMs: number;
  readonly runMs: number;
  /** What every thread did, where the observer asked for it. */
  readonly spans: readonly KernelSpan[];
}

/** Someone who wants to know of every run of a planner. */
export interface RunObserver {
  /** Whether runs are traced, which slows them down a little. */
  readonly traces: boolean;
  ran(run: ObservedRun): void;
}

/** How many plans one backend keeps; the one used longest ago goes first. */
const maxPlans = 256;

let walks = 0;

/** Runs graphs on one backend and remembers their plans. */
export class Planner {
  readonly backend: Backend;
  /** False gives every node a kernel of its own: slower, and the yardstick for the fused form. */
  readonly fuse: boolean;
  readonly #plans = new Map<number, Plan[]>();
  #count = 0;
  /** How many plans were compiled so far, for tests and reports. */
  compiled = 0;
  /** The program that ran last, for tests. */
  lastProgram: Program | null = null;
  /** Is told of every run. */
  observer: RunObserver | null = null;

  constructor(backend: Backend, { fuse = true } = {}) {
    this.backend = backend;
    this.fuse = fuse;
  }

  /** Computes the roots; afterwards each node without a target has its elements, each target its new value. */
  run(wanted: readonly Root[]): void {
    const roots = [...wanted];
    try {
      this.#run(roots, walk(roots));
    } finally {
      forget();
    }
  }

  #run(roots: readonly Root[], found: Walked): void {
    const { order, storages } = found;
    const plan = this.#find(found) ?? this.#compile(found, roots);
    this.lastProgram = plan.program;
    const started = this.#execute(plan, {
      inputs: plan.inputs.map((place) => order[place]!.storage!.read()),
      variables: plan.variables.map((place) => storages[place]!.variable(this.backend)),
      scalars: plan.scalars.map((place) => order[place]!.value),
    });
    for (let i = 0; i < roots.length; i++) {
      const { node, into } = roots[i]!;
      if (into) {
        into.overwritten();
        if (!node.storage) settle(node, into);
        continue;
      }
      const place = plan.outputs[i]!;
      settle(node, new Storage(node.dtype, sizeOf(node.shape), () => started.finish()[place]!, false));
    }
  }

  #execute({ executable, program, compileMs }: Plan, args: RunArguments): StartedRun {
    const { observer } = this;
    if (!observer) return executable.start(args);
    const begin = performance.now();
    const { outputs, spans } = observer.traces
      ? executable.trace(args)
      : { outputs: executable.run(args), spans: [] };
    observer.ran({ program, compileMs, runMs: performance.now() - begin, spans });
    return { finish: () => outputs };
  }

  #find({ hash, key, length }: Walked): Plan | undefined {
    const bucket = this.#plans.get(hash);
    const plan = bucket?.find((candidate) => sameKey(candidate.key, key, length));
    if (plan && this.#count > maxPlans / 2) {
      // Most recently used last: a Map keeps the order of insertion.
      this.#plans.delete(hash);
      this.#plans.set(hash, bucket!);
    }
    return plan;
  }

  #compile({ hash, key, length, order }: Walked, roots: readonly Root[]): Plan {
    const begin = performance.now();
    const graph = this.fuse ? simplify({ order, roots }) : { order, roots };
    const lowered = lower(graph.order, graph.roots, { fuse: this.fuse });
    const kernels = this.fuse ? mergeLoops(lowered.kernels) : lowered.kernels;
    const program = schedule(
      applyUpdates(kernels, lowered.buffers, lowered.updates),
      lowered.buffers,
      lowered.scalars.map((node) => node.dtype),
    );
    const inputs: number[] = [];
    const variables: number[] = [];
    const outputPlaces = new Map<number, number>();
    for (const [id, buffer] of lowered.buffers.entries()) {
      if (buffer.role === "input") inputs.push(buffer.leaf!.place);
      if (buffer.role === "variable") variables.push(buffer.storage!.place);
      if (buffer.role === "output") outputPlaces.set(id, outputPlaces.size);
    }
    const plan: Plan = {
      key: key.slice(0, length),
      program,
      executable: this.#render(program, order),
      inputs,
      variables,
      scalars: lowered.scalars.map((node) => node.place),
      outputs: lowered.rootBuffers.map((id) => outputPlaces.get(id) ?? -1),
      compileMs: performance.now() - begin,
    };
    this.compiled++;
    if (this.#count >= maxPlans) {
      const [oldest, bucket] = this.#plans.entries().next().value!;
      this.#plans.delete(oldest);
      this.#count -= bucket.length;
    }
    const bucket = this.#plans.get(hash);
    if (bucket) bucket.push(plan);
    else this.#plans.set(hash, [plan]);
    this.#count++;
    return plan;
  }

  #render(program: Program, order: readonly Node[]): Executable {
    try {
      return this.backend.compile(program);
    } catch (error) {
      if (error instanceof FoveaError) error.message += origins(order);
      throw error;
    }
  }
}

/** Gives a node its elements and lets go of what it was computed from. */
function settle(node: Node, storage: Storage): void {
  node.storage = storage;
  node.version = storage.version;
  node.inputs = [];
  node.keeps = null;
}

/** Where the last few ops of a graph were first made, for errors that arise only when it is compiled. */
function origins(order: readonly Node[]): string {
  const ops = order.filter((node) => !node.storage && node.op.kind !== "scalar" && node.op.kind !== "view");
  const last = ops.at(-1);
  return last ? `\nThe graph ends in ${describe(last)}` : "";
}

/** A node for error messages: op, shape and the line that first made one like it. */
export function describe(node: Node): string {
  const line = userLine(node.signature.origin);
  return `${node.signature.name} ${formatShape(node.shape)} ${node.dtype}${line ? ` made ${line}` : ""}`;
}

/** The first stack line outside the library. */
function userLine(origin: string): string | null {
  const own = new URL("../", import.meta.url).href.replace("file://", "");
  const lines = origin.split("\n").slice(1);
  return lines.find((line) => !line.includes(own) && !line.includes("node:"))?.trim() ?? null;
}

/** What a walk finds; its arrays serve the next walk too. */
interface Walked {
  /**
   * All nodes below the roots. Computed ones stand in the order of their creation, leaves before their first reader: when a
   * leaf was made is no part of the structure.
   */
  readonly order: Node[];
  readonly storages: Storage[];
  /** The first `length` numbers tell structures apart. */
  key: Int32Array;
  length: number;
  hash: number;
}

const walked: Walked = { order: [], storages: [], key: new Int32Array(1024), length: 0, hash: 0 };
const stack: Node[] = [];
const computed: Node[] = [];
const places: (Node | undefined)[] = [];

/** Walks the graph below the roots, to which it adds what is to be kept on the way. */
function walk(roots: Root[]): Walked {
  const mark = ++walks;
  const visit = (node: Node): void => {
    if (node.walk === mark) return;
    node.walk = mark;
    node.place = -1;
    stack.push(node);
  };
  for (const { node, into } of roots) {
    if (!into) node.output = mark;
    visit(node);
  }
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (isLeaf(node)) continue;
    computed.push(node);
    for (const input of node.inputs) visit(input);
    const { keeps } = node;
    if (keeps && !keeps.storage && keeps.output !== mark) {
      keeps.output = mark;
      roots.push({ node: keeps, into: null });
      visit(keeps);
    }
  }
  sortByAge(computed);
  const { order } = walked;
  let numbers = 3 * roots.length;
  const put = (node: Node): void => {
    if (node.place >= 0) return;
    node.place = order.push(node) - 1;
    numbers += 2 + node.inputs.length;
  };
  for (const node of computed) {
    for (const input of node.inputs) put(input);
    put(node);
  }
  for (const { node } of roots) put(node);
  if (walked.key.length < numbers) walked.key = new Int32Array(2 * numbers);
  walked.length = writeKey(walked, roots, mark);
  walked.hash = hashOf(walked.key, walked.length);
  return walked;
}

function writeKey({ order, storages, key }: Walked, roots: readonly Root[], mark: number): number {
  let length = 0;
  for (const node of order) {
    key[length++] = node.planSignature.id;
    if (node.storage) {
      requireCurrent(node);
      if (node.storage.resident) key[length++] = placeOf(node.storage, mark, storages);
    } else {
      for (const input of node.inputs) key[length++] = input.place;
    }
  }
  for (const { node, into } of roots) {
    key[length++] = -1;
    key[length++] = node.place;
    key[length++] = into ? placeOf(into, mark, storages) : -1;
  }
  return length;
}

/** A storage's place among those of a walk. */
function placeOf(storage: Storage, mark: number, storages: Storage[]): number {
  if (storage.walk !== mark) {
    storage.walk = mark;
    storage.place = storages.push(storage) - 1;
  }
  return storage.place;
}

/** Lets go of what the last walk has found. */
function forget(): void {
  walked.order.length = 0;
  walked.storages.length = 0;
  stack.length = 0;
  computed.length = 0;
}

/** Sorts nodes by creation. A step's nodes were mostly made one after the other, so each finds its place by its number. */
function sortByAge(nodes: Node[]): void {
  let newest = 0;
  for (const node of nodes) if (node.id > newest) newest = node.id;
  const span = 4 * nodes.length;
  const first = newest - span;
  while (places.length <= span) places.push(undefined);
  let old = 0;
  for (const node of nodes) {
    if (node.id >= first) places[node.id - first] = node;
    else nodes[old++] = node;
  }
  nodes.length = old;
  nodes.sort((a, b) => a.id - b.id);
  for (let i = 0; i <= span; i++) {
    const node = places[i];
    if (!node) continue;
    nodes.push(node);
    places[i] = undefined;
  }
}

function isLeaf(node: Node): boolean {
  return node.storage !== null || node.inputs.length === 0;
}

/** Throws StaleError where a realised node means elements that have been overwritten since. */
export function requireCurrent(node: Node): void {
  if (!node.storage || node.storage.version === node.version) return;
  throw new StaleError(
    `this value is, or depends on, a parameter, gradient or running statistic ${formatShape(node.shape)} as it was before it was overwritten; ` +
      "read it before optimizer.step() or the next training pass, or call retain() before on what is computed from it",
  );
}

function hashOf(key: Int32Array, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ key[i]!, 0x01000193) ^ (hash >>> 15);
  return hash;
}

function sameKey(a: Int32Array, b: Int32Array, length: number): boolean {
  if (a.length !== length) return false;
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}
