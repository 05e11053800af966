// How ops are declared: name, inputs, meaning and gradient in one place; recording, dtypes, broadcasting and the
// registry follow from the declaration.

import { type DType, isFloating, promote } from "../base/dtype.ts";
import { DTypeError, ShapeError } from "../base/errors.ts";
import { broadcastShapes, formatShape, type Shape, sameShape } from "../base/shape.ts";
import { realize } from "../graph/engine.ts";
import { type Form, form, maxDepth, Node } from "../graph/node.ts";
import { cast as castExpr, type Expr, load } from "../kernel/expr.ts";
import { isGradEnabled } from "../tensor/gradmode.ts";
import { type GradFn, Tensor } from "../tensor/tensor.ts";

/** A tensor, or a number that takes its place. */
export type Operand = Tensor | number;

/**
 * What a registered op is tried with by the checks that run over all ops: shapes of its inputs, or a function that calls
 * it. `differentiable: false` leaves its gradient out of the checks.
 */
export interface OpRecord {
  readonly name: string;
  /** Input shapes of each sample, and the call on tensors of those shapes. */
  readonly samples: readonly {
    readonly shapes: readonly Shape[];
    readonly call: (...x: Tensor[]) => Tensor;
  }[];
  readonly differentiable: boolean;
  /** Interval that sample values are drawn from. */
  readonly domain: readonly [number, number];
}

const records = new Map<string, OpRecord>();

/** Every op that was declared, by name. */
export function registry(): ReadonlyMap<string, OpRecord> {
  return records;
}

/** Adds an op to the registry, for the checks that run over all of them. */
export function register(record: OpRecord): void {
  if (records.has(record.name)) throw new Error(`op ${record.name} is declared twice`);
  records.set(record.name, record);
}

/** The tensor of a computed node, recorded where a gradient may be asked for. */
export function result(
  node: Node,
  name: string,
  inputs: readonly Tensor[],
  backward: GradFn["backward"],
): Tensor {
  if (node.depth > maxDepth) realize([node]);
  const recorded = isGradEnabled() && isFloating(node.dtype) && inputs.some((input) => input.requiresGrad);
  return new Tensor(node, { gradFn: recorded ? { name, inputs, backward } : null });
}

/** A number as a tensor of rank 0 whose value is not part of a plan's structure. */
export function scalar(value: number, dtype: DType = "float32"): Tensor {
  return new Tensor(Node.scalar(value, dtype));
}

/** The dtype in which operands meet; a number adapts to the tensors beside it, unless it has a fraction and they have none. */
export function commonDType(operands: readonly Operand[]): DType {
  let dtype: DType | null = null;
  let hasNumber = false;
  let hasFraction = false;
  for (const x of operands) {
    if (typeof x === "number") {
      hasNumber = true;
      if (!Number.isInteger(x)) hasFraction = true;
    } else {
      dtype = dtype === null ? x.dtype : promote(dtype, x.dtype);
    }
  }
  if (dtype === null) return "float32";
  if (hasFraction && !isFloating(dtype)) return "float32";
  return hasNumber && dtype === "bool" ? "int32" : dtype;
}

const dtypeCodes: Record<DType, number> = { bool: 0, uint8: 1, int32: 2, float32: 3, float64: 4 };

type Named<I extends string, T> = { readonly [K in I]: T };

/** What an elementwise op's gradient rule is given. */
type GradContext<I extends string> = Named<I, Tensor> & {
  /** Gradient of the output. */
  readonly dy: Tensor;
  /** The output. */
  readonly y: Tensor;
};

/** Declaration of an elementwise op. */
interface ElementwiseSpec<I extends string> {
  readonly name: string;
  readonly inputs: readonly I[];
  /** `float` brings integers to float32 first; `number` brings bool to int32; `any` leaves dtypes alone. */
  readonly accepts?: "float" | "number" | "any";
  /** Names of inputs that keep their own dtype (a condition). */
  readonly untyped?: readonly I[];
  readonly expr: (args: Named<I, Expr>) => Expr;
  /** One rule for each input; null says that there is no derivative with respect to it. */
  readonly grad: { readonly [K in I]: ((context: GradContext<I>) => Tensor) | null };
  /** Shapes of each sample's inputs. */
  readonly samples: readonly (readonly Shape[])[];
  readonly domain?: readonly [number, number];
}

/**
 * Declares an op that works element by element on inputs broadcast to one shape. The result is the function; where
 * Tensor declares a method of the op's name, the function becomes that method too.
 */
export function elementwise<const I extends string>(
  spec: ElementwiseSpec<I>,
): (...operands: Operand[]) => Tensor {
  const { name, inputs } = spec;
  const accepts = spec.accepts ?? "float";
  const forms = new Map<number, Form>();
  const differentiable = inputs.some((input) => spec.grad[input] !== null);

  const formFor = (tensors: readonly Tensor[], common: DType): Form => {
    let code = dtypeCodes[common];
    for (const x of tensors) code = code * 10 + dtypeCodes[x.dtype] * 2 + (isScalarNode(x) ? 1 : 0);
    let known = forms.get(code);
    if (!known) {
      const args = inputs.map((input, i) => {
        const element = load(i, tensors[i]!.dtype);
        return [input, spec.untyped?.includes(input) ? element : castExpr(element, common)] as const;
      });
      const expr = spec.expr(Object.fromEntries(args) as Named<I, Expr>);
      known = form(name, String(code), { kind: "map", expr }, expr.dtype);
      forms.set(code, known);
    }
    return known;
  };

  const op = (...operands: Operand[]): Tensor => {
    const typed = spec.untyped ? operands.filter((_, i) => !spec.untyped!.includes(inputs[i]!)) : operands;
    let common = commonDType(typed);
    if (accepts === "float" && !isFloating(common)) common = "float32";
    if (accepts === "number" && common === "bool") common = "int32";
    let shape: Shape = [];
    for (const x of operands) {
      if (typeof x === "number" || x.shape === shape) continue;
      const next = broadcastShapes(shape, x.shape);
      if (!next) throw broadcastError(name, inputs, operands);
      shape = sameShape(next, x.shape) ? x.shape : next;
    }
    const tensors = operands.map((x) => {
      if (typeof x === "number") return scalar(x, common);
      const wide = isFloating(x.dtype) && isFloating(common) && x.dtype !== common ? x.cast(common) : x;
      if (isScalarNode(wide)) return wide;
      return sameShape(wide.shape, shape) ? wide : wide.expand(shape);
    });
    const node = Node.of(
      formFor(tensors, common),
      tensors.map((x) => x.node),
      shape,
    );
    return result(node, name, tensors, (dy, y) => {
      const context = { dy, y } as Record<string, Tensor>;
      for (let i = 0; i < inputs.length; i++) context[inputs[i]!] = tensors[i]!;
      return inputs.map((input, i) =>
        tensors[i]!.requiresGrad ? (spec.grad[input]?.(context as GradContext<I>) ?? null) : null,
      );
    });
  };

  register({
    name,
    differentiable,
    domain: spec.domain ?? [-2, 2],
    samples: spec.samples.map((shapes) => ({ shapes, call: op })),
  });
  method(name, op);
  return op;
}

/** True for a number's own node, which every kernel reads without broadcasting it first. */
function isScalarNode(x: Tensor): boolean {
  return x.node.op.kind === "scalar" && x.node.storage === null;
}

/** Makes a function of a tensor and more arguments a method of Tensor; the op's file declares its type. */
export function method(name: string, op: (self: Tensor, ...rest: never[]) => unknown): void {
  Object.defineProperty(Tensor.prototype, name, {
    value: function (this: Tensor, ...rest: never[]) {
      return op(this, ...rest);
    },
    configurable: true,
    writable: true,
  });
}

function broadcastError(name: string, inputs: readonly string[], operands: readonly Operand[]): ShapeError {
  const shown = operands.map((x, i) => `${inputs[i]} ${typeof x === "number" ? x : formatShape(x.shape)}`);
  return new ShapeError(
    `${name}: shapes do not broadcast; got ${shown.join(", ")}. Aligned at the last axis, sizes must be equal or 1`,
  );
}

/** Throws DTypeError unless all tensors are floating and of one dtype. */
export function requireFloat(op: string, named: Readonly<Record<string, Tensor>>): DType {
  const entries = Object.entries(named);
  const dtype = entries[0]![1].dtype;
  if (entries.some(([, x]) => !isFloating(x.dtype) || x.dtype !== dtype)) {
    const shown = entries.map(([key, x]) => `${key} ${x.dtype} ${formatShape(x.shape)}`).join(", ");
    throw new DTypeError(
      `${op}: needs floating tensors of one dtype; got ${shown}. Convert with x.cast("float32")`,
    );
  }
  return dtype;
}
