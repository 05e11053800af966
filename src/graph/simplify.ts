// Rewrites a graph into one that gives the same values with less work, before it is cut into kernels. Knows nodes, no kernels.
import { type Expr, walkExpr } from "../kernel/expr.ts";
import { scalarFunctions } from "../kernel/scalar.ts";
import type { Root } from "./lowered.ts";
import { Node } from "./node.ts";

/** A graph in creation order with what is wanted of it. */
export interface Graph {
  readonly order: readonly Node[];
  readonly roots: readonly Root[];
}

/** The same graph, simpler where a rule applies. */
export function simplify(graph: Graph): Graph {
  if (!graph.order.some(isMaxPool)) return graph;
  return poolFirst(graph);
}

function isMaxPool(node: Node): boolean {
  return !node.storage && node.op.kind === "pool2d" && node.op.mode === "max";
}

/** A pooling of an activation, and all that reads the activation besides. */
interface PooledActivation {
  readonly pool: Node;
  readonly activation: Node;
  /** The pooling's gradient, where it is asked for: only read by `slopes`. */
  readonly poolGrad: Node | null;
  /** Gradients of the activation made of the pooling's: elementwise and linear in it. */
  readonly slopes: readonly Node[];
}

/**
 * `pool(f(x))` becomes `f(pool(x))` where f never falls: f is then computed for the maxima alone. In the same way the gradient
 * `poolGrad(dy) · f′` becomes `poolGrad(dy · f′)`. Where f rounds different elements of a window to one value, the gradient goes to
 * the largest of them rather than the first.
 */
function poolFirst({ order, roots }: Graph): Graph {
  const found = pooledActivations(order, new Set(roots.map((root) => root.node)));
  if (found.length === 0) return { order, roots };
  const byPool = new Map(found.map((match) => [match.pool, match]));
  const bySlope = new Map(found.flatMap((match) => match.slopes.map((slope) => [slope, match] as const)));
  const gone = new Set(found.flatMap(({ activation, poolGrad }) => [activation, poolGrad]));

  const replaced = new Map<Node, Node>();
  const now = (node: Node): Node => replaced.get(node) ?? node;
  const result: Node[] = [];
  const add = (form: Node, inputs: readonly Node[], like: Node): Node => {
    const node = Node.of(form.signature.form, inputs, like.shape);
    result.push(node);
    return node;
  };
  for (const node of order) {
    if (gone.has(node)) continue;
    const pooled = byPool.get(node);
    const sloped = bySlope.get(node);
    if (pooled) {
      const before = add(node, [now(pooled.activation.inputs[0]!)], node);
      replaced.set(node, add(pooled.activation, [before], node));
    } else if (sloped) {
      const { pool, activation, poolGrad } = sloped;
      const dy = poolGrad!.inputs[1]!;
      const inputs = node.inputs.map((input) => {
        if (input === poolGrad) return now(dy);
        return input === activation ? now(pool) : input;
      });
      const slope = add(node, inputs, pool);
      replaced.set(node, add(poolGrad!, [now(activation.inputs[0]!), slope], node));
    } else if (node.inputs.some((input) => replaced.has(input))) {
      replaced.set(node, add(node, node.inputs.map(now), node));
    } else {
      result.push(node);
    }
  }
  return { order: result, roots: roots.map(({ node, into }) => ({ node: now(node), into })) };
}

function pooledActivations(order: readonly Node[], wanted: ReadonlySet<Node>): PooledActivation[] {
  const readers = new Map<Node, Node[]>();
  for (const node of order) {
    if (node.storage) continue;
    for (const input of node.inputs) {
      const known = readers.get(input);
      if (known) known.push(node);
      else readers.set(input, [node]);
    }
  }
  return order.flatMap((pool): PooledActivation[] => {
    if (!isMaxPool(pool)) return [];
    const activation = pool.inputs[0]!;
    if (!isRising(activation) || wanted.has(activation)) return [];
    const others = readers.get(activation)!.filter((reader) => reader !== pool);
    const poolGrads = others.filter((reader) => isGradOf(reader, pool));
    const slopes = others.filter((reader) => !poolGrads.includes(reader));
    const [poolGrad = null] = poolGrads;
    if (poolGrads.length > 1 || (poolGrad && wanted.has(poolGrad))) return [];
    const isOwn = (slope: Node) => poolGrad !== null && isLinear(slope, poolGrad, activation);
    const gradReaders = poolGrad ? (readers.get(poolGrad) ?? []) : [];
    if (!slopes.every(isOwn) || !gradReaders.every((reader) => slopes.includes(reader))) return [];
    return [{ pool, activation, poolGrad, slopes }];
  });
}

/** True for `f(x)` of one value of the same shape with an f that never falls as x rises. */
function isRising({ storage, op, inputs, shape }: Node): boolean {
  if (storage || op.kind !== "map" || op.expr.kind !== "apply") return false;
  const [x, ...more] = op.expr.args;
  const rises = scalarFunctions[op.expr.name].rises === true;
  return (
    rises &&
    x?.kind === "load" &&
    more.every((arg) => arg.kind === "const") &&
    inputs[x.load]!.shape === shape
  );
}

function isGradOf({ op }: Node, pool: Node): boolean {
  return (
    op.kind === "pool2dGrad" && op.mode === "max" && pool.op.kind === "pool2d" && op.pool === pool.op.pool
  );
}

/** True for an elementwise node of nothing but the two and numbers, which is 0 wherever `factor` is. */
function isLinear({ op, inputs, shape }: Node, factor: Node, other: Node): boolean {
  if (op.kind !== "map" || shape !== factor.shape) return false;
  const known = (input: Node) => input === factor || input === other || input.op.kind === "scalar";
  if (!inputs.every(known)) return false;
  const contains = (expr: Expr): boolean => {
    let found = false;
    walkExpr(expr, (e) => {
      if (e.kind === "load" && inputs[e.load] === factor) found = true;
    });
    return found;
  };
  const linear = (expr: Expr): boolean => {
    if (expr.kind === "load") return inputs[expr.load] === factor;
    if (expr.kind !== "apply") return false;
    const [a, b, c] = expr.args as [Expr, Expr, Expr];
    const isZero = (e: Expr) => e.kind === "const" && e.value === 0;
    switch (expr.name) {
      case "neg":
        return linear(a);
      case "mul":
        return (linear(a) && !contains(b)) || (linear(b) && !contains(a));
      case "div":
        return linear(a) && !contains(b);
      case "select":
        return !contains(a) && ((isZero(b) && linear(c)) || (linear(b) && isZero(c)));
      default:
        return false;
    }
  };
  return linear(op.expr);
}
