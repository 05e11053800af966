// Updates of variables: where nothing needs the old elements any more, the kernel that computes the new ones
// writes them in place; elsewhere they are copied in the end. Knows kernels alone.

import { reads, readsInPlace, renameBuffer, writes } from "../kernel/access.ts";
import type { BufferId } from "../kernel/kernel.ts";
import { copyKernel } from "./loops.ts";
import type { LoweredBuffer, LoweredKernel, VariableUpdate } from "./lowered.ts";

/** The kernels with all updates carried out, in an order that is valid one after the other. */
export function applyUpdates(
  kernels: readonly LoweredKernel[],
  buffers: readonly LoweredBuffer[],
  updates: readonly VariableUpdate[],
): LoweredKernel[] {
  let list = [...kernels];
  const copies: LoweredKernel[] = [];
  for (const { value, target } of updates) {
    const inPlace = buffers[value]!.role === "temp" ? writeInPlace(list, value, target) : null;
    if (inPlace) {
      list = inPlace;
      continue;
    }
    const { size, dtype } = buffers[value]!;
    const from = { buffer: value, offset: 0, strides: [size === 1 ? 0 : 1] };
    copies.push({ kernel: copyKernel(from, target, [size], dtype), label: "assign" });
  }
  return [...list, ...copies];
}

/** Lets the one kernel that writes `from` write `to`, or null where a later kernel, or it itself elsewhere, reads `to`. */
function writeInPlace(
  kernels: readonly LoweredKernel[],
  from: BufferId,
  to: BufferId,
): LoweredKernel[] | null {
  const writers = kernels.filter(({ kernel }) => writes(kernel).includes(from));
  const writer = writers[0];
  if (writers.length !== 1 || !writer) return null;
  const after = kernels.slice(kernels.indexOf(writer) + 1);
  if (after.some(({ kernel }) => reads(kernel).includes(to) || writes(kernel).includes(to))) return null;
  if (writes(writer.kernel).includes(to) || !readsInPlace(writer.kernel, from, to)) return null;
  return kernels.map(({ kernel, label }) => ({ kernel: renameBuffer(kernel, from, to), label }));
}
