// Several optimizers for the parts of one model, stepped as one. Knows no rule of its own.
import { OptionError } from "../base/errors.ts";
import { Optimizer, type State, type Update } from "./optimizer.ts";

/** What any optimizer's options have. */
type Rate = { lr: number };

/**
 * Optimizers with one step, in one program: each goes on with its own groups and equations. The state is kept here; step this one, not
 * its parts. Setting `lr` sets it for all groups.
 */
export class Combined extends Optimizer<Rate> {
  readonly #rules = new Map<Rate, Optimizer<Rate>>();

  constructor(optimizers: readonly Optimizer<Rate>[]) {
    super(
      optimizers.flatMap(({ groups }) => groups),
      { lr: 0 },
    );
    const rules = optimizers.flatMap((optimizer) => optimizer.groups.map(() => optimizer));
    for (const [i, group] of this.groups.entries()) this.#rules.set(group, rules[i]!);
    if (optimizers.some(({ steps }) => steps > 0)) {
      throw new OptionError("Combined: its optimizers must be new; one of them has taken steps already");
    }
  }

  protected override optionNames(): null {
    return null;
  }

  protected override ruleOf(group: Rate): Optimizer<Rate> {
    return this.#rules.get(group)!;
  }

  protected stateNames(): readonly string[] {
    return [];
  }

  protected update(): Update & { state: State } {
    throw new Error("Combined: has no rule of its own");
  }
}
