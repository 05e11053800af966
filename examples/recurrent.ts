// Recurrent layers: shapes, states that are passed on, and single steps.
import { nn, randn, type Tensor, zeros } from "fovea";

const lstm = new nn.LSTM(8, 16, { numLayers: 2, bidirectional: true, batchFirst: true });
const [output, [h, c]] = lstm.forward(randn([4, 10, 8])); // 4 sequences of 10 steps
console.log(output.shape, h.shape, c.shape); // [4, 10, 32] [4, 4, 16] [4, 4, 16]

const gru = new nn.GRU(3, 5);
let state: Tensor | null = null;
for (const piece of [randn([20, 2, 3]), randn([20, 2, 3])]) {
  const [values, last] = gru.forward(piece, state);
  state = last.detach(); // values go on, gradients end here
  console.log(values.shape); // [20, 2, 5]
}

const cell = new nn.GRUCell(1, 4);
const head = new nn.Linear(4, 1);
let hidden = zeros([1, 4]);
let value = zeros([1, 1]);
for (let step = 0; step < 3; step++) {
  hidden = cell.forward(value, hidden);
  value = head.forward(hidden); // what it says is what it hears next
}
console.log(value.shape); // [1, 1]
