// What of a network's graph is on view: blocks that are folded are one item each, and everything else stands for itself.
import type { GraphGroup, GraphNode, NetworkGraph } from "../../src/studio/shared/networks.ts";

/** A node, or a folded group. */
export interface Item {
  /** `n` or `g` and the number of the node or group. */
  readonly key: string;
  readonly group: GraphGroup | null;
  /** Its nodes; one where it is no group. */
  readonly members: readonly GraphNode[];
}

/** What goes between items. */
export interface Link {
  readonly from: string;
  readonly to: string;
  readonly shape: readonly number[];
}

/** A group that is open: its items lie in a frame. */
export interface Frame {
  readonly group: GraphGroup;
  readonly keys: ReadonlySet<string>;
  /** Frames that lie in each other within it. */
  readonly level: number;
}

/** The graph on view. */
export interface View {
  /** Each behind those that it reads. */
  readonly items: readonly Item[];
  readonly links: readonly Link[];
  readonly frames: readonly Frame[];
}

/** Items that a graph begins with, at most, where folding can do it. */
const mostAtFirst = 60;

/** The graph with some groups folded. */
export function viewOf(graph: NetworkGraph, folded: ReadonlySet<number>): View {
  const keys = graph.nodes.map((node) => keyOf(graph, node, folded));
  const members = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    const key = keys[node.id]!;
    const list = members.get(key);
    if (list) list.push(node);
    else members.set(key, [node]);
  }
  const items = Array.from(members, ([key, nodes]): Item => {
    return { key, members: nodes, group: key.startsWith("g") ? graph.groups[Number(key.slice(1))]! : null };
  });
  items.sort((a, b) => a.members.at(-1)!.id - b.members.at(-1)!.id);
  const links = new Map<string, Link>();
  for (const { from, to, shape } of graph.edges) {
    const [a, b] = [keys[from]!, keys[to]!];
    if (a !== b) links.set(`${a} ${b} ${shape.join()}`, { from: a, to: b, shape });
  }
  const levels = levelsOf(graph, folded);
  const frames = graph.groups.flatMap((group): Frame[] => {
    if (group.parent === null || outermost(graph, group.id, folded) !== null) return [];
    const inside = graph.nodes.filter((node) => ancestors(graph, node.group).includes(group.id));
    return [{ group, keys: new Set(inside.map(({ id }) => keys[id]!)), level: levels.get(group.id)! }];
  });
  return { items, links: [...links.values()], frames };
}

/** How many open groups lie in each other within each. */
function levelsOf(graph: NetworkGraph, folded: ReadonlySet<number>): ReadonlyMap<number, number> {
  const levels = new Map<number, number>();
  // A group's number is higher than that of the one around it.
  for (const { id, parent } of graph.groups.toReversed()) {
    const level = levels.get(id) ?? 0;
    levels.set(id, level);
    const isOpen = outermost(graph, id, folded) === null;
    if (isOpen && parent !== null) levels.set(parent, Math.max(levels.get(parent) ?? 0, level + 1));
  }
  return levels;
}

/** The key of the item that shows a node. */
export function keyOf(graph: NetworkGraph, node: GraphNode, folded: ReadonlySet<number>): string {
  const group = outermost(graph, node.group, folded);
  return group === null ? `n${node.id}` : `g${group}`;
}

/** A group and those around it, the innermost first. */
export function ancestors({ groups }: NetworkGraph, group: number | null): number[] {
  const found: number[] = [];
  for (let at = group; at !== null; at = groups[at]!.parent) found.push(at);
  return found;
}

/** The outermost folded group in which something lies. */
function outermost(graph: NetworkGraph, group: number | null, folded: ReadonlySet<number>): number | null {
  return ancestors(graph, group).findLast((at) => folded.has(at)) ?? null;
}

/** What is folded at first: the deepest level of groups with which the graph is not too long. */
export function foldedAtFirst(graph: NetworkGraph): ReadonlySet<number> {
  if (graph.nodes.length <= mostAtFirst) return new Set();
  const depths = graph.groups.map(({ id }) => ancestors(graph, id).length - 1);
  for (let depth = Math.max(...depths); depth >= 1; depth--) {
    const folded = new Set(graph.groups.flatMap(({ id }) => (depths[id] === depth ? [id] : [])));
    if (viewOf(graph, folded).items.length <= mostAtFirst) return folded;
  }
  return new Set();
}

/** All groups but the model itself. */
export function allGroups({ groups }: NetworkGraph): ReadonlySet<number> {
  return new Set(groups.flatMap(({ id, parent }) => (parent === null ? [] : [id])));
}

/** Where a layer or module is on view, with what has to be unfolded for it; null where nothing computes it. */
export function placeOf(
  graph: NetworkGraph,
  path: string,
  folded: ReadonlySet<number>,
): { key: string; folded: ReadonlySet<number> } | null {
  const node = graph.nodes.find((one) => one.isLayer && one.path === path);
  if (node) {
    const open = new Set(folded);
    for (const group of ancestors(graph, node.group)) open.delete(group);
    return { key: `n${node.id}`, folded: open };
  }
  const group = graph.groups.find((one) => one.path === path && one.parent !== null);
  if (!group) return null;
  const open = new Set(folded);
  for (const around of ancestors(graph, group.parent)) open.delete(around);
  return { key: `g${group.id}`, folded: open.add(group.id) };
}
