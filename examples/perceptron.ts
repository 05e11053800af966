// From the perceptron to the multilayer perceptron: what one neuron can learn, what it can't, and what a hidden layer changes.
import { manualSeed, nn, noGrad, optim, type Tensor, tensor } from "fovea";

/** Passes over the data until a whole one makes no mistake, by Rosenblatt's rule; null where `limit` passes are not enough. */
function learn(neuron: nn.Perceptron, x: Tensor, labels: number[], limit = 100): number | null {
  return noGrad(() => {
    for (let epoch = 1; epoch <= limit; epoch++) {
      let mistakes = 0;
      for (const [i, label] of labels.entries()) {
        const sample = x.select(0, i);
        const error = label - neuron.forward(sample).itemSync(); // −1, 0 or 1
        if (error === 0) continue;
        mistakes++;
        neuron.weight.assign(neuron.weight.add(sample.mul(0.1 * error))); // w ← w + η (y − ŷ) x
        neuron.bias!.assign(neuron.bias!.add(0.1 * error)); // b ← b + η (y − ŷ)
      }
      if (mistakes === 0) return epoch;
    }
    return null;
  });
}

manualSeed(0);
const corners = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
for (const [name, labels] of [
  ["AND", [0, 0, 0, 1]],
  ["OR", [0, 1, 1, 1]],
  ["XOR", [0, 1, 1, 0]],
] as const) {
  const epochs = learn(new nn.Perceptron(2), corners, [...labels]);
  console.log(
    `${name}: ${epochs === null ? "still wrong after 100 epochs" : `no mistakes in epoch ${epochs}`}`,
  );
}

// Two clouds with a line between them.
const clouds = Float32Array.from({ length: 80 }, (_, i) => Math.sin(i * 78.233) + (i % 4 < 2 ? 1.2 : -1.2));
const cloud = Array.from({ length: 40 }, (_, i) => Number(i % 2 === 0));
const separable = learn(new nn.Perceptron(2), tensor(clouds, { shape: [40, 2] }), cloud);
console.log(`clouds: no mistakes in epoch ${separable}`);

const model = new nn.MLP(2, [8, 1], { activation: nn.Tanh });
const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
const xor = tensor([[0], [1], [1], [0]]);
for (let step = 0; step < 200; step++) {
  const loss = nn.mseLoss(model.forward(corners), xor);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
const answers = noGrad(() => model.forward(corners).gt(0.5).cast("int32"));
console.log(`XOR by an MLP: ${await answers.flatten().data()}`);

const wide = new nn.Linear(784, 10); // ten neurons that see the same 784 pixels
console.log([...wide.namedParameters()].map(([name, { shape }]) => `${name} ${shape.join("×")}`).join(", "));

// One of the ten, as a neuron of its own: the same weights, the same sum.
const [row, offset] = [wide.weight.select(0, 3), wide.bias!.select(0, 3)];
const alone = new nn.Perceptron(784, {
  activation: (z) => z,
  init: { weight: () => row.detach(), bias: () => offset.detach() },
});
const pixels = tensor(Float32Array.from({ length: 784 }, (_, i) => Math.sin(i)));
const difference = alone.forward(pixels).sub(wide.forward(pixels).select(0, 3)).abs();
console.log(`the same sum: ${(await difference.item()) < 1e-5}`);
