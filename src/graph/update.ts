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
  const list = [...kernels];
  const users = usersOf(list);
  const copies: LoweredKernel[] = [];
  for (const { value, target } of updates) {
    if (buffers[value]!.role === "temp" && canWriteInPlace(list, users, value, target)) {
      const places = users.get(value)!;
      for (const place of places) {
        const { kernel, label } = list[place]!;
        list[place] = { kernel: renameBuffer(kernel, value, target), label };
      }
      users.set(target, [...(users.get(target) ?? []), ...places]);
      users.delete(value);
      continue;
    }
    const { size, dtype } = buffers[value]!;
    const from = { buffer: value, offset: 0, strides: [size === 1 ? 0 : 1] };
    copies.push({ kernel: copyKernel(from, target, [size], dtype), label: "assign" });
  }
  return [...list, ...copies];
}

/** Places of the kernels that read or write each buffer. */
function usersOf(kernels: readonly LoweredKernel[]): Map<BufferId, readonly number[]> {
  const users = new Map<BufferId, number[]>();
  for (const [place, { kernel }] of kernels.entries()) {
    for (const buffer of new Set([...reads(kernel), ...writes(kernel)])) {
      const places = users.get(buffer);
      if (places) places.push(place);
      else users.set(buffer, [place]);
    }
  }
  return users;
}

/** Whether the one kernel that writes `from` may write `to`: no later kernel, nor it itself elsewhere, may use `to`. */
function canWriteInPlace(
  kernels: readonly LoweredKernel[],
  users: ReadonlyMap<BufferId, readonly number[]>,
  from: BufferId,
  to: BufferId,
): boolean {
  const writers = (users.get(from) ?? []).filter((place) => writes(kernels[place]!.kernel).includes(from));
  const [writer] = writers;
  if (writers.length !== 1 || writer === undefined) return false;
  if (users.get(to)?.some((place) => place > writer)) return false;
  const { kernel } = kernels[writer]!;
  return !writes(kernel).includes(to) && readsInPlace(kernel, from, to);
}
