// The one node type of the lazy graph: an op, its inputs, and what is known of its value. Immutable but for
// its storage. It knows kernels' expressions and nothing of gradients or backends.
import type { Expr } from "../kernel/expr.ts";
import type { ConvGeometry, PoolGeometry, Reduction } from "../kernel/kernel.ts";
import type { DType, TypedArray } from "../tensor/dtype.ts";
import { type Shape, sizeOf } from "../tensor/shape.ts";
import { Storage } from "./storage.ts";
import type { View } from "./view.ts";

/** Where one input of an `assemble` lands: element i of axis d goes to `starts[d] + steps[d] · i`. */
export interface Placement {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
}

/** What a node computes from its inputs. */
export type NodeOp =
  | { readonly kind: "leaf" }
  /** A number given when the node is made; not part of the plan's structure. */
  | { readonly kind: "scalar" }
  /** Elementwise: load i of the expression is input i, which has the node's shape or is a `scalar`. */
  | { readonly kind: "map"; readonly expr: Expr }
  /** Reduction over some axes, which stay with size 1. */
  | { readonly kind: "reduce"; readonly reduction: Reduction; readonly axes: readonly number[] }
  | { readonly kind: "view"; readonly view: View }
  /** A tensor of `fill` into which the inputs are placed without overlap. */
  | { readonly kind: "assemble"; readonly parts: readonly Placement[]; readonly fill: number }
  /** `[...batch, m, k] × [...batch, k, n]`, equal batch axes. */
  | { readonly kind: "matmul" }
  /** Inputs x and weight `[groups·O, C, kh, kw]`; `transposed` reads the weight as the input gradient needs it. */
  | { readonly kind: "conv2d"; readonly geometry: ConvGeometry; readonly transposed: boolean }
  /** Inputs x and dy; result `[chunks, groups, O, C, kh, kw]`. */
  | { readonly kind: "conv2dWeightGrad"; readonly geometry: ConvGeometry; readonly chunks: number }
  /** Inputs x, and values for `maxPick`. */
  | { readonly kind: "pool2d"; readonly mode: "max" | "maxPick" | "avg"; readonly pool: PoolOptions }
  /** Inputs x and dy for `max`, dy for `avg`. */
  | { readonly kind: "pool2dGrad"; readonly mode: "max" | "avg"; readonly pool: PoolOptions }
  /** Inputs source and int32 index (rank 1); selects along `axis`. */
  | { readonly kind: "gather"; readonly axis: number }
  /** Inputs source and int32 index (rank 1); adds along `axis` into `size` places. */
  | { readonly kind: "scatterAdd"; readonly axis: number; readonly size: number };

/** A pooling's geometry and how its average counts. */
export interface PoolOptions {
  readonly geometry: PoolGeometry;
  readonly countPadding: boolean;
  readonly padBottom: number;
  readonly padRight: number;
}

/** What every node of the same op, parameters, dtype and shape shares. */
export interface Signature {
  readonly id: number;
  /** Name of the op for errors and profiles. */
  readonly name: string;
  /** Where such a node was first made, for errors. */
  readonly origin: Error;
}

const signatures = new Map<string, Signature>();

function signature(name: string, key: string): Signature {
  let found = signatures.get(key);
  if (!found) {
    found = { id: signatures.size, name, origin: new Error(name) };
    signatures.set(key, found);
  }
  return found;
}

let created = 0;
/** Nodes above this depth are realised before more is built on them, so that a loop that never reads stays bounded. */
export const maxDepth = 4000;

/** One value of the lazy graph. */
export class Node {
  readonly id: number = created++;
  readonly op: NodeOp;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly signature: Signature;
  readonly depth: number;
  /** Value of a `scalar` node. */
  readonly value: number;
  /** Nodes that it is computed from; empty once it is realised, so that they can be collected. */
  inputs: readonly Node[];
  /** Its elements, once they are there. */
  storage: Storage | null;
  /** The storage's version that this node means. */
  version = 0;
  /** Scratch of the plan's walk: which walk saw this node, and its place in it. */
  walk = 0;
  place = 0;
  #leaf: Signature | null = null;

  private constructor(
    op: NodeOp,
    signature: Signature,
    inputs: readonly Node[],
    shape: Shape,
    dtype: DType,
    storage: Storage | null,
    value: number,
  ) {
    this.op = op;
    this.signature = signature;
    this.inputs = inputs;
    this.shape = shape;
    this.dtype = dtype;
    this.storage = storage;
    this.value = value;
    let depth = 0;
    for (const input of inputs) if (!input.storage && input.depth > depth) depth = input.depth;
    this.depth = depth + 1;
    if (storage) this.version = storage.version;
  }

  /**
   * A computed node. `name` is the op's, `params` tells its parameters apart from those of other nodes of the same name:
   * two nodes of equal name, params, dtype and shape must have equal `op`.
   */
  static make(
    name: string,
    params: string,
    op: NodeOp,
    inputs: readonly Node[],
    shape: Shape,
    dtype: DType,
  ): Node {
    const key = `${name}|${params}|${dtype}|${shape.join()}`;
    return new Node(op, signature(name, key), inputs, shape, dtype, null, 0);
  }

  /** A node whose elements are there. */
  static leaf(storage: Storage, shape: Shape): Node {
    return new Node({ kind: "leaf" }, leafSignature(storage, shape), [], shape, storage.dtype, storage, 0);
  }

  /** A node over a host array, which must not be changed afterwards. */
  static host(data: TypedArray, shape: Shape, dtype: DType): Node {
    return Node.leaf(new Storage(dtype, data.length, data, false), shape);
  }

  /** A rank-0 node of a number that may differ from run to run of the same plan. */
  static scalar(value: number, dtype: DType): Node {
    return new Node({ kind: "scalar" }, signature("scalar", `scalar|${dtype}`), [], [], dtype, null, value);
  }

  /** The signature under which a plan sees this node now: that of its op, or of a leaf once its elements are there. */
  get planSignature(): Signature {
    if (!this.storage) return this.signature;
    this.#leaf ??= leafSignature(this.storage, this.shape);
    return this.#leaf;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }
}

/** The signature under which a plan sees a node whose elements are there. */
function leafSignature(storage: Storage, shape: Shape): Signature {
  const name = storage.resident ? "variable" : "input";
  return signature(name, `${name}|${storage.dtype}|${shape.join()}`);
}
