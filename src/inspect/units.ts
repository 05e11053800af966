// A dry run cut into units: layers, and what functions compute between them. Which unit reads which follows from the lazy graph alone.

import type { Node } from "../graph/node.ts";
import type { Call, DryRun } from "./dryRun.ts";
import { isPlain } from "./nodeKind.ts";

/** A layer's call, a function between layers, or an input. */
export interface Unit {
  /** The layer's call; null for functions and inputs. */
  readonly layer: Call | null;
  /** The call around it; null for inputs, and for the model where it is one layer. */
  readonly around: Call | null;
  /** What it computes from the network's input, in the order of making; of an input, itself. */
  readonly nodes: readonly Node[];
  /** Its results. */
  readonly outputs: readonly Node[];
  /** What it takes from other units, each once. */
  readonly reads: readonly { readonly from: Unit; readonly node: Node }[];
}

interface OpenUnit extends Unit {
  outputs: readonly Node[];
  readonly nodes: Node[];
  readonly reads: { readonly from: Unit; readonly node: Node }[];
  /** Nodes that were there as it began have ids below this. */
  readonly began: number;
}

/** The units of a dry run, each behind those that it reads. */
export function unitsOf(run: DryRun): Unit[] {
  const inside = new Set(run.calls.map(({ parent }) => parent));
  const isLayer = (call: Call) => !inside.has(call) && call.parent !== null;
  const depends = dependents(run);
  const operands = (node: Node) => new Set(node.inputs.filter((input) => depends.has(input))).size;

  const units: OpenUnit[] = run.inputs.map((node) => ({ ...unit(null, null, node.id), nodes: [node] }));
  const owners = new Map<Node, OpenUnit>(run.inputs.map((node, i) => [node, units[i]!]));
  const put = (node: Node, owner: OpenUnit) => {
    owner.nodes.push(node);
    owners.set(node, owner);
  };
  const functions = run.calls.flatMap((call) => {
    const own = call.nodes.filter((node) => depends.has(node)).sort((a, b) => a.id - b.id);
    if (!isLayer(call)) return own.map((node) => ({ node, call }));
    const layer = unit(call, call.parent, call.began);
    units.push(layer);
    for (const node of own) put(node, layer);
    return [];
  });
  const readers = countReaders(depends, run);
  for (const { node, call } of functions) {
    const before = node.inputs
      .map((input) => owners.get(input))
      .find((owner) => owner?.around === call && !owner.layer);
    const last = before?.nodes.at(-1);
    // A function that only moves or scales belongs to the one before or behind it, where nobody else reads what lies between.
    const isOne = before && last && readers.get(last) === 1 && operands(node) === 1;
    if (isOne && (isPlain(node, 1) || before.nodes.every((one) => isPlain(one, operands(one)))))
      put(node, before);
    else {
      const alone = unit(null, call, node.id);
      units.push(alone);
      put(node, alone);
    }
  }
  units.sort((a, b) => orderOf(a) - orderOf(b) || Number(a.layer === null) - Number(b.layer === null));
  connect(units, owners, depends);
  return units;
}

function unit(layer: Call | null, around: Call | null, began: number): OpenUnit {
  return { layer, around, nodes: [], outputs: [], reads: [], began };
}

/** Functions count from their last op, as what is merged into them may have been made after other layers. */
function orderOf({ layer, nodes, began }: OpenUnit): number {
  return layer ? began : nodes.at(-1)!.id;
}

/** All nodes that are computed from the inputs, which are among them. A node is younger than all that it is computed from. */
function dependents(run: DryRun): ReadonlySet<Node> {
  const found = new Set<Node>(run.inputs);
  const nodes = run.calls.flatMap((call) => call.nodes).sort((a, b) => a.id - b.id);
  for (const node of nodes) if (node.inputs.some((input) => found.has(input))) found.add(node);
  return found;
}

/** How many nodes, calls' results and the model's own read a node. */
function countReaders(depends: ReadonlySet<Node>, { calls, outputs }: DryRun): ReadonlyMap<Node, number> {
  const readers = new Map<Node, number>();
  const add = (node: Node) => readers.set(node, (readers.get(node) ?? 0) + 1);
  for (const node of depends) for (const input of new Set(node.inputs)) add(input);
  for (const node of outputs) add(node);
  for (const call of calls) for (const node of call.inputs) if (call.outputs.includes(node)) add(node);
  return readers;
}

/**
 * Notes what each unit reads. A layer that hands on what it is given (dropout in evaluation, an identity) computes nothing: who reads the
 * same node after it was called reads from it.
 */
function connect(
  units: readonly OpenUnit[],
  owners: ReadonlyMap<Node, OpenUnit>,
  depends: ReadonlySet<Node>,
): void {
  const handedOn = new Map<Node, OpenUnit>();
  for (const reader of units) {
    const read = (node: Node) => {
      const from = handedOn.get(node) ?? owners.get(node);
      if (!from || from === reader || reader.reads.some((one) => one.from === from && one.node === node))
        return;
      reader.reads.push({ from, node });
    };
    if (reader.layer && reader.nodes.length === 0) {
      const { inputs, outputs } = reader.layer;
      for (const node of inputs) if (depends.has(node)) read(node);
      for (const node of outputs) if (depends.has(node)) handedOn.set(node, reader);
      reader.outputs = outputs;
      continue;
    }
    const own = new Set(reader.nodes);
    for (const node of reader.nodes) {
      for (const input of node.inputs) if (depends.has(input) && !own.has(input)) read(input);
    }
    reader.outputs = reader.layer ? reader.layer.outputs : [reader.nodes.at(-1)!];
  }
}
