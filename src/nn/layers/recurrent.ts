// Recurrent layers: stacks of cells that read a sequence step by step, in one direction or both.

import { OptionError, ShapeError } from "../../base/errors.ts";
import { checkNumber, checkOptions } from "../../base/options.ts";
import { formatShape, sameShape } from "../../base/shape.ts";
import { type Cell, gruCell, lstmCell, reluCell, tanhCell } from "../../ops/cells.ts";
import { zeros } from "../../ops/factory.ts";
import { linear } from "../../ops/linalg.ts";
import { cat, stack } from "../../ops/movement.ts";
import { recurrence } from "../../ops/recurrence.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { dropout } from "../functional/dropout.ts";
import { defaultWeight, type Initializer, type InitialValues } from "../module/init.ts";
import { checkCount, checkInput, type Parameter, Part, parameter } from "../module/module.ts";

/** Options of `LSTM` and `GRU`, PyTorch's names and defaults. */
export interface RecurrentOptions {
  /** Layers on top of each other; each reads the one below. Default 1. */
  numLayers?: number;
  /** Whether the sums have biases. Default true. */
  bias?: boolean;
  /** Whether sequences are `[N, T, features]` rather than `[T, N, features]`. Default false. */
  batchFirst?: boolean;
  /** Share of the values between layers that is dropped while training; without effect where there is one layer. Default 0. */
  dropout?: number;
  /** Whether a second network reads from the end; its values stand behind the first one's. Default false. */
  bidirectional?: boolean;
  /** Where weights and biases start from, instead of uniform numbers within ±1/√hidden. */
  init?: InitialValues;
}

/** Options of `RNN`. */
export interface RNNOptions extends RecurrentOptions {
  /** What is applied to the sums. Default "tanh". */
  nonlinearity?: "tanh" | "relu";
}

const names = ["numLayers", "bias", "batchFirst", "dropout", "bidirectional", "init"];

/** The parameters of one direction of one layer. */
interface Weights {
  readonly ih: Parameter;
  readonly hh: Parameter;
  readonly biasIh: Parameter | null;
  readonly biasHh: Parameter | null;
}

/** The hidden values of the last layer at every step, and the state behind the last step. */
type Outputs<State> = [output: Tensor, state: State];

/** What RNN, LSTM and GRU share: all but the cell and the form of their state. */
abstract class Recurrent extends Part {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  readonly #cell: Cell;
  /** By layer, then direction. */
  readonly #weights: readonly (readonly Weights[])[];

  constructor(cell: Cell, inputSize: number, hiddenSize: number, options: RecurrentOptions) {
    super();
    const layer = this.constructor.name;
    const { numLayers = 1, bias = true, batchFirst = false, bidirectional = false, init = {} } = options;
    checkCount(layer, "inputSize", inputSize);
    checkCount(layer, "hiddenSize", hiddenSize);
    checkCount(layer, "numLayers", numLayers);
    checkNumber(layer, "dropout", options.dropout ?? 0, "a share from 0 to 1", (p) => p >= 0 && p <= 1);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.batchFirst = batchFirst;
    this.dropout = options.dropout ?? 0;
    this.bidirectional = bidirectional;
    this.#cell = cell;
    const directions = bidirectional ? 2 : 1;
    this.#weights = Array.from({ length: numLayers }, (_, at) =>
      Array.from({ length: directions }, (_, direction) =>
        this.#makeWeights(
          at === 0 ? inputSize : directions * hiddenSize,
          bias,
          init,
          `l${at}${direction ? "_reverse" : ""}`,
        ),
      ),
    );
  }

  /** Parameters as fields with PyTorch's names, which name the tensors of saved files. */
  #makeWeights(inputs: number, bias: boolean, init: InitialValues, suffix: string): Weights {
    const { hiddenSize } = this;
    const sums = this.#cell.gates * hiddenSize;
    const rule: Initializer = (shape) => defaultWeight(shape, hiddenSize);
    const make = (name: string, initial: Initializer | undefined, shape: number[]) => {
      const value = parameter((initial ?? rule)(shape));
      Object.defineProperty(this, `${name}_${suffix}`, { value, enumerable: true });
      return value;
    };
    return {
      ih: make("weight_ih", init.weight, [sums, inputs]),
      hh: make("weight_hh", init.weight, [sums, hiddenSize]),
      biasIh: bias ? make("bias_ih", init.bias, [sums]) : null,
      biasHh: bias ? make("bias_hh", init.bias, [sums]) : null,
    };
  }

  /** Reads sequences from the given states `[layers · directions, N, H]`, or from zeros. */
  protected read(
    x: Tensor,
    h0: Tensor | null,
    c0: Tensor | null,
  ): { output: Tensor; h: Tensor; c: Tensor | null } {
    const shape = this.batchFirst ? "[N, T, features]" : "[T, N, features]";
    checkInput(
      this,
      x,
      x.rank === 2 ? 2 : 3,
      -1,
      this.inputSize,
      `Sequences are ${shape}, or [T, features] without a batch`,
    );
    const isBatch = x.rank === 3;
    let values = !isBatch ? x.unsqueeze(1) : this.batchFirst ? x.transpose(0, 1) : x; // [T, N, features]
    const [length, samples] = values.shape as [number, number, number];
    if (length === 0) {
      throw new ShapeError(
        `${this.label}: a sequence needs at least one step; got x ${formatShape(x.shape)}. Leave empty sequences out`,
      );
    }
    const h = this.#initial("h", h0, samples, isBatch, x);
    const c = this.#cell.hasCell ? this.#initial("c", c0, samples, isBatch, x) : null;
    const lastH: Tensor[] = [];
    const lastC: Tensor[] = [];
    for (const [at, directions] of this.#weights.entries()) {
      if (at > 0) values = dropout(values, this.dropout, this.training);
      const outputs = directions.map(({ ih, hh, biasIh, biasHh }, direction) => {
        const place = at * directions.length + direction;
        const inputs = {
          fromInput: linear(values, ih, biasIh),
          weight: hh,
          bias: biasHh,
          h: h.select(0, place),
          c: c?.select(0, place) ?? null,
        };
        const read = recurrence(this.#cell, inputs, direction === 1);
        lastH.push(read.h);
        if (read.c) lastC.push(read.c);
        return read.output;
      });
      values = outputs.length === 1 ? outputs[0]! : cat(outputs, 2);
    }
    const state = (list: readonly Tensor[]) => (isBatch ? stack(list) : stack(list).squeeze(1));
    const output = !isBatch ? values.squeeze(1) : this.batchFirst ? values.transpose(0, 1) : values;
    return { output, h: state(lastH), c: c && state(lastC) };
  }

  /** A state before the first step `[layers · directions, N, H]`: the given one, or zeros. */
  #initial(name: string, given: Tensor | null, samples: number, isBatch: boolean, x: Tensor): Tensor {
    const states = this.numLayers * (this.bidirectional ? 2 : 1);
    const whole = [states, samples, this.hiddenSize];
    if (!given) return zeros(whole, { dtype: x.dtype });
    const wanted = isBatch ? whole : [states, this.hiddenSize];
    if (!sameShape(given.shape, wanted)) {
      throw new ShapeError(
        `${this.label}: ${name} must be [layers · directions${isBatch ? ", N" : ""}, hidden] = ${formatShape(wanted)}; ` +
          `got ${name} ${formatShape(given.shape)}, x ${formatShape(x.shape)}`,
      );
    }
    return isBatch ? given : given.unsqueeze(1);
  }
}

/**
 * Elman's recurrent network: `h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)`, or ReLU of it.
 * `forward(x, h0)` gives `[output, h]`. Shapes: x `[T, N, in]` (`[N, T, in]` with `batchFirst`, `[T, in]` without a batch),
 * output `[T, N, directions · hidden]` alike, h0 and h `[layers · directions, N, hidden]`; parameters `weight_ih_l0`
 * `[hidden, in]`, `weight_hh_l0` `[hidden, hidden]`, `bias_ih_l0`, `bias_hh_l0` `[hidden]` and so on, uniform within ±1/√hidden at first.
 * Source: Elman, "Finding structure in time", Cognitive Science 1990.
 */
export class RNN extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RNNOptions = {}) {
    checkOptions("RNN", options, [...names, "nonlinearity"]);
    const { nonlinearity = "tanh" } = options;
    if (nonlinearity !== "tanh" && nonlinearity !== "relu") {
      throw new OptionError(`RNN: nonlinearity must be "tanh" or "relu"; got ${String(nonlinearity)}`);
    }
    super(nonlinearity === "tanh" ? tanhCell : reluCell, inputSize, hiddenSize, options);
  }

  forward(x: Tensor, h0: Tensor | null = null): Outputs<Tensor> {
    const { output, h } = this.read(x, h0, null);
    return [output, h];
  }
}

/**
 * Long short-term memory: gates i, f, g, o of `W_ih x_t + b_ih + W_hh h_{t−1} + b_hh`, `c_t = σ(f) c_{t−1} + σ(i) tanh(g)`, `h_t = σ(o) tanh(c_t)`.
 * `forward(x, [h0, c0])` gives `[output, [h, c]]`. Shapes as in `RNN`, with 4 · hidden rows in each weight; c as h.
 * Source: Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 1997.
 */
export class LSTM extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    checkOptions("LSTM", options, names);
    super(lstmCell, inputSize, hiddenSize, options);
  }

  forward(
    x: Tensor,
    [h0, c0]: readonly [h: Tensor | null, c: Tensor | null] = [null, null],
  ): Outputs<[h: Tensor, c: Tensor]> {
    const { output, h, c } = this.read(x, h0, c0);
    return [output, [h, c!]];
  }
}

/**
 * Gated recurrent unit: `r, z = σ(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)`, `n = tanh(W_in x_t + b_in + r · (W_hn h_{t−1} + b_hn))`,
 * `h_t = (1 − z) n + z h_{t−1}`. `forward(x, h0)` gives `[output, h]`. Shapes as in `RNN`, with 3 · hidden rows (r, z, n) in each weight.
 * Source: Cho et al., "Learning phrase representations using RNN encoder–decoder", EMNLP 2014.
 */
export class GRU extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    checkOptions("GRU", options, names);
    super(gruCell, inputSize, hiddenSize, options);
  }

  forward(x: Tensor, h0: Tensor | null = null): Outputs<Tensor> {
    const { output, h } = this.read(x, h0, null);
    return [output, h];
  }
}
