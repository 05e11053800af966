// The one node type of the lazy graph: an op, its inputs, and what is known of its value. Immutable but for
// its storage. It knows kernels' expressions and nothing of gradients or backends.

import { type DType, dtypes, type TypedArray } from "../base/dtype.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import type { Expr } from "../kernel/expr.ts";
import type { ConvGeometry, PoolGeometry, Reduction } from "../kernel/kernel.ts";
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
  /** Elementwise: load i of the expression is input i, broadcast to the node's shape. */
  | { readonly kind: "map"; readonly expr: Expr }
  /** Reduction over some axes, which stay with size 1 or go away. */
  | { readonly kind: "reduce"; readonly reduction: Reduction; readonly axes: readonly number[] }
  | { readonly kind: "view"; readonly view: View }
  /** A tensor of `fill` into which the inputs are placed without overlap. */
  | { readonly kind: "assemble"; readonly parts: readonly Placement[]; readonly fill: number }
  /**
   * `[...batch, m, k] × [...batch, k, n]`, equal batch axes; an operand may be given with its last two axes exchanged. With a
   * third input `[n]`, that is added to each row.
   */
  | { readonly kind: "matmul"; readonly transposeA: boolean; readonly transposeB: boolean }
  /**
   * Inputs x and weight `[groups·O, C, kh, kw]`; `transposed` reads the weight as the input gradient needs it. With a third
   * input `[groups·O]`, that is added to each channel.
   */
  | { readonly kind: "conv2d"; readonly geometry: ConvGeometry; readonly transposed: boolean }
  /** Inputs x and dy; result `[chunks, groups·O, C, kh, kw]`. */
  | { readonly kind: "conv2dWeightGrad"; readonly geometry: ConvGeometry; readonly chunks: number }
  /** Inputs x, and values for `maxPick`. */
  | { readonly kind: "pool2d"; readonly mode: "max" | "maxPick" | "avg"; readonly pool: PoolOptions }
  /** Inputs x and dy for `max`, dy for `avg`. */
  | { readonly kind: "pool2dGrad"; readonly mode: "max" | "avg"; readonly pool: PoolOptions }
  /** Inputs source and int32 index (rank 1); selects along `axis`. */
  | { readonly kind: "gather"; readonly axis: number }
  /** Inputs source and int32 index (rank 1); adds along `axis` into `size` places. */
  | { readonly kind: "scatterAdd"; readonly axis: number; readonly size: number }
  /** Inputs logits and class indices of the logits' shape without axis 1 (or 0 of rank 1); the loss of each row, or its gradient. */
  | { readonly kind: "softmaxLoss"; readonly gives: "loss" | "grad" };

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
  readonly form: Form;
  /** Name of the op for errors and profiles. */
  readonly name: string;
  /** The stack where such a node was first made, for errors; written out, since an unread one holds on to all tensors on it. */
  readonly origin: string;
}

/** An op with its parameters and dtype; what nodes of different shapes have in common. */
export interface Form {
  readonly name: string;
  readonly op: NodeOp;
  readonly dtype: DType;
  /** By the shape's number. */
  readonly signatures: Map<number, Signature>;
}

const forms = new Map<string, Form>();
let signatureCount = 0;

/** Shapes by their sizes, one after the other. */
interface ShapeTree {
  /** The number of the shape that ends here, −1 where none has been seen. */
  id: number;
  readonly longer: Map<number, ShapeTree>;
}

/** One array for each shape: equal shapes of nodes are one object, so that they are told apart at once. */
const shapes: Shape[] = [];
const shapeTree: ShapeTree = { id: -1, longer: new Map() };

/** A small number for a shape: the same for equal shapes. */
export function shapeId(shape: Shape): number {
  let tree = shapeTree;
  for (let d = 0; d < shape.length; d++) {
    const size = shape[d]!;
    let longer = tree.longer.get(size);
    if (!longer) {
      longer = { id: -1, longer: new Map() };
      tree.longer.set(size, longer);
    }
    tree = longer;
  }
  if (tree.id < 0) tree.id = shapes.push([...shape]) - 1;
  return tree.id;
}

function signature(form: Form, shape: number): Signature {
  let found = form.signatures.get(shape);
  if (!found) {
    found = { id: signatureCount++, form, name: form.name, origin: new Error().stack ?? "" };
    form.signatures.set(shape, found);
  }
  return found;
}

/**
 * The form of a node. `params` tells its parameters apart from those of other nodes of the same name: two forms of
 * equal name, params and dtype must have equal `op`.
 */
export function form(name: string, params: string, op: NodeOp, dtype: DType): Form {
  const key = `${name}|${params}|${dtype}`;
  let found = forms.get(key);
  if (!found) {
    found = { name, op, dtype, signatures: new Map() };
    forms.set(key, found);
  }
  return found;
}

function formPerDType(name: string, op: NodeOp): Record<DType, Form> {
  return Object.fromEntries(dtypes.map((dtype) => [dtype, form(name, "", op, dtype)])) as Record<DType, Form>;
}

const scalarForms = formPerDType("scalar", { kind: "scalar" });
const inputForms = formPerDType("input", { kind: "leaf" });
const variableForms = formPerDType("variable", { kind: "leaf" });
const noInputs: readonly Node[] = [];
const scalarShape = shapeId([]);

let created = 0;

/** How many nodes there have been: whatever is made later has an id of at least this. */
export function nodeCount(): number {
  return created;
}

/** Nodes above this depth are realised before more is built on them, so that a loop that never reads stays bounded. */
export const maxDepth = 4000;

/** One value of the lazy graph. */
export class Node {
  readonly id: number = created++;
  readonly op: NodeOp;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly signature: Signature;
  /** A number for the shape, the same for equal shapes. */
  readonly shapeId: number;
  readonly depth: number;
  /** Value of a `scalar` node. */
  readonly value: number;
  /** Nodes that it is computed from; empty once it is realised, so that they can be collected. */
  inputs: readonly Node[];
  /** Its elements, once they are there. */
  storage: Storage | null;
  /** A node whose elements are to be kept when this one is computed; maybe itself. */
  keeps: Node | null = null;
  /** The storage's version that this node means. */
  version = 0;
  /** Scratch of the plan's walk: which walk saw this node, its place in it, and which walk's run hands it out. */
  walk = 0;
  place = 0;
  output = 0;
  #leaf: Signature | null = null;

  private constructor(
    form: Form,
    inputs: readonly Node[],
    shapeId: number,
    storage: Storage | null,
    value: number,
  ) {
    this.op = form.op;
    this.signature = signature(form, shapeId);
    this.inputs = inputs;
    this.shape = shapes[shapeId]!;
    this.shapeId = shapeId;
    this.dtype = form.dtype;
    this.storage = storage;
    this.value = value;
    let depth = 0;
    for (const input of inputs) if (!input.storage && input.depth > depth) depth = input.depth;
    this.depth = depth + 1;
    if (storage) this.version = storage.version;
  }

  /** A computed node; see `form` for `name` and `params`. */
  static make(
    name: string,
    params: string,
    op: NodeOp,
    inputs: readonly Node[],
    shape: Shape,
    dtype: DType,
  ): Node {
    return Node.of(form(name, params, op, dtype), inputs, shape);
  }

  /** A computed node of a known form. */
  static of(form: Form, inputs: readonly Node[], shape: Shape): Node {
    return new Node(form, inputs, shapeId(shape), null, 0);
  }

  /** A node whose elements are there. */
  static leaf(storage: Storage, shape: Shape): Node {
    return new Node(leafForm(storage), noInputs, shapeId(shape), storage, 0);
  }

  /** A node over a storage that has taken the value of another node. */
  static settled(storage: Storage, { shapeId }: Node): Node {
    return new Node(leafForm(storage), noInputs, shapeId, storage, 0);
  }

  /** A node over a host array, which must not be changed afterwards. */
  static host(data: TypedArray, shape: Shape, dtype: DType): Node {
    return Node.leaf(new Storage(dtype, data.length, data, false), shape);
  }

  /** A rank-0 node of a number that may differ from run to run of the same plan. */
  static scalar(value: number, dtype: DType): Node {
    return new Node(scalarForms[dtype], noInputs, scalarShape, null, value);
  }

  /** The signature under which a plan sees this node now: that of its op, or of a leaf once its elements are there. */
  get planSignature(): Signature {
    if (!this.storage) return this.signature;
    this.#leaf ??= signature(leafForm(this.storage), this.shapeId);
    return this.#leaf;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }
}

/** The form under which a plan sees a node whose elements are there. */
function leafForm(storage: Storage): Form {
  return (storage.resident ? variableForms : inputForms)[storage.dtype];
}
