// Averages of a model's weights over the steps of its training, and their use in its place.
import { OptionError } from "../base/errors.ts";
import { realize } from "../graph/engine.ts";
import type { Module } from "../nn/module/module.ts";
import { noGrad } from "../tensor/gradmode.ts";
import { Tensor } from "../tensor/tensor.ts";

/** A model's tensor and its average. */
interface Pair {
  readonly own: Tensor;
  readonly average: Tensor;
  /** False for what is copied instead: buffers, which are statistics already. */
  readonly averaged: boolean;
}

/** What an average is saved as. */
export interface AverageState {
  readonly updates: number;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/**
 * An average of the parameters of a model; its buffers are copied at each update, as PyTorch's AveragedModel does it. `update()`
 * belongs behind `optimizer.step()` and runs in the next step's program. The first update copies the weights.
 */
export abstract class AveragedWeights {
  /** Updates so far. */
  updates = 0;
  #applied = false;
  readonly #pairs: ReadonlyMap<string, Pair>;

  constructor(model: Module) {
    const parameters = new Set<Tensor>(model.parameters());
    this.#pairs = new Map(
      [...model.stateDict()].map(([name, own]) => {
        const average = Tensor.fromArray(own.dataSync().slice(), own.shape, own.dtype).makeResident();
        return [name, { own, average, averaged: parameters.has(own) }];
      }),
    );
  }

  /** The weight of the new values after `updates` earlier ones; 1 takes them as they are. */
  protected abstract share(updates: number): number;

  /** Takes in the model's present weights. */
  update(): void {
    if (this.#applied)
      throw this.#misuse("update() while the model has the averaged weights; restore() first");
    const share = this.updates === 0 ? 1 : this.share(this.updates);
    noGrad(() => {
      for (const { own, average, averaged } of this.#pairs.values()) {
        const value = own.detach();
        // m + s (x − m), and x itself at first
        average.assign(
          averaged && share !== 1
            ? average
                .detach()
                .mul(1 - share)
                .add(value.mul(share))
            : value,
        );
      }
    });
    this.updates++;
  }

  /** Gives the model the averaged weights, for evaluation; its own are kept for `restore()`. Nothing is copied. */
  apply(): void {
    if (this.#applied) throw this.#misuse("apply() twice; restore() comes between");
    this.#exchange();
  }

  /** Gives the model its own weights back. */
  restore(): void {
    if (!this.#applied) throw this.#misuse("restore() without apply()");
    this.#exchange();
  }

  /** Number of updates and the averages by the names of the model's state: live tensors, to be saved or loaded into another model. */
  stateDict(): AverageState {
    const kept = this.#applied ? "own" : "average";
    return {
      updates: this.updates,
      tensors: new Map(Array.from(this.#pairs, ([name, pair]) => [name, pair[kept]])),
    };
  }

  /** Takes up what `stateDict` gave for an average of the same model. Throws OptionError where a name is missing. */
  loadStateDict({ updates, tensors }: AverageState): void {
    const own = this.stateDict().tensors;
    for (const name of own.keys()) {
      if (!tensors.has(name)) throw this.#misuse(`loadStateDict: ${name} is missing in the state`);
    }
    for (const [name, target] of own) target.assign(tensors.get(name)!.detach());
    this.updates = updates;
    realize([]);
  }

  #exchange(): void {
    realize([]); // what waits belongs to the tensors as they are
    for (const { own, average } of this.#pairs.values()) {
      [own.node, average.node] = [average.node, own.node];
    }
    this.#applied = !this.#applied;
  }

  #misuse(text: string): OptionError {
    return new OptionError(`${this.constructor.name}: ${text}`);
  }
}

/**
 * Exponential moving average of a model's weights: `m ← d m + (1 − d) θ`. With `warmup` the decay rises to `decay` as
 * `min(decay, (1 + n) / (10 + n))` over the updates n, so that the first, poor weights are forgotten early.
 * Source: Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", SIAM 1992; warm-up as in TensorFlow's
 * ExponentialMovingAverage.
 */
export class EMA extends AveragedWeights {
  readonly decay: number;
  readonly warmup: boolean;

  constructor(model: Module, { decay = 0.999, warmup = false }: { decay?: number; warmup?: boolean } = {}) {
    super(model);
    if (!(decay >= 0 && decay <= 1)) throw new OptionError(`EMA: decay must lie in 0 … 1; got ${decay}`);
    this.decay = decay;
    this.warmup = warmup;
  }

  protected share(updates: number): number {
    return 1 - (this.warmup ? Math.min(this.decay, (1 + updates) / (10 + updates)) : this.decay);
  }
}

/**
 * Plain average of the weights at all updates: `m ← m + (θ − m) / (n + 1)`; one at the end of each of the last epochs.
 * Source: Izmailov et al., "Averaging weights leads to wider optima and better generalization", UAI 2018.
 */
export class SWA extends AveragedWeights {
  protected share(updates: number): number {
    return 1 / (updates + 1);
  }
}
