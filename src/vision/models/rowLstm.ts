// An LSTM that reads a picture as a text of its rows.

import { ShapeError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import { formatShape } from "../../base/shape.ts";
import { Linear, LSTM } from "../../nn/layers/index.ts";
import { checkCount, Module } from "../../nn/module/module.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkCounts } from "./pictures.ts";

/** Options of `RowLSTM`. */
export interface RowLSTMOptions {
  /** Number of classes. Default 10. */
  classes?: number;
  /** Channels of the pictures. Default 1. */
  inChannels?: number;
  /** Columns of the pictures. Default 28. */
  columns?: number;
  /** Numbers that the network keeps in mind from row to row. Default 128. */
  hidden?: number;
  /** LSTMs on top of each other. Default 1. */
  numLayers?: number;
}

/**
 * Reads a picture row by row, from the top: an LSTM sees one row at a time, and a dense layer what it has in mind behind the last. A picture for a recurrent
 * network is a sequence like any other; unlike a convolution this one has no idea of neighbouring columns, and learns them as it does all else.
 * 82,186 parameters for ten classes of 28×28.
 * Shapes: x `[N, inChannels, rows, columns]` with any number of rows, logits `[N, classes]`.
 */
export class RowLSTM extends Module {
  readonly lstm: LSTM;
  readonly fc: Linear;
  readonly inChannels: number;
  readonly columns: number;

  constructor(options: RowLSTMOptions = {}) {
    super();
    checkOptions("RowLSTM", options, ["classes", "inChannels", "columns", "hidden", "numLayers"]);
    checkCounts("RowLSTM", options);
    const { classes = 10, inChannels = 1, columns = 28, hidden = 128, numLayers = 1 } = options;
    checkCount("RowLSTM", "columns", columns);
    checkCount("RowLSTM", "hidden", hidden);
    this.lstm = new LSTM(inChannels * columns, hidden, { numLayers, batchFirst: true });
    this.fc = new Linear(hidden, classes);
    this.inChannels = inChannels;
    this.columns = columns;
  }

  forward(input: Tensor): Tensor {
    const { inChannels, columns } = this;
    const [, channels, , width] = input.shape;
    if (input.rank !== 4 || channels !== inChannels || width !== columns) {
      throw new ShapeError(
        `${this.label}: expected pictures [N, ${inChannels}, rows, ${columns}]; got x ${formatShape(input.shape)}. ` +
          "Make the network with their inChannels and columns",
      );
    }
    const rows = input.transpose(1, 2).flatten(2); // [N, rows, inChannels · columns]
    const [output] = this.lstm.forward(rows); // [N, rows, hidden]
    return this.fc.forward(output.select(1, -1)); // [N, classes]
  }
}

/** `new RowLSTM(options)`. */
export function rowLstm(options: RowLSTMOptions = {}): RowLSTM {
  return new RowLSTM(options);
}
