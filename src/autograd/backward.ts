// The backward walk: visits recorded ops from an output to the leaves and adds up gradients. Gradients are
// tensor code themselves, so they are lazy, fuse, and can be differentiated again.
import { GradError, ShapeError } from "../base/errors.ts";
import { formatShape, sameShape } from "../base/shape.ts";
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
  const leaves = new Map<Tensor, Tensor>();
  walk(output, options, (leaf, gradient) => leaves.set(leaf, gradient));
  withGrad(options.createGraph ?? false, () => {
    for (const [leaf, gradient] of leaves) leaf.grad = leaf.grad ? leaf.grad.add(gradient) : gradient;
  });
  output.retain();
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

function walk(
  output: Tensor,
  { gradient, createGraph = false, retainGraph = createGraph }: BackwardOptions,
  arrive: (tensor: Tensor, gradient: Tensor) => void,
  wanted: ReadonlySet<Tensor> = new Set(),
): void {
  const seed = seedOf(output, gradient);
  const order = topological(output);
  const gradients = new Map<Tensor, Tensor>([[output, seed]]);
  withGrad(createGraph, () => {
    for (const at of order) {
      const dy = gradients.get(at);
      if (!dy) continue;
      gradients.delete(at);
      const { gradFn } = at;
      if (!gradFn || wanted.has(at)) arrive(at, dy);
      if (!gradFn) continue;
      const inputGradients = gradFn.backward(dy, at);
      for (const [i, input] of gradFn.inputs.entries()) {
        const dx = inputGradients[i];
        if (!dx || !input.requiresGrad) continue;
        if (!sameShape(dx.shape, input.shape)) {
          throw new GradError(
            `${gradFn.name}: gradient of input ${i} has shape ${formatShape(dx.shape)}, the input ${formatShape(input.shape)}`,
          );
        }
        const before = gradients.get(input);
        gradients.set(input, before ? before.add(dx) : dx);
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
  return Tensor.fromArray(
    output.dtype === "float64" ? new Float64Array([1]) : new Float32Array([1]),
    output.shape,
    output.dtype,
  );
}

/** All tensors between the output and the leaves that require gradients, users before what they use. */
function topological(output: Tensor): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  const stack: { tensor: Tensor; next: number }[] = [{ tensor: output, next: 0 }];
  seen.add(output);
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const inputs = top.tensor.gradFn?.inputs ?? [];
    let pushed = false;
    while (top.next < inputs.length) {
      const input = inputs[top.next++]!;
      if (!input.requiresGrad || seen.has(input)) continue;
      seen.add(input);
      stack.push({ tensor: input, next: 0 });
      pushed = true;
      break;
    }
    if (!pushed) {
      stack.pop();
      order.push(top.tensor);
    }
  }
  return order.reverse();
}

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
