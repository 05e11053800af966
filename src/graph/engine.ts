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

interface Update {
  readonly storage: Storage;
  readonly value: Node;
  /** Updates of the same holder since the last run, this one included. */
  readonly count: number;
}

let planner: Planner | null = null;
let makeDefault: (() => Backend) | null = null;
/** What waits to be taken over, held by whoever shows it: an update that nobody could see need not be made. */
const updates = new WeakMap<NodeHolder, Update>();
let updating: WeakRef<NodeHolder>[] = [];
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
  const before = updates.get(holder);
  if (!before) updating.push(new WeakRef(holder));
  updates.set(holder, { storage, value, count: (before?.count ?? 0) + 1 });
  holder.node = value;
}

/** Number of updates of a holder since the last run. */
export function updateCount(holder: NodeHolder): number {
  return updates.get(holder)?.count ?? 0;
}

/** Takes back the updates of a holder since the last run: it shows again what its storage holds. */
export function forgetUpdates(holder: NodeHolder): void {
  const update = updates.get(holder);
  if (!update) return;
  updates.delete(holder);
  updating = updating.filter((reference) => reference.deref() !== holder);
  holder.node = Node.settled(update.storage, update.value);
}

/** Changes all values that wait to be taken over; `before` is what their storage holds until then. */
export function changeUpdates(change: (value: Node, before: Node) => Node): void {
  for (const [holder, update] of waitingUpdates()) {
    const value = change(update.value, Node.settled(update.storage, update.value));
    updates.set(holder, { ...update, value });
    holder.node = value;
  }
}

function waitingUpdates(): [NodeHolder, Update][] {
  return updating.flatMap((reference): [NodeHolder, Update][] => {
    const holder = reference.deref();
    const update = holder && updates.get(holder);
    return update ? [[holder, update]] : [];
  });
}

/** Has the next run keep a node's elements, so that they can be read after their inputs have changed. */
export function keepLater(node: Node): void {
  if (!node.storage) kept.push(new WeakRef(node));
}

/** Computes nodes, and with them all pending updates and kept values, in one program. */
export function realize(nodes: readonly Node[]): void {
  const wanted = new Set<Node>();
  for (const node of nodes) if (!node.storage) wanted.add(node);
  for (const reference of kept) {
    const node = reference.deref();
    if (node && !node.storage) wanted.add(node);
  }
  // Of two holders of one storage the later one decides.
  const pending = new Map<Storage, { value: Node; holder: NodeHolder }>();
  for (const [holder, { storage, value }] of waitingUpdates()) {
    pending.set(storage, { value, holder });
    updates.delete(holder);
  }
  updating = [];
  kept = [];
  if (wanted.size === 0 && pending.size === 0) return;
  const roots: Root[] = Array.from(wanted, (node) => ({ node, into: null }));
  for (const [storage, { value }] of pending) roots.push({ node: value, into: storage });
  try {
    currentPlanner().run(roots);
  } finally {
    // Whether it took its new value or the run failed: the storage holds the valid one.
    for (const [storage, { value, holder }] of pending) {
      if (holder.node === value) holder.node = Node.settled(storage, value);
    }
  }
}
