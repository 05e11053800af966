// The memory of one pass, from the program that it would be: the graph is planned as for a run, and not run.

import type { Backend } from "../backend/backend.ts";
import { maxDepth } from "../graph/node.ts";
import { Planner } from "../graph/plan.ts";
import { absent, type DryRun } from "./dryRun.ts";

/** Thrown once the program is known. */
class Planned extends Error {
  readonly bytes: number;

  constructor(bytes: number) {
    super("planned");
    this.bytes = bytes;
  }
}

/** Takes no program further than its size. */
const measure: Backend = {
  name: "measure",
  variableBytes: 0,
  compile: ({ arenaBytes }) => {
    throw new Planned(arenaBytes);
  },
  createVariable: () => {
    throw new Error("passBytes: nothing is run");
  },
  bytesFor: ({ arenaBytes }) => arenaBytes,
};

/** Bytes of the buffers of one pass; null where the graph is so deep that it would be run in parts. */
export function passBytes({ inputs, outputs }: DryRun): number | null {
  const roots = outputs.filter((node) => !node.storage && !inputs.includes(node));
  if (roots.length === 0) return 0;
  if (roots.some(({ depth }) => depth > maxDepth)) return null;
  for (const input of inputs) input.storage = absent(input.shape, input.dtype);
  try {
    new Planner(measure).run(roots.map((node) => ({ node, into: null })));
    return null;
  } catch (error) {
    if (error instanceof Planned) return error.bytes;
    throw error;
  } finally {
    for (const input of inputs) input.storage = null;
  }
}
