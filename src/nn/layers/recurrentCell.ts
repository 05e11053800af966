// Single steps of recurrent networks, for loops of one's own.

import { OptionError, ShapeError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import { formatShape, sameShape } from "../../base/shape.ts";
import { type Cell, gruCell, lstmCell, reluCell, tanhCell } from "../../ops/cells.ts";
import { zeros } from "../../ops/factory.ts";
import { linear } from "../../ops/linalg.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { defaultWeight, type Initializer, type InitialValues } from "../module/init.ts";
import { checkCount, checkInput, type Parameter, Part, parameter } from "../module/module.ts";

/** Options of a cell. */
export interface RecurrentCellOptions {
  /** Whether the sums have biases. Default true. */
  bias?: boolean;
  /** Where weights and biases start from, instead of uniform numbers within ±1/√hidden. */
  init?: InitialValues;
}

/** Options of `RNNCell`. */
export interface RNNCellOptions extends RecurrentCellOptions {
  /** What is applied to the sums. Default "tanh". */
  nonlinearity?: "tanh" | "relu";
}

/** What the cells share: all but the form of their state. */
abstract class RecurrentCell extends Part {
  // Named as PyTorch names them, since fields name the tensors of saved files.
  readonly weight_ih: Parameter;
  readonly weight_hh: Parameter;
  readonly bias_ih: Parameter | null;
  readonly bias_hh: Parameter | null;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly #cell: Cell;

  constructor(
    cell: Cell,
    inputSize: number,
    hiddenSize: number,
    { bias = true, init = {} }: RecurrentCellOptions,
  ) {
    super();
    const layer = this.constructor.name;
    checkCount(layer, "inputSize", inputSize);
    checkCount(layer, "hiddenSize", hiddenSize);
    const rule: Initializer = (shape) => defaultWeight(shape, hiddenSize);
    const sums = cell.gates * hiddenSize;
    this.#cell = cell;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.weight_ih = parameter((init.weight ?? rule)([sums, inputSize]));
    this.weight_hh = parameter((init.weight ?? rule)([sums, hiddenSize]));
    this.bias_ih = bias ? parameter((init.bias ?? rule)([sums])) : null;
    this.bias_hh = bias ? parameter((init.bias ?? rule)([sums])) : null;
  }

  /** One step from the given state, or from zeros. */
  protected step(x: Tensor, h0: Tensor | null, c0: Tensor | null): { h: Tensor; c: Tensor | null } {
    checkInput(
      this,
      x,
      x.rank === 1 ? 1 : 2,
      -1,
      this.inputSize,
      "A step's input is [N, features], or [features]",
    );
    const isBatch = x.rank === 2;
    const inputs = isBatch ? x : x.unsqueeze(0);
    const h = this.#initial("h", h0, x);
    const c = this.#cell.hasCell ? this.#initial("c", c0, x) : null;
    const next = this.#cell.step(
      linear(inputs, this.weight_ih, this.bias_ih),
      linear(h, this.weight_hh, this.bias_hh),
      { h, c },
    );
    if (isBatch) return next;
    return { h: next.h.squeeze(0), c: next.c?.squeeze(0) ?? null };
  }

  /** A state `[N, H]`: the given one, or zeros. */
  #initial(name: string, given: Tensor | null, x: Tensor): Tensor {
    const wanted = [...x.shape.slice(0, -1), this.hiddenSize];
    if (given && !sameShape(given.shape, wanted)) {
      throw new ShapeError(
        `${this.label}: ${name} must be ${formatShape(wanted)}; got ${name} ${formatShape(given.shape)}, x ${formatShape(x.shape)}`,
      );
    }
    const state = given ?? zeros(wanted, { dtype: x.dtype });
    return x.rank === 1 ? state.unsqueeze(0) : state;
  }
}

/** One step of `RNN`. Shapes: x `[N, in]` or `[in]`, h and the result `[N, hidden]` or `[hidden]`. */
export class RNNCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: RNNCellOptions = {}) {
    checkOptions("RNNCell", options, ["bias", "init", "nonlinearity"]);
    const { nonlinearity = "tanh" } = options;
    if (nonlinearity !== "tanh" && nonlinearity !== "relu") {
      throw new OptionError(`RNNCell: nonlinearity must be "tanh" or "relu"; got ${String(nonlinearity)}`);
    }
    super(nonlinearity === "tanh" ? tanhCell : reluCell, inputSize, hiddenSize, options);
  }

  forward(x: Tensor, h: Tensor | null = null): Tensor {
    return this.step(x, h, null).h;
  }
}

/** One step of `LSTM`: `forward(x, [h, c])` gives `[h, c]`. Shapes as in `RNNCell`; c as h. */
export class LSTMCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentCellOptions = {}) {
    checkOptions("LSTMCell", options, ["bias", "init"]);
    super(lstmCell, inputSize, hiddenSize, options);
  }

  forward(
    x: Tensor,
    [h0, c0]: readonly [h: Tensor | null, c: Tensor | null] = [null, null],
  ): [h: Tensor, c: Tensor] {
    const { h, c } = this.step(x, h0, c0);
    return [h, c!];
  }
}

/** One step of `GRU`. Shapes as in `RNNCell`. */
export class GRUCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentCellOptions = {}) {
    checkOptions("GRUCell", options, ["bias", "init"]);
    super(gruCell, inputSize, hiddenSize, options);
  }

  forward(x: Tensor, h: Tensor | null = null): Tensor {
    return this.step(x, h, null).h;
  }
}
