// An LSTM that reads a picture row by row.

import { Linear, LSTM, Module } from "../../nn/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Options of `RowLSTM`. */
export interface RowLSTMOptions {
  /** Number of classes. Default 10. */
  classes?: number;
  /** Channels of the pictures. Default 1. */
  inChannels?: number;
  /** Pixels of a row. Default 28. */
  columns?: number;
  /** Hidden values. Default 128. */
  hidden?: number;
}

/**
 * Each row of the picture, with all its channels, is a step of an LSTM; what it holds behind the last row goes through a dense layer.
 * Shapes: x `[N, inChannels, H, columns]` with any number of rows, logits `[N, classes]`.
 */
export class RowLSTM extends Module {
  readonly lstm: LSTM;
  readonly fc: Linear;

  constructor({ classes = 10, inChannels = 1, columns = 28, hidden = 128 }: RowLSTMOptions = {}) {
    super();
    this.lstm = new LSTM(inChannels * columns, hidden);
    this.fc = new Linear(hidden, classes);
  }

  forward(input: Tensor): Tensor {
    const rows = input.permute([2, 0, 1, 3]).flatten(2); // [H, N, inChannels · columns]
    const [, [last]] = this.lstm.forward(rows); // [1, N, hidden]
    return this.fc.forward(last.select(0, 0)); // [N, classes]
  }
}
