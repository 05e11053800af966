// The session behind all tensors: the backend in use, and what the next run has to do besides what is asked of it:
// updates of resident storages, and values that someone will want to read. Knows nothing of gradients.
import type { Backend } from "../backend/backend.ts";
import { FoveaError } from "../base/errors.ts";
import type { Root } from "./lowered.ts";
import { Node } from "./node.ts";
import { Planner } from "./plan.ts";
import type { Storage } from "./storage.ts";

/** Whoever shows a node to the user; an update moves it on to the storage's new version. */
export interface NodeHolder {
  node: Node;
}

/** A storage that is to take a value at the next run. */
interface Update {
  readonly storage: Storage;
  readonly value: Node;
  readonly holder: NodeHolder;
}

let planner: Planner | null = null;
let makeDefault: (() => Backend) | null = null;
let updates: Update[] = [];
/** Held weakly: a value that nobody can read any more need not be kept. */
let kept: WeakRef<Node>[] = [];

/** Tells how to make the backend that is used when none was set; called once by the library's entry. */
export function setDefaultBackend(make: () => Backend): void {
  makeDefault = make;
}

/** The planner in use; makes the default backend on first call. */
export function currentPlanner(): Planner {
  if (!planner) {
    if (!makeDefault) throw new FoveaError("no backend is set; call setBackend(backend) first");
    planner = new Planner(makeDefault());
  }
  return planner;
}

/** Runs all later work on another planner and gives the one before; values move over as they are used. */
export function swapPlanner(next: Planner | null): Planner | null {
  const before = planner;
  planner = next;
  return before;
}

/** Lets `storage` take the value of a node at the next run; until then the holder shows the node itself. */
export function updateLater(storage: Storage, value: Node, holder: NodeHolder): void {
  if (storage.update < 0) storage.update = updates.push({ storage, value, holder }) - 1;
  else updates[storage.update] = { storage, value, holder };
  holder.node = value;
}

/** Has the next run keep a node's elements, so that they can be read after their inputs have changed. */
export function keepLater(node: Node): void {
  if (!node.storage) kept.push(new WeakRef(node));
}

/**
 * Has the run that computes `carrier` keep a node's elements too. Costs less than `keepLater`, which also serves nodes that no
 * other run would come by.
 */
export function keepWith(carrier: Node, node: Node): void {
  if (node.storage) return;
  if (carrier.storage || (carrier.keeps && carrier.keeps !== node)) keepLater(node);
  else carrier.keeps = node;
}

/** Computes nodes, and with them all pending updates and kept values, in one program. */
export function realize(nodes: readonly Node[]): void {
  // A fresh set each time: one that is cleared keeps what it held alive through its successors.
  const wanted = new Set<Node>();
  for (const node of nodes) if (!node.storage) wanted.add(node);
  for (const reference of kept) {
    const node = reference.deref();
    if (node && !node.storage) wanted.add(node);
  }
  kept = [];
  const pending = updates;
  updates = [];
  if (wanted.size === 0 && pending.length === 0) return;
  const roots: Root[] = [];
  for (const node of wanted) roots.push({ node, into: null });
  for (const { storage, value } of pending) {
    storage.update = -1;
    roots.push({ node: value, into: storage });
  }
  try {
    currentPlanner().run(roots);
  } finally {
    // Whether it took its new value or the run failed: the storage holds the valid one.
    for (const { storage, value, holder } of pending) {
      if (holder.node === value) holder.node = Node.settled(storage, value);
    }
  }
}
