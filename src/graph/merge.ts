// Loops over the same elements that read each other's results, or the same buffers, become one loop with several
// outputs, and loops over the result of a contraction or pooling become part of what it does with each element: an
// optimizer's new state and new parameter are computed in one pass. Knows kernels alone.

import { contiguousStrides, sameShape, sizeOf } from "../base/shape.ts";
import { reads, writes } from "../kernel/access.ts";
import { type Expr, load, mapExpr, walkExpr } from "../kernel/expr.ts";
import type { Access, BufferId, Kernel, LoopKernel, Output } from "../kernel/kernel.ts";
import type { LoweredKernel } from "./lowered.ts";
import { epilogueDims } from "./template.ts";
import { applyView } from "./view.ts";

const maxOutputs = 6;
const maxLoads = 16;

/** Merges elementwise loops into the kernels that compute what they read, where the order of the others allows it. */
export function mergeLoops(kernels: readonly LoweredKernel[]): LoweredKernel[] {
  const merged: LoweredKernel[] = [];
  for (let entry of kernels) {
    let at = merged.length;
    // A merged loop may read what a still earlier loop computes, and join that one too.
    while (isElementwise(entry.kernel)) {
      const earlier = partner(merged, at, entry.kernel);
      const combined = earlier < 0 ? null : combine(merged[earlier]!.kernel, entry.kernel);
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

function isElementwise(kernel: Kernel): kernel is LoopKernel {
  return kernel.kind === "loop" && kernel.reduction === null;
}

function isMergeable(kernel: Kernel): boolean {
  return isElementwise(kernel) || "epilogue" in kernel;
}

/** The latest kernel before `end` that writes or also reads all that `kernel` reads and into whose place it may move; −1 for none. */
function partner(earlier: readonly LoweredKernel[], end: number, kernel: LoopKernel): number {
  const wanted = new Set(reads(kernel));
  const mine = new Set(writes(kernel));
  for (let i = end - 1; i >= 0; i--) {
    const other = earlier[i]!.kernel;
    if (writes(other).some((buffer) => wanted.has(buffer))) return isMergeable(other) ? i : -1;
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

/** What a kernel does with each element of its result. */
interface Elements {
  readonly dims: readonly number[];
  readonly loads: readonly Access[];
  readonly outputs: readonly Output[];
}

/** Both kernels in one, or null where the loop does not read the first's results element by element. */
function combine(first: Kernel, second: LoopKernel): Kernel | null {
  if (isElementwise(first)) {
    const both = combineElements(first, second);
    return both && { ...first, ...both };
  }
  // What reads more than the result gains nothing from standing beside a contraction.
  if (!("epilogue" in first) || !reads(second).every((buffer) => writes(first).includes(buffer))) return null;
  const { loads, outputs } = first.epilogue;
  const dims = epilogueDims(first);
  const both = combineElements({ dims, loads, outputs }, second);
  return both?.outputs.every(({ access }) => isContiguous(access, dims))
    ? { ...first, epilogue: both }
    : null;
}

function combineElements(first: Elements, second: LoopKernel): { loads: Access[]; outputs: Output[] } | null {
  const { dims } = first;
  if (sizeOf(dims) !== sizeOf(second.dims) || first.outputs.length + second.outputs.length > maxOutputs) {
    return null;
  }
  if (usesPosition(first.outputs) || usesPosition(second.outputs)) return null;
  const toFirst = (access: Access): Access | null => {
    const window = { shape: second.dims, offset: access.offset, strides: access.strides };
    const moved = applyView({ kind: "reshape", shape: dims }, window);
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
  return { loads, outputs };
}

function isContiguous({ offset, strides }: Access, dims: readonly number[]): boolean {
  const whole = contiguousStrides(dims);
  return offset === 0 && dims.every((size, d) => size === 1 || strides[d] === whole[d]);
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

function usesPosition(outputs: readonly Output[]): boolean {
  let found = false;
  for (const { expr } of outputs) {
    walkExpr(expr, (e) => {
      if (e.kind === "index") found = true;
    });
  }
  return found;
}
