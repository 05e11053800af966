// From a lazy graph to its values: walks it, finds or makes the plan for a graph of this structure, runs it,
// and hangs the results on the nodes. Warm steps pay for the walk alone.
import type { Backend, Executable } from "../backend/backend.ts";
import { FoveaError, StaleError } from "../base/errors.ts";
import { formatShape } from "../base/shape.ts";
import type { Program } from "../kernel/kernel.ts";
import { lower } from "./lower.ts";
import type { Root } from "./lowered.ts";
import { mergeLoops } from "./merge.ts";
import type { Node } from "./node.ts";
import { schedule } from "./schedule.ts";
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
  /** The program that ran last, for profiles. */
  lastProgram: Program | null = null;

  constructor(backend: Backend, { fuse = true } = {}) {
    this.backend = backend;
    this.fuse = fuse;
  }

  /** Computes the roots; afterwards each node without a target has its elements, each target its new value. */
  run(roots: readonly Root[]): void {
    const { order, storages, key, hash } = walk(roots);
    const plan = this.#find(hash, key) ?? this.#compile(hash, key, order, roots);
    this.lastProgram = plan.program;
    const results = plan.executable.run({
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
      const data = results[plan.outputs[i]!]!;
      settle(node, new Storage(node.dtype, data.length, data, false));
    }
  }

  #find(hash: number, key: Int32Array): Plan | undefined {
    const bucket = this.#plans.get(hash);
    const plan = bucket?.find((candidate) => sameKey(candidate.key, key));
    if (plan && this.#count > maxPlans / 2) {
      // Most recently used last: a Map keeps the order of insertion.
      this.#plans.delete(hash);
      this.#plans.set(hash, bucket!);
    }
    return plan;
  }

  #compile(hash: number, key: Int32Array, order: readonly Node[], roots: readonly Root[]): Plan {
    const lowered = lower(order, roots, { fuse: this.fuse });
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
      key,
      program,
      executable: this.#render(program, order),
      inputs,
      variables,
      scalars: lowered.scalars.map((node) => node.place),
      outputs: lowered.rootBuffers.map((id) => outputPlaces.get(id) ?? -1),
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

/**
 * All nodes below the roots, the storages they touch, and a key that tells structures apart. Computed nodes stand in the
 * order of their creation, leaves before their first reader: when a leaf was made is no part of the structure.
 */
function walk(roots: readonly Root[]): { order: Node[]; storages: Storage[]; key: Int32Array; hash: number } {
  const mark = ++walks;
  const computed: Node[] = [];
  const stack: Node[] = [];
  const visit = (node: Node): void => {
    if (node.walk === mark) return;
    node.walk = mark;
    node.place = -1;
    stack.push(node);
  };
  for (const { node } of roots) visit(node);
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (isLeaf(node)) continue;
    computed.push(node);
    for (const input of node.inputs) visit(input);
  }
  computed.sort((a, b) => a.id - b.id);
  const order: Node[] = [];
  const put = (node: Node): void => {
    if (node.place < 0) node.place = order.push(node) - 1;
  };
  for (const node of computed) {
    for (const input of node.inputs) put(input);
    put(node);
  }
  for (const { node } of roots) put(node);
  const storages: Storage[] = [];
  const key: number[] = [];
  const storagePlace = (storage: Storage): number => {
    if (storage.walk !== mark) {
      storage.walk = mark;
      storage.place = storages.push(storage) - 1;
    }
    return storage.place;
  };
  for (const node of order) {
    key.push(node.planSignature.id);
    if (node.storage) {
      requireCurrent(node);
      if (node.storage.resident) key.push(storagePlace(node.storage));
    } else {
      for (const input of node.inputs) key.push(input.place);
    }
  }
  for (const { node, into } of roots) key.push(-1, node.place, into ? storagePlace(into) : -1);
  return { order, storages, key: new Int32Array(key), hash: hashOf(key) };
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

function hashOf(key: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const item of key) hash = Math.imul(hash ^ item, 0x01000193) ^ (hash >>> 15);
  return hash;
}

function sameKey(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
