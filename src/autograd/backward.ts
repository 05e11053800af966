// The backward walk: visits recorded ops from an output to the leaves and adds up gradients. Gradients are
// tensor code themselves, so they are lazy, fuse, and can be differentiated again.
import { GradError, ShapeError } from "../base/errors.ts";
import { formatShape, sameShape } from "../base/shape.ts";
import { keepWith } from "../graph/engine.ts";
import { Node } from "../graph/node.ts";
import { withGrad } from "../tensor/gradmode.ts";
import { Tensor } from "../tensor/tensor.ts";

/** Options of the backward walk. */
export interface BackwardOptions {
  /** The output's gradient; a scalar output has 1. */
  gradient?: Tensor;
  /** Keeps the recorded ops, so that the walk can be repeated. Default: what `createGraph` says. */
  retainGraph?: boolean;
  /** Records the gradients' own ops, for derivatives of a higher order. */
  createGraph?: boolean;
}

/** Adds the derivative of `output` to `grad` of every leaf that requires one. */
export function backward(output: Tensor, options: BackwardOptions = {}): void {
  const leaves: Tensor[] = [];
  const found: Tensor[] = [];
  walk(output, options, (leaf, gradient) => {
    leaves.push(leaf);
    found.push(gradient);
  });
  withGrad(options.createGraph ?? false, () => {
    leaves.forEach((leaf, i) => {
      leaf.grad = leaf.grad ? leaf.grad.add(found[i]!) : found[i]!;
      companions.set(leaf, leaves);
    });
  });
  // No gradient needs the output's own elements, but they are what people read after a step.
  for (const { node } of found) keepWith(node, output.node);
}

/** The leaves that the last walk to each leaf gave gradients to. */
const companions = new WeakMap<Tensor, readonly Tensor[]>();

/**
 * `leaves`, and all others that got gradients in the same walks: who overwrites the first can't compute the others' gradients
 * afterwards.
 */
export function leavesOfWalk(leaves: readonly Tensor[]): Set<Tensor> {
  const all = new Set(leaves);
  let last: readonly Tensor[] | undefined;
  for (const leaf of leaves) {
    const walk = companions.get(leaf);
    if (walk && walk !== last) for (const other of walk) all.add(other);
    last = walk;
    companions.delete(leaf);
  }
  return all;
}

/**
 * Derivatives of `output` with respect to `inputs` (leaves or computed tensors), leaving every `grad` alone.
 * An input that the output does not depend on gives zeros.
 */
export function grad(output: Tensor, inputs: readonly Tensor[], options: BackwardOptions = {}): Tensor[] {
  const wanted = new Set(inputs);
  const found = new Map<Tensor, Tensor>();
  walk(output, options, (at, gradient) => wanted.has(at) && found.set(at, gradient), wanted);
  return inputs.map((input) => found.get(input) ?? input.mul(0).detach());
}

let walks = 0;

function walk(
  output: Tensor,
  { gradient, createGraph = false, retainGraph = createGraph }: BackwardOptions,
  arrive: (tensor: Tensor, gradient: Tensor) => void,
  wanted: ReadonlySet<Tensor> | null = null,
): void {
  const seed = seedOf(output, gradient);
  const order = usersFirst(output);
  const gradients: (Tensor | undefined)[] = [seed];
  withGrad(createGraph, () => {
    for (let place = 0; place < order.length; place++) {
      const dy = gradients[place];
      if (!dy) continue;
      gradients[place] = undefined;
      const at = order[place]!;
      const { gradFn } = at;
      if (!gradFn || wanted?.has(at)) arrive(at, dy);
      if (!gradFn) continue;
      const inputGradients = gradFn.backward(dy, at);
      for (let i = 0; i < gradFn.inputs.length; i++) {
        const input = gradFn.inputs[i]!;
        const dx = inputGradients[i];
        if (!dx || !input.requiresGrad) continue;
        if (!sameShape(dx.shape, input.shape)) {
          throw new GradError(
            `${gradFn.name}: gradient of input ${i} has shape ${formatShape(dx.shape)}, the input ${formatShape(input.shape)}`,
          );
        }
        const before = gradients[input.place];
        gradients[input.place] = before ? before.add(dx) : dx;
      }
      if (!retainGraph) at.gradFn = freed(gradFn.name);
    }
  });
}

function seedOf(output: Tensor, gradient: Tensor | undefined): Tensor {
  if (!output.requiresGrad) {
    throw new GradError(
      `backward: the output ${formatShape(output.shape)} depends on no tensor that requires a gradient; ` +
        "set requiresGrad on its leaves, and call it outside noGrad()",
    );
  }
  if (gradient) {
    if (!sameShape(gradient.shape, output.shape)) {
      throw new ShapeError(
        `backward: gradient ${formatShape(gradient.shape)} must have the output's shape ${formatShape(output.shape)}`,
      );
    }
    return gradient;
  }
  if (output.size !== 1) {
    throw new GradError(
      `backward() needs a scalar; got ${formatShape(output.shape)}. Reduce with .mean(), or pass a gradient`,
    );
  }
  return new Tensor(output.dtype === "float64" ? one64 : one32).reshape(output.shape);
}

const one32 = Node.host(new Float32Array([1]), [], "float32");
const one64 = Node.host(new Float64Array([1]), [], "float64");

/** All tensors between the output and the leaves that require gradients, users before what they use, with their places. */
function usersFirst(output: Tensor): Tensor[] {
  const mark = ++walks;
  const order: Tensor[] = [];
  const stack = [output];
  // For each tensor on the stack: its next input to look at.
  const next = [0];
  output.walk = mark;
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const inputs = top.gradFn ? top.gradFn.inputs : none;
    let i = next[next.length - 1]!;
    while (i < inputs.length && (!inputs[i]!.requiresGrad || inputs[i]!.walk === mark)) i++;
    next[next.length - 1] = i + 1;
    if (i < inputs.length) {
      const input = inputs[i]!;
      input.walk = mark;
      stack.push(input);
      next.push(0);
    } else {
      stack.pop();
      next.pop();
      order.push(top);
    }
  }
  order.reverse();
  for (let i = 0; i < order.length; i++) order[i]!.place = i;
  return order;
}

const none: readonly Tensor[] = [];

/** Stands where a recorded op was after its gradients were taken, and says so when it is walked again. */
function freed(name: string) {
  return {
    name,
    inputs: [],
    backward: (): never => {
      throw new GradError(
        `backward: the graph behind ${name} was freed by an earlier backward(); pass retainGraph: true to that one`,
      );
    },
  };
}

declare module "../tensor/tensor.ts" {
  interface Tensor {
    /**
     * Adds the derivative of this scalar (or of the product with `gradient`) to `grad` of every leaf that requires
     * one. Throws GradError where there is nothing to differentiate, or the graph was freed.
     */
    backward(options?: BackwardOptions): void;
  }
}

Tensor.prototype.backward = function (options) {
  backward(this, options);
};
