// One rule for the weights of a whole model.

import { realize } from "../../graph/engine.ts";
import { zerosLike } from "../../ops/factory.ts";
import { Embedding } from "../layers/embedding.ts";
import type { Initializer } from "../module/init.ts";
import { type Module, Parameter } from "../module/module.ts";
import { oneOf } from "./gain.ts";
import { orthogonal } from "./orthogonal.ts";
import { normal, truncatedNormal, uniform } from "./plain.ts";
import {
  kaimingNormal,
  kaimingUniform,
  lecunNormal,
  lecunUniform,
  xavierNormal,
  xavierUniform,
} from "./scaled.ts";

const rules = {
  uniform,
  normal,
  truncatedNormal,
  xavierUniform,
  xavierNormal,
  kaimingUniform,
  kaimingNormal,
  lecunUniform,
  lecunNormal,
  orthogonal,
};

/** Names of the rules that `apply` knows, and their options. */
export type RuleName = keyof typeof rules;
type OptionsOf<K extends RuleName> = NonNullable<Parameters<(typeof rules)[K]>[0]>;

/**
 * Starts a model anew: parameters called `weight` of rank 2 or more (those of linear layers and convolutions) by a rule, given by name with
 * its options or as an initializer, and the `bias` beside such a weight with zeros. Everything else stays, such as the weights
 * of normalisations and embeddings. Gives the model; throws OptionError for an unknown name.
 */
export function apply<M extends Module, K extends RuleName>(
  model: M,
  rule: K | Initializer,
  options: OptionsOf<K> = {} as OptionsOf<K>,
): M {
  const make: Initializer =
    typeof rule === "function"
      ? rule
      : oneOf<(options: object) => Initializer>("init.apply", "rule", rule, rules)(options);
  for (const [, module] of model.namedModules()) {
    const { weight, bias } = module as { weight?: unknown; bias?: unknown };
    if (!(weight instanceof Parameter) || weight.rank < 2 || module instanceof Embedding) continue;
    weight.assign(make(weight.shape).cast(weight.dtype));
    if (bias instanceof Parameter) bias.assign(zerosLike(bias));
  }
  realize([]);
  return model;
}
