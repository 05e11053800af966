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

/** A value that a storage is to take, and who shows it. */
export interface StorageUpdate {
  readonly storage: Storage;
  readonly value: Node;
  readonly holder: NodeHolder;
}

/** An update that waits for the next run. */
interface Waiting {
  readonly storage: Storage;
  readonly value: Node;
  /** Updates of the same holder since the last run, this one included. */
  readonly count: number;
}

let planner: Planner | null = null;
let makeDefault: (() => Backend) | null = null;
/** What waits to be taken over, held by whoever shows it: an update that nobody could see need not be made. */
const waiting = new WeakMap<NodeHolder, Waiting>();
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

/** Has the next run carry out an update; until then the holder shows the new value's node itself. */
export function updateLater({ storage, value, holder }: StorageUpdate): void {
  const before = waiting.get(holder);
  if (!before) updating.push(new WeakRef(holder));
  waiting.set(holder, { storage, value, count: (before?.count ?? 0) + 1 });
  holder.node = value;
}

/** Number of updates of a holder since the last run. */
export function updateCount(holder: NodeHolder): number {
  return waiting.get(holder)?.count ?? 0;
}

/** Takes back the updates of a holder since the last run: it shows again what its storage holds. */
export function forgetUpdates(holder: NodeHolder): void {
  const update = waiting.get(holder);
  if (!update) return;
  waiting.delete(holder);
  updating = updating.filter((reference) => reference.deref() !== holder);
  holder.node = Node.settled(update.storage, update.value);
}

/** Changes all values that wait to be taken over; `before` is what their storage holds until then. */
export function changeUpdates(change: (value: Node, before: Node) => Node): void {
  for (const { holder, storage, value } of waitingUpdates()) {
    const changed = change(value, Node.settled(storage, value));
    waiting.set(holder, { storage, value: changed, count: waiting.get(holder)!.count });
    holder.node = changed;
  }
}

function waitingUpdates(): StorageUpdate[] {
  return updating.flatMap((reference): StorageUpdate[] => {
    const holder = reference.deref();
    const update = holder && waiting.get(holder);
    return update ? [{ storage: update.storage, value: update.value, holder }] : [];
  });
}

/** Has the next run keep a node's elements, so that they can be read after their inputs have changed. */
export function keepLater(node: Node): void {
  if (!node.storage) kept.push(new WeakRef(node));
}

/** Elements that are kept without being asked for, at most: copying more out of each step would cost more than it is worth. */
const mostKept = 65536;

/**
 * Has the run that computes `carrier` keep a node's elements too, where they are few. Costs less than `keepLater`, which also serves
 * nodes that no other run would come by.
 */
export function keepWith(carrier: Node, node: Node): void {
  if (node.storage || node.size > mostKept) return;
  if (carrier.storage || (carrier.keeps && carrier.keeps !== node)) keepLater(node);
  else carrier.keeps = node;
}

/** Computes nodes, and with them all waiting updates, more updates given here, and kept values, in one program. */
export function realize(nodes: readonly Node[], more: readonly StorageUpdate[] = noUpdates): void {
  // A fresh set each time: one that is cleared keeps what it held alive through its successors.
  const wanted = new Set<Node>();
  for (const node of nodes) if (!node.storage) wanted.add(node);
  for (const reference of kept) {
    const node = reference.deref();
    if (node && !node.storage) wanted.add(node);
  }
  kept = [];
  let updates = more;
  if (updating.length > 0) {
    updates = latest([...waitingUpdates(), ...more]);
    for (const reference of updating) {
      const holder = reference.deref();
      if (holder) waiting.delete(holder);
    }
    updating = [];
  }
  if (wanted.size === 0 && updates.length === 0) return;
  const roots: Root[] = [];
  for (const node of wanted) roots.push({ node, into: null });
  for (const { storage, value } of updates) roots.push({ node: value, into: storage });
  try {
    currentPlanner().run(roots);
    for (const { storage, value, holder } of more) holder.node = Node.settled(storage, value);
  } finally {
    // Whether it took its new value or the run failed: the storage holds the valid one.
    for (const { storage, value, holder } of updates) {
      if (holder.node === value) holder.node = Node.settled(storage, value);
    }
  }
}

const noUpdates: readonly StorageUpdate[] = [];

/** Of several updates of one storage the last. */
function latest(updates: readonly StorageUpdate[]): StorageUpdate[] {
  return [...new Map(updates.map((update) => [update.storage, update])).values()];
}
