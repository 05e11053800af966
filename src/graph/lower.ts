// From nodes to kernels: decides what is computed in which loop (fusion) and which values get a buffer.
// It knows expressions and shapes; it knows no gradients and no backend.

import type { DType } from "../base/dtype.ts";
import { contiguousStrides, sameShape, sizeOf } from "../base/shape.ts";
import { apply, type Expr, load, mapExpr } from "../kernel/expr.ts";
import type { Access, BufferId, Epilogue, Kernel, LoopKernel, Prologue } from "../kernel/kernel.ts";
import {
  type Analysis,
  analyse,
  hasEpilogue,
  keepsOrder,
  orderedBase,
  usesIndex,
  viewBase,
} from "./analysis.ts";
import { contiguousOutput, copyKernel, toAccess } from "./loops.ts";
import type { Lowered, LoweredBuffer, LoweredKernel, Root, VariableUpdate } from "./lowered.ts";
import type { Node } from "./node.ts";
import { chunkCount, splitReduction } from "./reduction.ts";
import type { Storage } from "./storage.ts";
import { biasOf, contraction, resultDims } from "./template.ts";
import { applyView, fullWindow, isFull, type View, type Window } from "./view.ts";

/** Expressions stop growing at this many fused elementwise nodes, and chains of postponed ones at this length. */
const maxFused = 40;

/** What is collected while one kernel's expression is written. */
interface Fusion {
  readonly loads: { buffer: BufferId; window: Window }[];
  fused: number;
  /** The contraction, pooling or reduction whose epilogue this expression becomes. */
  anchor: Node | null;
  readonly mayAnchor: boolean;
}

/** Cuts a graph, given in creation order, into kernels. `fuse: false` gives every node a kernel of its own. */
export function lower(order: readonly Node[], roots: readonly Root[], { fuse = true } = {}): Lowered {
  return new Lowering(order, roots, fuse).run();
}

class Lowering {
  readonly #order: readonly Node[];
  readonly #roots: readonly Root[];
  readonly #rootNodes: Set<Node>;
  readonly #fuse: boolean;
  readonly #analysis: Analysis;
  readonly #kernels: LoweredKernel[] = [];
  readonly #buffers: LoweredBuffer[] = [];
  readonly #bufferOf = new Map<Node, BufferId>();
  readonly #variables = new Map<Storage, BufferId>();
  readonly #scalars: Node[] = [];
  readonly #scalarSlots = new Map<Node, number>();
  /** Length of the chain of postponed elementwise nodes that ends at a node. */
  readonly #postponed = new Map<Node, number>();
  /** Buffers that became the value of an update. */
  readonly #updated = new Set<BufferId>();

  constructor(order: readonly Node[], roots: readonly Root[], fuse: boolean) {
    this.#order = order;
    this.#roots = roots.map(({ node, into }) => ({ node: orderedBase(node), into }));
    this.#rootNodes = new Set(this.#roots.map((root) => root.node));
    this.#fuse = fuse;
    this.#analysis = analyse(order, this.#rootNodes);
  }

  run(): Lowered {
    for (const node of this.#order) {
      if (node.storage) this.#materialize(node);
      else if (node.op.kind !== "scalar" && node.op.kind !== "view" && !this.#postpone(node)) {
        this.#materialize(node);
      }
    }
    const updates: VariableUpdate[] = [];
    const rootBuffers = this.#roots.map((root) => {
      if (!root.into) return this.#output(root.node);
      const target = this.#variable(root.into, null);
      const value = this.#updateValue(root.node, target);
      if (value !== target) updates.push({ value, target });
      return -1;
    });
    return { kernels: this.#kernels, buffers: this.#buffers, scalars: this.#scalars, rootBuffers, updates };
  }

  /** True where a node may become part of its consumer's kernel and so is left for later. */
  #postpone(node: Node): boolean {
    if (!this.#fuse || this.#rootNodes.has(node)) return false;
    const consumer = this.#analysis.consumer(node);
    if (node.op.kind === "map") {
      if (this.#analysis.cheap(node)) return true;
      if (!consumer || (consumer.op.kind !== "map" && consumer.op.kind !== "reduce")) return false;
      if (usesIndex(node.op.expr)) return false;
      const longest = Math.max(0, ...node.inputs.map((input) => this.#postponed.get(viewBase(input)) ?? 0));
      if (longest >= maxFused) return false;
      this.#postponed.set(node, longest + 1);
      return true;
    }
    return hasEpilogue(node) && consumer?.op.kind === "map";
  }

  /** The buffer that holds a node's elements in row-major order; writes the kernel that fills it if need be. */
  #materialize(node: Node): BufferId {
    const known = this.#bufferOf.get(node);
    if (known !== undefined) return known;
    let buffer: BufferId;
    if (node.storage) {
      buffer = node.storage.resident
        ? this.#variable(node.storage, node)
        : this.#addBuffer("input", node.dtype, node.size, node);
    } else {
      buffer = this.#addBuffer("temp", node.dtype, node.size);
      switch (node.op.kind) {
        case "map":
        case "view":
        case "scalar":
          this.#writeMap(node, buffer);
          break;
        case "reduce":
          this.#writeReduction(node, this.#plainEpilogue(node, buffer), [node.signature.name]);
          break;
        case "assemble":
          this.#writeAssembly(node, buffer);
          break;
        case "softmaxLoss":
          this.#writeSoftmaxLoss(node, buffer);
          break;
        default:
          this.#writeContraction(node, this.#plainEpilogue(node, buffer), [node.signature.name]);
      }
    }
    this.#bufferOf.set(node, buffer);
    return buffer;
  }

  #addBuffer(role: LoweredBuffer["role"], dtype: DType, size: number, leaf: Node | null = null): BufferId {
    this.#buffers.push({ role, dtype, size, leaf, storage: leaf?.storage ?? null });
    return this.#buffers.length - 1;
  }

  #variable(storage: Storage, leaf: Node | null): BufferId {
    let buffer = this.#variables.get(storage);
    if (buffer === undefined) {
      this.#buffers.push({ role: "variable", dtype: storage.dtype, size: storage.size, leaf, storage });
      buffer = this.#buffers.length - 1;
      this.#variables.set(storage, buffer);
    }
    return buffer;
  }

  #emit(kernel: Kernel, labels: readonly string[]): void {
    this.#kernels.push({ kernel, label: [...new Set(labels)].join("+") });
  }

  /** An elementwise node (or a copy through a view) as a loop, or as the epilogue of what it follows. */
  #writeMap(node: Node, buffer: BufferId): void {
    const indexed = node.op.kind === "map" && usesIndex(node.op.expr);
    const fusion: Fusion = { loads: [], fused: 0, anchor: null, mayAnchor: this.#fuse && !indexed };
    const labels: string[] = [];
    const expr = this.#body(node, fusion, labels);
    const { anchor } = fusion;
    if (anchor) {
      const dims = resultDims(anchor);
      const loads = fusion.loads.map(({ window }) => applyView({ kind: "reshape", shape: dims }, window));
      if (loads.every((window) => window !== null)) {
        const epilogue: Epilogue = {
          loads: loads.map((window, i) => toAccess(fusion.loads[i]!.buffer, window)),
          outputs: [contiguousOutput(buffer, dims, expr)],
        };
        const names = [anchor.signature.name, ...labels];
        if (anchor.op.kind === "reduce") this.#writeReduction(anchor, epilogue, names);
        else this.#writeContraction(anchor, epilogue, names);
        return;
      }
      // A load does not lie along the anchor's dims: give the anchor a buffer and write a plain loop.
      this.#materialize(anchor);
      this.#writeMap(node, buffer);
      return;
    }
    this.#emit(
      {
        kind: "loop",
        dims: node.shape,
        loads: fusion.loads.map(({ buffer: from, window }) => toAccess(from, window)),
        reduction: null,
        outputs: [contiguousOutput(buffer, node.shape, expr)],
      },
      labels.length > 0 ? labels : [node.signature.name],
    );
  }

  /** The expression of a node that is being written, whatever its number of uses. */
  #body(node: Node, fusion: Fusion, labels: string[]): Expr {
    if (node.op.kind === "map") {
      labels.push(node.signature.name);
      const args = node.inputs.map(
        (input) => this.#expression(input, broadcast(input, node), fusion, false, labels)!,
      );
      return substitute(node.op.expr, args);
    }
    return this.#expression(node, [], fusion, false, labels)!;
  }

  /**
   * The element of `node`, seen through `views`, at the index of the loop that is being written. Where `strict`,
   * gives null instead of copying when the views can't be a window.
   */
  #expression(
    node: Node,
    views: readonly View[],
    fusion: Fusion,
    strict: boolean,
    labels: string[],
  ): Expr | null {
    if (!node.storage && node.op.kind === "scalar") return this.#scalar(node);
    if (!node.storage && !this.#bufferOf.has(node)) {
      if (node.op.kind === "view") {
        return this.#expression(node.inputs[0]!, [node.op.view, ...views], fusion, strict, labels);
      }
      if (this.#mayInline(node, views, fusion)) {
        const inlined = this.#inline(node, views, fusion, labels);
        if (inlined) return inlined;
      }
      if (
        hasEpilogue(node) &&
        fusion.mayAnchor &&
        !fusion.anchor &&
        this.#analysis.consumer(node)?.op.kind === "map"
      ) {
        if (keepsOrder(node, views)) {
          fusion.anchor = node;
          return this.#result(node, fusion, labels);
        }
      }
    }
    let buffer = this.#materialize(node);
    let window = fullWindow(node.shape);
    for (const view of views) {
      let next = applyView(view, window);
      if (!next) {
        if (strict) return null;
        buffer = this.#copy(buffer, window, node.dtype);
        next = applyView(view, fullWindow(window.shape))!;
      }
      window = next;
    }
    return load(addLoad(fusion, buffer, window), node.dtype);
  }

  #mayInline(node: Node, views: readonly View[], fusion: Fusion): boolean {
    if (!this.#fuse || node.op.kind !== "map" || this.#rootNodes.has(node)) return false;
    if (fusion.fused >= maxFused || usesIndex(node.op.expr)) return false;
    if (this.#analysis.cheap(node)) return true;
    // Repeating along an expanded axis would compute the same value again and again.
    return this.#analysis.uses(node) === 1 && !views.some((view) => view.kind === "expand");
  }

  #inline(node: Node, views: readonly View[], fusion: Fusion, labels: string[]): Expr | null {
    const before = {
      loads: fusion.loads.length,
      fused: fusion.fused,
      anchor: fusion.anchor,
      labels: labels.length,
    };
    fusion.fused++;
    labels.push(node.signature.name);
    const args: Expr[] = [];
    for (const input of node.inputs) {
      const arg = this.#expression(input, [...broadcast(input, node), ...views], fusion, true, labels);
      if (!arg) {
        fusion.loads.length = before.loads;
        fusion.fused = before.fused;
        fusion.anchor = before.anchor;
        labels.length = before.labels;
        return null;
      }
      args.push(arg);
    }
    return node.op.kind === "map" ? substitute(node.op.expr, args) : null;
  }

  #scalar(node: Node): Expr {
    let slot = this.#scalarSlots.get(node);
    if (slot === undefined) {
      slot = this.#scalars.push(node) - 1;
      this.#scalarSlots.set(node, slot);
    }
    return { kind: "scalar", slot, dtype: node.dtype };
  }

  /** A contiguous copy of a window. */
  #copy(from: BufferId, window: Window, dtype: DType): BufferId {
    const to = this.#addBuffer("temp", dtype, sizeOf(window.shape));
    this.#emit(copyKernel(toAccess(from, window), to, window.shape, dtype), ["copy"]);
    return to;
  }

  /** A window on a node's elements for a kernel that reads them itself; contiguous where asked. */
  #operand(node: Node, contiguous: boolean): Access {
    const views: View[] = [];
    let base = node;
    while (!base.storage && !this.#bufferOf.has(base) && base.op.kind === "view") {
      views.unshift(base.op.view);
      base = base.inputs[0]!;
    }
    let buffer = this.#materialize(base);
    let window = fullWindow(base.shape);
    for (const view of views) {
      const next = applyView(view, window);
      if (next) {
        window = next;
      } else {
        buffer = this.#copy(buffer, window, node.dtype);
        window = applyView(view, fullWindow(window.shape))!;
      }
    }
    if (contiguous && !isFull(window)) {
      buffer = this.#copy(buffer, window, node.dtype);
      window = fullWindow(window.shape);
    }
    return toAccess(buffer, window);
  }

  /** A convolution's input: a window, and the cheap expression of it that the convolution may evaluate as it reads. */
  #convInput(node: Node): { input: Access; inputDType: DType; prologue: Prologue } {
    if (this.#fuse && this.#analysis.cheap(viewBase(node)) && !this.#bufferOf.has(viewBase(node))) {
      const fusion: Fusion = { loads: [], fused: 0, anchor: null, mayAnchor: false };
      const expr = this.#expression(node, [], fusion, true, []);
      if (expr && fusion.loads.length === 1) {
        const { buffer, window } = fusion.loads[0]!;
        return { input: toAccess(buffer, window), inputDType: this.#buffers[buffer]!.dtype, prologue: expr };
      }
    }
    return { input: this.#operand(node, false), inputDType: node.dtype, prologue: null };
  }

  /** The result of a kernel in its epilogue, with what the node adds to it. */
  #result(node: Node, fusion: Fusion, labels: string[]): Expr {
    const result: Expr = { kind: "result", dtype: node.dtype };
    const bias = biasOf(node);
    return bias
      ? apply("add", result, this.#expression(bias.node, bias.views, fusion, false, labels)!)
      : result;
  }

  #plainEpilogue(node: Node, buffer: BufferId): Epilogue {
    const fusion: Fusion = { loads: [], fused: 0, anchor: node, mayAnchor: false };
    const expr = this.#result(node, fusion, []);
    return {
      loads: fusion.loads.map((load) => toAccess(load.buffer, load.window)),
      outputs: [contiguousOutput(buffer, resultDims(node), expr)],
    };
  }

  #writeContraction(node: Node, epilogue: Epilogue, labels: readonly string[]): void {
    const kernel = contraction(node, epilogue, {
      operand: (input, contiguous) => this.#operand(input, contiguous),
      convInput: (input) => this.#convInput(input),
    });
    this.#emit(kernel, labels);
  }

  #writeReduction(node: Node, epilogue: Epilogue, labels: readonly string[]): void {
    if (node.op.kind !== "reduce") throw new Error(`lower: ${node.op.kind} is not a reduction`);
    const { reduction: kind, axes } = node.op;
    const input = node.inputs[0]!;
    const fusion: Fusion = { loads: [], fused: 0, anchor: null, mayAnchor: false };
    const names = [...labels];
    const body = this.#expression(input, [], fusion, false, names)!;
    const kept = input.shape.map((_, d) => d).filter((d) => !axes.includes(d));
    const dims = kept.map((d) => input.shape[d]!);
    const reduced = axes.map((d) => input.shape[d]!);
    const bodyLoads = fusion.loads.map(({ buffer, window }) => ({
      buffer,
      offset: window.offset,
      strides: [...kept, ...axes].map((d) => window.strides[d]!),
    }));
    const shift = bodyLoads.length;
    const rebased = epilogue.outputs.map((output) => ({
      access: output.access,
      expr: mapExpr(output.expr, (e) => (e.kind === "load" ? load(e.load + shift, e.dtype) : undefined)),
    }));
    const epilogueLoads = epilogue.loads.map((a) => ({
      ...a,
      strides: [...a.strides, ...reduced.map(() => 0)],
    }));
    const kernel: LoopKernel = {
      kind: "loop",
      dims,
      loads: [...bodyLoads, ...epilogueLoads],
      reduction: { kind, dims: reduced, body },
      outputs: rebased,
    };
    const chunks = chunkCount(kernel);
    if (chunks === 1) {
      this.#emit(kernel, names);
      return;
    }
    const partial = this.#addBuffer("temp", node.dtype, chunks * sizeOf(dims));
    const [first, second] = splitReduction(kernel, chunks, partial, node.dtype, shift);
    this.#emit(first, names);
    this.#emit(second, labels);
  }

  /** A cross-entropy; where the graph has both the loss and the gradient of the same rows, one kernel writes both. */
  #writeSoftmaxLoss(node: Node, buffer: BufferId): void {
    const { op } = node;
    if (op.kind !== "softmaxLoss") throw new Error(`lower: ${op.kind} is not a cross-entropy`);
    const [logits, target] = node.inputs as [Node, Node];
    const twin = this.#order.find(
      (other) =>
        other !== node &&
        !other.storage &&
        other.op.kind === "softmaxLoss" &&
        other.op.gives !== op.gives &&
        other.inputs[0] === logits &&
        other.inputs[1] === target &&
        !this.#bufferOf.has(other),
    );
    const results = [{ node, buffer }];
    if (twin && this.#fuse) {
      const second = this.#addBuffer("temp", twin.dtype, twin.size);
      this.#bufferOf.set(twin, second);
      results.push({ node: twin, buffer: second });
    }
    const resultOf = (gives: "loss" | "grad") => {
      const found = results.find((r) => r.node.op.kind === "softmaxLoss" && r.node.op.gives === gives);
      return found ? toAccess(found.buffer, fullWindow([found.node.size])) : null;
    };
    const axis = logits.shape.length === 1 ? 0 : 1;
    const kernel: Kernel = {
      kind: "softmaxLoss",
      outer: sizeOf(logits.shape.slice(0, axis)),
      classes: logits.shape[axis]!,
      inner: sizeOf(logits.shape.slice(axis + 1)),
      logits: this.#operand(logits, true),
      target: this.#operand(target, true),
      loss: resultOf("loss"),
      grad: resultOf("grad"),
    };
    this.#emit(
      kernel,
      results.map((r) => r.node.signature.name),
    );
  }

  #writeAssembly(node: Node, buffer: BufferId): void {
    if (node.op.kind !== "assemble") throw new Error(`lower: ${node.op.kind} is not an assembly`);
    const { parts, fill } = node.op;
    const strides = contiguousStrides(node.shape);
    const covered = node.inputs.reduce((sum, input) => sum + input.size, 0);
    if (covered < node.size) {
      const expr: Expr = { kind: "const", value: fill, dtype: node.dtype };
      const outputs = [contiguousOutput(buffer, node.shape, expr)];
      this.#emit({ kind: "loop", dims: node.shape, loads: [], reduction: null, outputs }, [
        node.signature.name,
      ]);
    }
    node.inputs.forEach((input, i) => {
      const { starts, steps } = parts[i]!;
      const fusion: Fusion = { loads: [], fused: 0, anchor: null, mayAnchor: false };
      const labels = [node.signature.name];
      const expr = this.#expression(input, [], fusion, false, labels)!;
      const offset = starts.reduce((sum, start, d) => sum + start * strides[d]!, 0);
      const access = { buffer, offset, strides: strides.map((stride, d) => stride * steps[d]!) };
      const loads = fusion.loads.map(({ buffer: from, window }) => toAccess(from, window));
      this.#emit(
        { kind: "loop", dims: input.shape, loads, reduction: null, outputs: [{ access, expr }] },
        labels,
      );
    });
  }

  /** An output buffer with a root's elements. */
  #output(node: Node): BufferId {
    let buffer = this.#materialize(node);
    const { role } = this.#buffers[buffer]!;
    if (role !== "temp" && role !== "output") buffer = this.#copy(buffer, fullWindow(node.shape), node.dtype);
    this.#buffers[buffer]!.role = "output";
    return buffer;
  }

  /** A temporary buffer with an update's new elements, used for that alone; the target itself where nothing changes. */
  #updateValue(node: Node, target: BufferId): BufferId {
    const buffer = this.#materialize(node);
    if (buffer === target) return target;
    if (this.#buffers[buffer]!.role === "temp" && !this.#updated.has(buffer)) {
      this.#updated.add(buffer);
      return buffer;
    }
    return this.#copy(buffer, fullWindow(node.shape), node.dtype);
  }
}

/** How an elementwise node sees an input of another shape. */
function broadcast(input: Node, { shape }: Node): View[] {
  return sameShape(input.shape, shape) ? [] : [{ kind: "expand", shape }];
}

function addLoad(fusion: Fusion, buffer: BufferId, window: Window): number {
  const same = fusion.loads.findIndex(
    (known) =>
      known.buffer === buffer &&
      known.window.offset === window.offset &&
      known.window.strides.every((stride, d) => stride === window.strides[d]),
  );
  return same >= 0 ? same : fusion.loads.push({ buffer, window }) - 1;
}

function substitute(expr: Expr, args: readonly Expr[]): Expr {
  return mapExpr(expr, (e) => (e.kind === "load" ? args[e.load] : undefined));
}
