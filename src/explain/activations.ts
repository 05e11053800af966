// What every module of a model gives for an input, from one forward pass.
import { checkOptions } from "../base/options.ts";
import { realize } from "../graph/engine.ts";
import type { Module } from "../nn/module/module.ts";
import { inEvaluation, partAt, tensorsIn, watchCalls } from "../nn/module/watch.ts";
import { noGrad } from "../tensor/gradmode.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** One call of a module. */
export interface ModuleCall {
  /** The tensors that it was called with. */
  readonly inputs: readonly Tensor[];
  /** The tensors that it gave. */
  readonly outputs: readonly Tensor[];
}

/** What one module did in a forward pass. */
export interface Activation {
  /** The first path under which the model has the module; empty for the model itself. */
  readonly path: string;
  /** Name of the module's class. */
  readonly name: string;
  /** The first input of the last call. */
  readonly input: Tensor;
  /** The first output of the last call. */
  readonly output: Tensor;
  /** All calls of the module, in order; mostly one. */
  readonly calls: readonly ModuleCall[];
}

/** Options of `activations`. */
export interface ActivationOptions {
  /** Dotted paths of the modules to keep; "" is the model itself. Default: all that are called. */
  layers?: readonly string[];
}

/**
 * Inputs and outputs of a model's modules, by dotted path, in the order in which their first calls end. The model is called once, in evaluation mode
 * and without gradients; afterwards every module is as it was, also where the call throws.
 *
 * Modules alone are seen. What a `forward` does with functions between them, such as the `relu()` after a convolution or the sum of a
 * residual block, shows in what the next module takes (`input`) and in what the module around gives. A module that
 * is called several times has all its calls, one that is called under several paths the first of these, and one that is not called is left out.
 *
 * All tensors are computed in one run and hold their elements; `layers` bounds the memory. Throws OptionError for a layer that the model does not
 * have, and what its layers throw.
 */
export function activations(
  model: Module,
  input: Tensor | readonly Tensor[],
  options: ActivationOptions = {},
): ReadonlyMap<string, Activation> {
  checkOptions("activations", options, ["layers"]);
  const { layers } = options;
  const wanted = layers && new Set(layers.map((layer) => partAt("activations", model, layer)));
  const calls = new Map<string, { name: string; calls: ModuleCall[] }>();
  const end = watchCalls(model, ({ part, path, inputs }, body) => {
    const result = body();
    if (wanted && !wanted.has(part)) return result;
    const found = calls.get(path) ?? { name: part.constructor.name, calls: [] };
    calls.set(path, found);
    found.calls.push({ inputs: tensorsIn(inputs), outputs: tensorsIn(result) });
    return result;
  });
  try {
    const inputs = (Array.isArray(input) ? input : [input]) as Tensor[];
    noGrad(() => inEvaluation(model, () => model.forward(...inputs)));
  } finally {
    end();
  }
  const seen = [...calls].filter(([, { calls }]) => calls.at(-1)!.outputs.length > 0);
  realize(
    seen.flatMap(([, { calls }]) =>
      calls.flatMap(({ inputs, outputs }) => [...inputs, ...outputs].map(({ node }) => node)),
    ),
  );
  return new Map(
    seen.map(([path, { name, calls }]) => {
      const last = calls.at(-1)!;
      return [path, { path, name, input: last.inputs[0]!, output: last.outputs[0]!, calls }];
    }),
  );
}
