// A recorded call of a model as a list of steps: each layer that has no layers in it, and each function that is called between layers, in the order
// of the network.

import { viewBase } from "../graph/analysis.ts";
import type { Node } from "../graph/node.ts";
import type { Part } from "../nn/module/module.ts";
import type { Call } from "./dryRun.ts";

/** One step, by the nodes of its graph. */
export interface NodeStep {
  /** Dotted path of the layer, or of the module that calls the function; empty for the model itself. */
  readonly path: string;
  /** Name of the layer's class (`Conv2d`), or of the function (`relu`, `add`). */
  readonly kind: string;
  /** The layer; null for a function. */
  readonly layer: Part | null;
  /** Places in the list of the steps that it works on; -1 is the model's input. */
  readonly from: readonly number[];
  /** What it works on; views of a step's output among them. */
  readonly inputs: readonly Node[];
  readonly output: Node;
}

/** A recorded call. */
interface Recorded {
  readonly inputs: readonly Node[];
  readonly calls: readonly Call[];
}

/**
 * The steps of a recorded call. Whatever only hands on what it gets (a dropout in evaluation, a change of shape) is none, and of a layer
 * with several outputs the first counts.
 */
export function stepsOfCalls({ inputs, calls }: Recorded): NodeStep[] {
  const parents = new Set(calls.map(({ parent }) => parent));
  const depends = dependents(inputs, calls);
  const candidates = calls.flatMap((call): Omit<NodeStep, "from">[] => {
    const { path, module } = call;
    const [output] = call.outputs;
    if (!parents.has(call)) {
      return output
        ? [{ path, kind: module.constructor.name, layer: module, inputs: call.inputs, output }]
        : [];
    }
    return call.nodes.flatMap((node) =>
      depends.has(node) && node.op.kind !== "view"
        ? [{ path, kind: node.signature.name, layer: null, inputs: node.inputs, output: node }]
        : [],
    );
  });
  candidates.sort((a, b) => viewBase(a.output).id - viewBase(b.output).id);
  const places = new Map<Node, number>(inputs.map((node) => [viewBase(node), -1]));
  const steps: NodeStep[] = [];
  for (const candidate of candidates) {
    const base = viewBase(candidate.output);
    if (places.has(base)) continue;
    const worksOn = candidate.inputs.filter((node) => places.has(viewBase(node)));
    const from = [...new Set(worksOn.map((node) => places.get(viewBase(node))!))];
    places.set(base, steps.length);
    steps.push({ ...candidate, inputs: worksOn, from });
  }
  return steps;
}

/** The nodes that are computed from the inputs. */
function dependents(inputs: readonly Node[], calls: readonly Call[]): ReadonlySet<Node> {
  const found = new Set(inputs);
  const nodes = calls.flatMap((call) => call.nodes).sort((a, b) => a.id - b.id);
  for (const node of nodes) if (node.inputs.some((input) => found.has(input))) found.add(node);
  return found;
}
