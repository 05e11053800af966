// One number of a dense layer: the terms of its sum that weigh most.
import type { nn, Tensor } from "../../../src/index.ts";
import type { LinearTerm, Sum } from "./spelling.ts";

/** Terms that are listed one by one. */
const mostTerms = 12;

/** `bias + Σ x[i] · weight[j, i]` for output j of the first sample. */
export function spellLinear(layer: nn.Linear, x: Tensor, cell: readonly number[]): Sum {
  const output = cell.at(-1)!;
  const count = layer.weight.shape[1]!;
  const [values, weights] = [x.dataSync(), layer.weight.dataSync()];
  const terms = Array.from({ length: count }, (_, input): LinearTerm => {
    return { input, value: values[input]!, weight: weights[output * count + input]! };
  });
  const product = ({ value, weight }: LinearTerm) => value * weight;
  const sum = (list: readonly LinearTerm[]) => list.reduce((all, term) => all + product(term), 0);
  const sorted = terms.toSorted((a, b) => Math.abs(product(b)) - Math.abs(product(a)));
  const bias = layer.bias ? layer.bias.dataSync()[output]! : null;
  return {
    kind: "linear",
    terms: sorted.slice(0, mostTerms),
    count,
    rest: sum(sorted.slice(mostTerms)),
    bias,
    total: sum(terms) + (bias ?? 0),
  };
}
