// How ops are declared: name, inputs, meaning and gradient in one place; recording, dtypes and broadcasting follow from
// the declaration.

import { allocate, type DType, isFloating, promote } from "../base/dtype.ts";
import { DTypeError, ShapeError } from "../base/errors.ts";
import { broadcastShapes, formatShape, type Shape, sameShape } from "../base/shape.ts";
import { realize } from "../graph/engine.ts";
import { type Form, form, maxDepth, Node } from "../graph/node.ts";
import { type TracedMap, traceMap } from "../graph/trace.ts";
import { cast as castExpr, type Expr, load } from "../kernel/expr.ts";
import { isGradEnabled } from "../tensor/gradmode.ts";
import { type GradFn, Tensor } from "../tensor/tensor.ts";

/** A tensor, or a number that takes its place. */
export type Operand = Tensor | number;

/**
 * What the checks that run over all ops try an op with: shapes of its inputs, and the call on tensors of those shapes.
 * `differentiable: false` leaves its gradient out of the checks. Ops that are not elementwise hand their records over in a
 * function, so that programs which check nothing do not carry them along.
 */
export interface OpRecord {
  readonly name: string;
  readonly samples: readonly {
    readonly shapes: readonly Shape[];
    readonly call: (...x: Tensor[]) => Tensor;
  }[];
  readonly differentiable: boolean;
  /** Interval that sample values are drawn from. */
  readonly domain: readonly [number, number];
}

const elementwiseOps: OpRecord[] = [];

/** Every elementwise op that is a method of Tensor. */
export function elementwiseRecords(): readonly OpRecord[] {
  return elementwiseOps;
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

/** An elementwise op, and what the checks try it with. */
export type ElementwiseOp = ((...operands: Operand[]) => Tensor) & { readonly record: OpRecord };

/**
 * Declares an op that works element by element on inputs broadcast to one shape, as a function and as the method of Tensor
 * of the op's name; the op's file declares the method's type.
 */
export function elementwise<const I extends string>(spec: ElementwiseSpec<I>): ElementwiseOp {
  const op = elementwiseFunction(spec);
  elementwiseOps.push(op.record);
  method(spec.name, op);
  return op;
}

/** Declares an elementwise op as a function alone, so that programs which do not call it do not carry it along. */
export function elementwiseFunction<const I extends string>(spec: ElementwiseSpec<I>): ElementwiseOp {
  const { name, inputs } = spec;
  const forms = new Map<number, Form>();
  const gradients = inputs.map(() => new Map<number, TracedMap | number>());

  const formFor = (code: number, tensors: readonly Tensor[], common: DType): Form => {
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

  const context = (dy: Tensor, y: Tensor, tensors: readonly Tensor[]): GradContext<I> => {
    const values: Record<string, Tensor> = { dy, y };
    for (let i = 0; i < inputs.length; i++) values[inputs[i]!] = tensors[i]!;
    return values as GradContext<I>;
  };

  /** The gradient of input i as one node: its rule is written once for each combination of dtypes and then applied. */
  const applyGradient = (
    i: number,
    code: number,
    dy: Tensor,
    y: Tensor,
    tensors: readonly Tensor[],
  ): Tensor => {
    const given = [dy, y, ...tensors];
    let rule = gradients[i]!.get(code);
    if (rule === undefined) {
      const placeholders = given.map(({ dtype }) => Tensor.fromArray(allocate(dtype, 1), [], dtype));
      const [dyPlace, yPlace, ...others] = placeholders as [Tensor, Tensor, ...Tensor[]];
      const written = spec.grad[inputs[i]!]!(context(dyPlace, yPlace, others));
      rule = traceMap(
        `${name}Grad`,
        written.node,
        placeholders.map((x) => x.node),
      );
      gradients[i]!.set(code, rule);
    }
    if (typeof rule === "number") return given[rule]!;
    return new Tensor(
      Node.of(
        rule.form,
        rule.reads.map((place) => given[place]!.node),
        dy.shape,
      ),
    );
  };

  const gradient = (i: number, code: number, dy: Tensor, y: Tensor, tensors: readonly Tensor[]) => {
    const rule = spec.grad[inputs[i]!];
    if (!rule || !tensors[i]!.requiresGrad) return null;
    const dx = isGradEnabled() ? rule(context(dy, y, tensors)) : applyGradient(i, code, dy, y, tensors);
    return sumTo(dx, tensors[i]!.shape);
  };

  const op = (...operands: Operand[]): Tensor => {
    const common = commonFor(spec, operands);
    const shape = commonShape(name, inputs, operands);
    let code = dtypeCodes[common];
    const tensors: Tensor[] = [];
    const nodes: Node[] = [];
    for (const x of operands) {
      const typed =
        typeof x === "number"
          ? scalar(x, common)
          : x.dtype !== common && isFloating(x.dtype) && isFloating(common)
            ? x.cast(common)
            : x;
      tensors.push(typed);
      nodes.push(typed.node);
      code = code * 5 + dtypeCodes[typed.dtype];
    }
    const node = Node.of(formFor(code, tensors, common), nodes, shape);
    return result(node, name, tensors, (dy, y) => inputs.map((_, i) => gradient(i, code, dy, y, tensors)));
  };

  const record: OpRecord = {
    name,
    differentiable: inputs.some((input) => spec.grad[input] !== null),
    domain: spec.domain ?? [-2, 2],
    samples: spec.samples.map((shapes) => ({ shapes, call: op })),
  };
  return Object.assign(op, { record });
}

/** The sum over what broadcasting repeated: the gradient of an operand of shape `shape`. */
export function sumTo(dy: Tensor, shape: Shape): Tensor {
  if (sameShape(dy.shape, shape)) return dy;
  const added = dy.rank - shape.length;
  const axes: number[] = [];
  for (let d = 0; d < dy.rank; d++) {
    if (d < added || (shape[d - added] === 1 && dy.shape[d] !== 1)) axes.push(d);
  }
  return dy.sum(axes, { keepdim: true }).reshape(shape);
}

/** The dtype in which an elementwise op's operands meet. */
function commonFor<I extends string>(
  { accepts = "float", untyped, inputs }: ElementwiseSpec<I>,
  operands: readonly Operand[],
): DType {
  const typed = untyped ? operands.filter((_, i) => !untyped.includes(inputs[i]!)) : operands;
  const common = commonDType(typed);
  if (accepts === "float" && !isFloating(common)) return "float32";
  return accepts === "number" && common === "bool" ? "int32" : common;
}

/** The shape that operands broadcast to: one of their own shapes where it is the same. */
function commonShape(name: string, inputs: readonly string[], operands: readonly Operand[]): Shape {
  let shape: Shape = noAxes;
  for (const x of operands) {
    if (typeof x === "number" || x.shape === shape || x.rank === 0) continue;
    if (shape === noAxes) {
      shape = x.shape;
      continue;
    }
    const next = broadcastShapes(shape, x.shape);
    if (!next) throw broadcastError(name, inputs, operands);
    if (!sameShape(next, shape)) shape = next;
  }
  return shape;
}

const noAxes: Shape = [];

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
