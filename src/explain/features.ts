// What a network makes of its input before its last layer decides.
import { OptionError } from "../base/errors.ts";
import { Linear } from "../nn/layers/linear.ts";
import type { Module } from "../nn/module/module.ts";
import { inEvaluation, tensorsIn, watchCalls } from "../nn/module/watch.ts";
import { noGrad } from "../tensor/gradmode.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * The features of each sample: the input of the last dense layer (`nn.Linear`) that the model calls, `[N, features]`. Pictures that the network
 * holds alike lie close together there, so they are what `principalComponents` and `tsne` are given. The model is called once, in evaluation
 * mode and without gradients, and left as it was. Throws OptionError for a model without a dense layer.
 */
export function features(model: Module, input: Tensor): Tensor {
  let last: Tensor | undefined;
  const end = watchCalls(model, ({ part, inputs }, body) => {
    if (part instanceof Linear) [last] = tensorsIn(inputs);
    return body();
  });
  try {
    noGrad(() => inEvaluation(model, () => model.forward(input)));
  } finally {
    end();
  }
  if (!last) {
    throw new OptionError(
      `features: ${model.constructor.name} calls no nn.Linear; activations(model, input) has the outputs of all its layers`,
    );
  }
  return last.detach().flatten(1).realize();
}
