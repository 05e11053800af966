// Loops over the same elements that read each other's results, or the same buffers, become one loop with several
// outputs: an optimizer's new state and new parameter are computed in one pass. Knows kernels alone.

import { sameShape, sizeOf } from "../base/shape.ts";
import { type Expr, load, mapExpr } from "../kernel/expr.ts";
import type { Access, BufferId, LoopKernel, Output } from "../kernel/kernel.ts";
import { reads, writes } from "./access.ts";
import type { LoweredKernel } from "./lowered.ts";
import { applyView } from "./view.ts";

const maxOutputs = 6;
const maxLoads = 16;

/** Merges elementwise loops into the loops that compute what they read, where the order of the others allows it. */
export function mergeLoops(kernels: readonly LoweredKernel[]): LoweredKernel[] {
  const merged: LoweredKernel[] = [];
  for (let entry of kernels) {
    let at = merged.length;
    // A merged loop may read what a still earlier loop computes, and join that one too.
    for (;;) {
      const earlier = isElementwise(entry.kernel) ? partner(merged, at, entry.kernel) : -1;
      const combined =
        earlier < 0 ? null : combine(merged[earlier]!.kernel as LoopKernel, entry.kernel as LoopKernel);
      if (!combined) break;
      const label = [...new Set([...merged[earlier]!.label.split("+"), ...entry.label.split("+")])].join("+");
      entry = { kernel: combined, label };
      merged.splice(earlier, 1);
      at = earlier;
    }
    merged.splice(at, 0, entry);
  }
  return merged;
}

function isElementwise(kernel: LoweredKernel["kernel"]): kernel is LoopKernel {
  return kernel.kind === "loop" && kernel.reduction === null;
}

/** The latest loop before `end` that writes or also reads all that `kernel` reads and into whose place it may move; −1 for none. */
function partner(earlier: readonly LoweredKernel[], end: number, kernel: LoopKernel): number {
  const wanted = new Set(reads(kernel));
  const mine = new Set(writes(kernel));
  for (let i = end - 1; i >= 0; i--) {
    const other = earlier[i]!.kernel;
    if (writes(other).some((buffer) => wanted.has(buffer))) return isElementwise(other) ? i : -1;
    if (isElementwise(other) && isSibling(other, kernel)) return i;
    // Moving up past `other` must not change what either of them sees.
    if (reads(other).some((buffer) => mine.has(buffer))) return -1;
    if (writes(other).some((buffer) => mine.has(buffer))) return -1;
  }
  return -1;
}

/** True where the second loop runs over the same dims as the first and reads nothing else. */
function isSibling(first: LoopKernel, second: LoopKernel): boolean {
  return (
    second.loads.length > 1 &&
    sameShape(first.dims, second.dims) &&
    second.loads.every((access) => first.loads.some((other) => sameAccess(access, other)))
  );
}

/** Both loops in one, or null where the second does not read the first's results element by element. */
function combine(first: LoopKernel, second: LoopKernel): LoopKernel | null {
  if (
    sizeOf(first.dims) !== sizeOf(second.dims) ||
    first.outputs.length + second.outputs.length > maxOutputs
  ) {
    return null;
  }
  if (usesPosition(first) || usesPosition(second)) return null;
  const toFirst = (access: Access): Access | null => {
    const window = { shape: second.dims, offset: access.offset, strides: access.strides };
    const moved = applyView({ kind: "reshape", shape: first.dims }, window);
    return moved && { buffer: access.buffer, offset: moved.offset, strides: moved.strides };
  };
  const results = new Map<BufferId, Output>(first.outputs.map((output) => [output.access.buffer, output]));
  const loads = [...first.loads];
  const replacement: Expr[] = [];
  for (const [i, access] of second.loads.entries()) {
    const moved = toFirst(access);
    if (!moved) return null;
    const result = results.get(access.buffer);
    if (result) {
      if (!sameAccess(result.access, moved)) return null;
      replacement[i] = result.expr;
    } else {
      const known = loads.findIndex((other) => sameAccess(other, moved));
      replacement[i] = load(known >= 0 ? known : loads.push(moved) - 1, loadDType(second, i));
    }
  }
  if (loads.length > maxLoads) return null;
  const outputs: Output[] = [...first.outputs];
  for (const output of second.outputs) {
    const moved = toFirst(output.access);
    if (!moved) return null;
    // An output over a buffer that the merged loop reads is in place only at the very same element.
    if (loads.some((access) => access.buffer === moved.buffer && !sameAccess(access, moved))) return null;
    outputs.push({
      access: moved,
      expr: mapExpr(output.expr, (e) => (e.kind === "load" ? replacement[e.load] : undefined)),
    });
  }
  return { kind: "loop", dims: first.dims, loads, reduction: null, outputs };
}

function sameAccess(a: Access, b: Access): boolean {
  return (
    a.buffer === b.buffer && a.offset === b.offset && a.strides.every((stride, d) => stride === b.strides[d])
  );
}

function loadDType(kernel: LoopKernel, index: number): Expr["dtype"] {
  let dtype: Expr["dtype"] = "float32";
  for (const output of kernel.outputs) {
    mapExpr(output.expr, (e) => {
      if (e.kind === "load" && e.load === index) dtype = e.dtype;
      return undefined;
    });
  }
  return dtype;
}

function usesPosition(kernel: LoopKernel): boolean {
  let found = false;
  for (const output of kernel.outputs) {
    mapExpr(output.expr, (e) => {
      if (e.kind === "index") found = true;
      return undefined;
    });
  }
  return found;
}
