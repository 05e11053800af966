// The tensor: a handle on a node of the lazy graph, with its place in the graph of derivatives. Ops add their
// methods to it from their own files; it knows none of them.

import { allocate, type DType, dtypeOf, isFloating, type TypedArray } from "../base/dtype.ts";
import { DTypeError, GradError, ShapeError } from "../base/errors.ts";
import { checkShape, formatShape, type Shape, sameShape, sizeOf } from "../base/shape.ts";
import { keepLater, realize, type StorageUpdate, updateLater } from "../graph/engine.ts";
import { Node } from "../graph/node.ts";
import { requireCurrent } from "../graph/plan.ts";
import { Storage } from "../graph/storage.ts";

/** What a tensor remembers of the op that made it, for the backward walk. */
export interface GradFn {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  /** Gradients for the inputs, given the output's; null where there is none. */
  readonly backward: (dy: Tensor, y: Tensor) => readonly (Tensor | null)[];
}

/** Nested arrays of numbers, as `tensor()` takes them and `toArray()` gives them. */
export type NestedArray = number | boolean | readonly NestedArray[];

/** An n-dimensional array of numbers, computed when it is read. */
export class Tensor {
  /** The node that computes it or holds its elements. */
  node: Node;
  /** Derivative of the last `backward()` with respect to this tensor; kept for leaves that require one. */
  grad: Tensor | null = null;
  /** The op that made it, where a derivative may be asked for through it. */
  gradFn: GradFn | null;
  /** Scratch of the backward walk: which walk saw this tensor, and its place in it. */
  walk = 0;
  place = 0;
  #requiresGrad: boolean;
  /** The memory that updates of this tensor go to, once it has been updated. */
  #storage: Storage | null = null;
  /** Where the gradient lives after an optimizer's step, so that steps reuse one place. */
  #gradStorage: Storage | null = null;

  constructor(
    node: Node,
    { requiresGrad = false, gradFn = null }: { requiresGrad?: boolean; gradFn?: GradFn | null } = {},
  ) {
    this.node = node;
    this.#requiresGrad = requiresGrad || gradFn !== null;
    this.gradFn = gradFn;
  }

  /** A tensor over a typed array, which must not be changed afterwards. The dtype defaults to the array's. */
  static fromArray(data: TypedArray, shape: Shape = [data.length], dtype: DType = dtypeOf(data)): Tensor {
    checkShape("tensor", shape);
    if (sizeOf(shape) !== data.length) {
      throw new ShapeError(
        `tensor: shape ${formatShape(shape)} needs ${sizeOf(shape)} elements; got ${data.length}`,
      );
    }
    if (allocate(dtype, 0).constructor !== data.constructor) {
      throw new DTypeError(`tensor: ${dtype} elements can't come from a ${data.constructor.name}`);
    }
    return new Tensor(Node.host(data, shape, dtype));
  }

  get shape(): Shape {
    return this.node.shape;
  }

  get dtype(): DType {
    return this.node.dtype;
  }

  /** Number of axes. */
  get rank(): number {
    return this.node.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.node.shape);
  }

  /** True where `backward()` carries derivatives to or through this tensor. */
  get requiresGrad(): boolean {
    return this.#requiresGrad;
  }

  set requiresGrad(value: boolean) {
    if (this.gradFn) {
      throw new GradError(
        "requiresGrad can be set on leaves only; use detach() to cut a computed tensor off",
      );
    }
    if (value && !isFloating(this.dtype)) {
      throw new GradError(`requiresGrad: only floating tensors have gradients; got ${this.dtype}`);
    }
    this.#requiresGrad = value;
  }

  /** True for tensors that no recorded op made. */
  get isLeaf(): boolean {
    return this.gradFn === null;
  }

  /** The elements in row-major order: a typed array that must not be changed (float32 in a Float32Array, bool and uint8 in a Uint8Array). */
  async data(): Promise<TypedArray> {
    return this.dataSync();
  }

  /** `data()` without a promise; available where the backend can wait, which all present ones can. */
  dataSync(): TypedArray {
    this.realize();
    requireCurrent(this.node);
    return this.node.storage!.read();
  }

  /** The value of a tensor of one element. */
  async item(): Promise<number> {
    return this.itemSync();
  }

  /** `item()` without a promise. */
  itemSync(): number {
    if (this.size !== 1) {
      throw new ShapeError(`item: needs a tensor of one element; got ${formatShape(this.shape)}`);
    }
    return this.dataSync()[0]!;
  }

  /** The elements as nested arrays; a plain number for a scalar. bool elements come as true and false. */
  async toArray(): Promise<NestedArray> {
    return this.toArraySync();
  }

  /** `toArray()` without a promise. */
  toArraySync(): NestedArray {
    const data = this.dataSync();
    const { shape } = this;
    let at = 0;
    const nest = (d: number): NestedArray => {
      if (d === shape.length) return this.dtype === "bool" ? data[at++] !== 0 : data[at++]!;
      return Array.from({ length: shape[d]! }, () => nest(d + 1));
    };
    return nest(0);
  }

  /** Computes the elements now, with what `backward()` will need of the way there, and keeps them. */
  realize(): this {
    if (!this.node.storage) realize([this.node, ...savedNodes(this)]);
    return this;
  }

  /** Asks the next run to keep this tensor's elements, so that they can be read after parameters have changed. */
  retain(): this {
    keepLater(this.node);
    return this;
  }

  /** The same elements, cut off from the graph of derivatives. */
  detach(): Tensor {
    return new Tensor(this.node);
  }

  /**
   * Overwrites the elements at the next run (an optimizer's step does this). Shape and dtype must agree. Values that
   * were built on the old elements and never read can't be read afterwards.
   */
  assign(value: Tensor): this {
    const update = this.updateTo(value);
    if (update) updateLater(update);
    return this;
  }

  /** What `assign` has the next run do, for a caller who runs it himself; null where the value is what is there. */
  updateTo(value: Tensor): StorageUpdate | null {
    if (!sameShape(value.shape, this.shape) || value.dtype !== this.dtype) {
      throw new ShapeError(
        `assign: needs ${this.dtype} ${formatShape(this.shape)}; got ${value.dtype} ${formatShape(value.shape)}`,
      );
    }
    if (this.gradFn) throw new GradError("assign: only leaves can be overwritten; got the result of an op");
    if (value.node === this.node) return null;
    return { storage: this.#residentStorage(), value: value.node, holder: this };
  }

  /** Moves the elements to the backend's memory, to stay there and to be overwritten in place. */
  makeResident(): this {
    this.realize();
    const storage = this.node.storage!;
    if (!storage.resident) {
      this.node = Node.leaf(new Storage(this.dtype, this.size, storage.read(), true), this.shape);
    }
    return this;
  }

  /** Has a run keep `grad` in a place of its own that every step reuses; null where there is nothing to keep. */
  keepGrad(): StorageUpdate | null {
    if (!this.grad || this.grad.node.storage) return null;
    this.#gradStorage ??= new Storage(this.dtype, this.size, allocate(this.dtype, this.size), true);
    return { storage: this.#gradStorage, value: this.grad.node, holder: this.grad };
  }

  /** Shape, dtype and, where they are there already, the first elements. */
  toString(): string {
    const head = `Tensor ${formatShape(this.shape)} ${this.dtype}`;
    const { storage } = this.node;
    if (!storage) return head;
    const data = storage.read();
    const first = Array.from(data.subarray(0, 6), (x) => Number(x.toPrecision(4)));
    return `${head} (${first.join(", ")}${data.length > 6 ? ", …" : ""})`;
  }

  #residentStorage(): Storage {
    const { storage } = this.node;
    if (storage?.resident) this.#storage = storage;
    if (!this.#storage) {
      this.makeResident();
      this.#storage = this.node.storage;
    }
    return this.#storage!;
  }
}

/** Nodes on the way to `root` that are not computed yet and that its backward walk may read. */
function savedNodes(root: Tensor): Node[] {
  const pending = new Set<Node>();
  const nodes = [root.node];
  while (nodes.length > 0) {
    const node = nodes.pop()!;
    if (node.storage || pending.has(node)) continue;
    pending.add(node);
    nodes.push(...node.inputs);
  }
  const saved = new Set<Node>();
  const seen = new Set<Tensor>();
  const tensors = [root];
  while (tensors.length > 0) {
    const at = tensors.pop()!;
    if (seen.has(at)) continue;
    seen.add(at);
    for (const input of at.gradFn?.inputs ?? []) {
      const { kind } = input.node.op;
      if (pending.has(input.node) && kind !== "view" && kind !== "scalar") saved.add(input.node);
      tensors.push(input);
    }
  }
  return [...saved];
}

/** A tensor from nested arrays of numbers or booleans, or from a typed array and a shape. */
export function tensor(
  data: NestedArray | TypedArray,
  { shape, dtype, requiresGrad = false }: { shape?: Shape; dtype?: DType; requiresGrad?: boolean } = {},
): Tensor {
  const result = ArrayBuffer.isView(data)
    ? fromTyped(data as TypedArray, shape, dtype)
    : fromNested(data as NestedArray, shape, dtype);
  if (requiresGrad) result.requiresGrad = true;
  return result;
}

function fromTyped(data: TypedArray, shape: Shape = [data.length], dtype: DType = dtypeOf(data)): Tensor {
  const target = allocate(dtype, data.length);
  if (dtype === "bool") for (let i = 0; i < data.length; i++) target[i] = data[i] === 0 ? 0 : 1;
  else target.set(data);
  return Tensor.fromArray(target, shape, dtype);
}

function fromNested(data: NestedArray, shape: Shape | undefined, dtype: DType | undefined): Tensor {
  const inferred: number[] = [];
  for (let level: NestedArray = data; typeof level === "object"; level = level[0]!) {
    inferred.push(level.length);
    if (level.length === 0) break;
  }
  const flat: number[] = [];
  let allBooleans = true;
  const visit = (level: NestedArray, d: number): void => {
    if (typeof level !== "object") {
      if (d !== inferred.length) ragged(inferred);
      if (typeof level !== "boolean") allBooleans = false;
      flat.push(Number(level));
      return;
    }
    if (d >= inferred.length || level.length !== inferred[d]) ragged(inferred);
    for (const item of level) visit(item, d + 1);
  };
  visit(data, 0);
  const type = dtype ?? (allBooleans && flat.length > 0 ? "bool" : "float32");
  const array = allocate(type, flat.length);
  for (let i = 0; i < flat.length; i++) array[i] = type === "bool" ? Number(flat[i] !== 0) : flat[i]!;
  return Tensor.fromArray(array, shape ?? inferred, type);
}

function ragged(shape: Shape): never {
  throw new ShapeError(
    `tensor: nested arrays must all have the same lengths; the first ones give ${formatShape(shape)}`,
  );
}
