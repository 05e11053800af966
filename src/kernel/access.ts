// Which buffers a kernel touches and how; knows kernels alone.
import type { Access, BufferId, Kernel, LoopKernel } from "./kernel.ts";

/** True where a kernel reads `variable` only at the very element that it writes to `output`. */
export function readsInPlace(kernel: Kernel, output: BufferId, variable: BufferId): boolean {
  if (!("epilogue" in kernel) && kernel.kind !== "loop") return !reads(kernel).includes(variable);
  const { loads, outputs } = kernel.kind === "loop" ? kernel : kernel.epilogue;
  const target = outputs.find((o) => o.access.buffer === output)!.access;
  const rank = target.strides.length;
  const sameElement = (access: Access) =>
    access.offset === target.offset &&
    access.strides.every((stride, d) => (d < rank ? stride === target.strides[d] : stride === 0));
  const elsewhere = kernel.kind === "loop" ? [] : operands(kernel);
  if (elsewhere.includes(variable)) return false;
  if (kernel.kind === "loop" && kernel.reduction) return !reads(kernel).includes(variable);
  return loads.every((access) => access.buffer !== variable || sameElement(access));
}

/** Buffers that a kernel reads outside its epilogue. */
function operands(kernel: Exclude<Kernel, LoopKernel>): BufferId[] {
  switch (kernel.kind) {
    case "matmul":
      return [kernel.a.buffer, kernel.b.buffer];
    case "conv2d":
      return [kernel.input.buffer, kernel.weight.buffer];
    case "conv2dWeightGrad":
      return [kernel.input.buffer, kernel.dy.buffer];
    case "pool2d":
      return kernel.values ? [kernel.input.buffer, kernel.values.buffer] : [kernel.input.buffer];
    case "pool2dGrad":
      return kernel.input ? [kernel.input.buffer, kernel.dy.buffer] : [kernel.dy.buffer];
    case "gather":
    case "scatterAdd":
      return [kernel.source.buffer, kernel.index.buffer];
    case "softmaxLoss":
      return [kernel.logits.buffer, kernel.target.buffer];
  }
}

/** Buffers that a kernel reads. */
export function reads(kernel: Kernel): BufferId[] {
  if (kernel.kind === "loop") return kernel.loads.map((access) => access.buffer);
  if (!("epilogue" in kernel)) return operands(kernel);
  return [...operands(kernel), ...kernel.epilogue.loads.map((access) => access.buffer)];
}

/** Buffers that a kernel writes. */
export function writes(kernel: Kernel): BufferId[] {
  if (kernel.kind === "gather" || kernel.kind === "scatterAdd") return [kernel.output.buffer];
  if (kernel.kind === "softmaxLoss") {
    return [kernel.loss, kernel.grad].flatMap((access) => (access ? [access.buffer] : []));
  }
  const { outputs } = kernel.kind === "loop" ? kernel : kernel.epilogue;
  return outputs.map((output) => output.access.buffer);
}

/** Parts of a kernel that name no buffer. */
const bufferFree = new Set(["expr", "body", "prologue", "geometry", "strides", "dims"]);

/** A copy of (part of) a kernel in which every access to one buffer goes to another. */
export function renameBuffer<T>(part: T, from: BufferId, to: BufferId): T {
  if (Array.isArray(part)) return part.map((item) => renameBuffer(item, from, to)) as T;
  if (part === null || typeof part !== "object") return part;
  const entries = Object.entries(part).map(([key, item]) => {
    if (key === "buffer") return [key, item === from ? to : item];
    return [key, bufferFree.has(key) ? item : renameBuffer(item, from, to)];
  });
  return Object.fromEntries(entries) as T;
}
