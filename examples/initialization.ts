// How large signals are behind 15 layers of ReLU, by what the weights start from.
import { manualSeed, nn, noGrad, randn } from "fovea";

const { init } = nn;
const layer = new nn.Linear(128, 128, { init: { weight: init.kaimingNormal(), bias: init.zeros() } });
console.log(layer.weight.shape);

for (const [name, weight] of [
  ["normal, std 0.01", init.normal({ std: 0.01 })],
  ["xavierNormal", init.xavierNormal()],
  ["kaimingNormal", init.kaimingNormal()],
  ["normal, std 0.2", init.normal({ std: 0.2 })],
] as const) {
  manualSeed(1);
  const hidden = Array<number>(15).fill(128);
  const model = new nn.MLP(128, hidden, { init: { weight, bias: init.zeros() } });
  const size = noGrad(() =>
    model
      .forward(randn([64, 128]))
      .std()
      .itemSync(),
  );
  console.log(`${name}: ${size.toExponential(0)}`);
}

const model = new nn.Sequential(
  new nn.Conv2d(3, 16, 3, { bias: false }),
  new nn.BatchNorm2d(16),
  new nn.ReLU(),
  new nn.Flatten(),
  new nn.Linear(16 * 30 * 30, 10),
);
init.apply(model, "kaimingNormal", { mode: "fanOut", nonlinearity: "relu" });
console.log((await model.layers[0]!.parameters()[0]!.std().item()).toFixed(1)); // √(2 / (16 · 9)) = 0.118

const cell = new nn.Linear(64, 64, { bias: false, init: { weight: init.orthogonal() } });
const before = randn([1, 64]);
let after = before;
for (let step = 0; step < 100; step++) after = cell.forward(after);
const ratio = after.square().sum().div(before.square().sum()).sqrt();
console.log(`length after 100 steps: ${(await ratio.item()).toFixed(3)} of what it was`);
