// What a program takes of the memory: where its parts lie in the workspace, and all of it in bytes.
import { byteSize } from "../../base/dtype.ts";
import type { Program } from "../../kernel/kernel.ts";
import { align } from "./heap.ts";
import { blockBytes } from "./memory.ts";
import type { RenderedProgram } from "./program.ts";

/** Where the parts begin after the arguments, and how many bytes all are together. */
export interface Workspace {
  readonly arena: number;
  readonly scratch: number;
  readonly prepared: number;
  readonly bytes: number;
}

/** Lays out the workspace of a program for so many threads. */
export function workspaceOf(
  program: Program,
  { argumentBytes, scratchBytes, preparedBytes }: Omit<RenderedProgram, "bytes">,
  threads: number,
): Workspace {
  const arena = align(argumentBytes);
  const scratch = arena + align(program.arenaBytes) + 64;
  const prepared = scratch + align(threads * scratchBytes) + 64;
  return { arena, scratch, prepared, bytes: prepared + preparedBytes };
}

/** Bytes of variables, tables and workspace. */
export function bytesOf(program: Program, rendered: RenderedProgram, threads: number): number {
  const variables = program.buffers.filter(({ role }) => role === "variable");
  const blocks = [
    ...variables.map(({ size, dtype }) => size * byteSize(dtype)),
    rendered.tables.length,
    workspaceOf(program, rendered, threads).bytes,
  ];
  return blocks.reduce((sum, bytes) => sum + blockBytes(bytes), 0);
}
