// Mistakes in recurrent layers and their cells.
import { nn, zeros } from "../../src/index.ts";

const f = (...shape: number[]) => zeros(shape);

class Reader extends nn.Module {
  readonly reader = new nn.LSTM(4, 3, { numLayers: 2 });
  readonly cells = [new nn.GRUCell(4, 3)];

  forward(x: ReturnType<typeof f>) {
    return this.reader.forward(x)[0];
  }
}
const model = new Reader();
model.parameters();
const [cell] = model.cells;

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "LSTM in a model: features": () => model.forward(f(5, 2, 3)),
  "LSTM in a model: rank": () => model.forward(f(5, 2, 2, 4)),
  "LSTM in a model: dtype": () => model.forward(zeros([5, 2, 4], { dtype: "int32" })),
  "LSTM in a model: no step": () => model.forward(f(0, 2, 4)),
  "LSTM: hidden state": () => model.reader.forward(f(5, 2, 4), [f(1, 2, 3), f(2, 2, 3)]),
  "LSTM: cell state": () => model.reader.forward(f(5, 2, 4), [f(2, 2, 3), f(2, 1, 3)]),
  "GRU: state without a batch": () => new nn.GRU(4, 3).forward(f(5, 4), f(1, 1, 3)),
  "RNN: nonlinearity": () => new nn.RNN(4, 3, { nonlinearity: "sigmoid" as "tanh" }),
  "GRU: unknown option": () => new nn.GRU(4, 3, { batchfirst: true } as nn.RecurrentOptions),
  "LSTM: hidden size": () => new nn.LSTM(4, 0),
  "LSTM: layers": () => new nn.LSTM(4, 3, { numLayers: 1.5 }),
  "GRU: dropout": () => new nn.GRU(4, 3, { numLayers: 2, dropout: 1.2 }),
  "GRUCell in a model: features": () => cell!.forward(f(2, 3)),
  "GRUCell in a model: state": () => cell!.forward(f(2, 4), f(1, 3)),
  "RNNCell: nonlinearity": () => new nn.RNNCell(4, 3, { nonlinearity: "elu" as "relu" }),
};
