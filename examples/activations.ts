// Activations as functions and layers, and why deep networks left the sigmoid.
import { grad, manualSeed, nn, randn, tensor } from "fovea";

const x = tensor([-2, -0.5, 0, 1], { requiresGrad: true });
const y = nn.functional.leakyRelu(x, 0.25);
const [slope] = grad(y.sum(), [x]);
console.log(await y.toArray()); // [-0.5, -0.125, 0, 1]
console.log(await slope!.toArray()); // [0.25, 0.25, 0.25, 1]

const net = new nn.Sequential(
  new nn.Linear(4, 8),
  new nn.GELU({ approximate: "tanh" }),
  new nn.Linear(8, 8),
  new nn.PReLU(8), // one learned slope for each of the 8 features
  new nn.Linear(8, 3),
);
console.log(net.forward(randn([2, 4])).shape); // [2, 3]

/** How large the first layer's gradient is in a network of ten layers, compared with the last layer's. */
async function gradientThatArrives(activation: () => nn.Module): Promise<number> {
  manualSeed(1);
  const layers = Array.from({ length: 10 }, () => [
    new nn.Linear(32, 32, { init: { weight: nn.init.kaimingNormal() } }),
    activation(),
  ]);
  const deep = new nn.Sequential(...layers.flat());
  deep
    .forward(randn([64, 32]))
    .square()
    .mean()
    .backward();
  const size = (layer: number) => (layers[layer]![0] as nn.Linear).weight.grad!.square().mean().sqrt().item();
  return (await size(0)) / (await size(9));
}
console.log("sigmoid", (await gradientThatArrives(() => new nn.Sigmoid())).toExponential(0));
console.log("relu", (await gradientThatArrives(() => new nn.ReLU())).toExponential(0));

const scores = tensor([2, 1, 0.1]);
const shares = nn.softmax(scores, 0);
console.log(Array.from(await shares.data(), (p) => p.toFixed(3)).join()); // 0.659,0.242,0.099
console.log((await shares.sum().item()).toFixed(3)); // 1.000
