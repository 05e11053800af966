// When kernels run and where their buffers lie: stages of independent kernels, and an arena in which buffers
// whose lifetimes do not meet share space. Knows kernels alone.

import { byteSize, type DType } from "../base/dtype.ts";
import { reads, writes } from "../kernel/access.ts";
import type { BufferId, BufferSpec, Kernel, Program } from "../kernel/kernel.ts";
import type { LoweredBuffer, LoweredKernel } from "./lowered.ts";

/** Space behind each buffer that kernels may touch, and the alignment of its start. */
const slack = 64;

/** A program of kernels given in an order that is valid one after the other. */
export function schedule(
  kernels: readonly LoweredKernel[],
  buffers: readonly LoweredBuffer[],
  scalars: readonly DType[],
): Program {
  const stages: Kernel[][] = [];
  const labels: string[][] = [];
  const lastWrite = new Map<BufferId, number>();
  const lastRead = new Map<BufferId, number>();
  const firstUse = new Map<BufferId, number>();
  const lastUse = new Map<BufferId, number>();
  for (const { kernel, label } of kernels) {
    let stage = 0;
    const read = reads(kernel);
    const written = writes(kernel);
    for (const buffer of read) stage = Math.max(stage, (lastWrite.get(buffer) ?? -1) + 1);
    for (const buffer of written) {
      stage = Math.max(stage, (lastWrite.get(buffer) ?? -1) + 1, (lastRead.get(buffer) ?? -1) + 1);
    }
    for (const buffer of read) lastRead.set(buffer, Math.max(lastRead.get(buffer) ?? 0, stage));
    for (const buffer of written) lastWrite.set(buffer, stage);
    for (const buffer of [...read, ...written]) {
      firstUse.set(buffer, Math.min(firstUse.get(buffer) ?? stage, stage));
      lastUse.set(buffer, Math.max(lastUse.get(buffer) ?? stage, stage));
    }
    while (stages.length <= stage) {
      stages.push([]);
      labels.push([]);
    }
    stages[stage]!.push(kernel);
    labels[stage]!.push(label);
  }
  const lifetimes = buffers.map((spec, id): Lifetime => {
    // Inputs are filled before the first stage and outputs are read after the last.
    const from = spec.role === "input" ? -1 : (firstUse.get(id) ?? 0);
    const to = spec.role === "output" ? stages.length : (lastUse.get(id) ?? from);
    const inArena = spec.role !== "variable" && (firstUse.has(id) || spec.role !== "temp");
    return { from, to, bytes: inArena ? align(spec.size * byteSize(spec.dtype) + slack) : 0 };
  });
  const { offsets, total } = place(lifetimes);
  return {
    buffers: buffers.map(({ role, dtype, size }, id): BufferSpec => {
      // A temporary that nothing uses any more (its kernel writes a variable in place) takes no room.
      const unused = role === "temp" && !firstUse.has(id);
      return { role, dtype, size: unused ? 0 : size, offset: offsets[id]! };
    }),
    stages,
    scalars,
    arenaBytes: total,
    labels,
  };
}

interface Lifetime {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** Greedy by size: each buffer, largest first, goes to the lowest gap among those whose lifetimes meet its own. */
function place(lifetimes: readonly Lifetime[]): { offsets: number[]; total: number } {
  const offsets = new Array<number>(lifetimes.length).fill(0);
  const order = lifetimes.map((_, id) => id).filter((id) => lifetimes[id]!.bytes > 0);
  order.sort((a, b) => lifetimes[b]!.bytes - lifetimes[a]!.bytes || a - b);
  const placed: number[] = [];
  let total = 0;
  for (const id of order) {
    const { from, to, bytes } = lifetimes[id]!;
    const neighbours = placed
      .filter((other) => lifetimes[other]!.from <= to && from <= lifetimes[other]!.to)
      .sort((a, b) => offsets[a]! - offsets[b]!);
    let offset = 0;
    for (const other of neighbours) {
      if (offset + bytes <= offsets[other]!) break;
      offset = Math.max(offset, offsets[other]! + lifetimes[other]!.bytes);
    }
    offsets[id] = offset;
    placed.push(id);
    total = Math.max(total, offset + bytes);
  }
  return { offsets, total };
}

function align(bytes: number): number {
  return Math.ceil(bytes / slack) * slack;
}
