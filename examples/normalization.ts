// What each normalisation averages over: which means are 0 and which deviations 1 afterwards.
import { manualSeed, nn, randn, type Tensor } from "fovea";

manualSeed(0);
const x = randn([4, 6, 5, 5]).mul(3).add(2); // [N, C, H, W]

/** Largest distance from mean 0 and variance 1 over some axes. */
function distance(y: Tensor, axes: number[]): number {
  const mean = y.mean(axes).abs().amax();
  const variance = y.var(axes, { correction: 0 }).sub(1).abs().amax();
  return mean.maximum(variance).itemSync();
}

const groups = (y: Tensor) => y.reshape([4, 2, 3, 5, 5]);
for (const [name, distanceOf] of [
  ["BatchNorm2d", distance(new nn.BatchNorm2d(6).forward(x), [0, 2, 3])],
  ["LayerNorm", distance(new nn.LayerNorm([6, 5, 5]).forward(x), [1, 2, 3])],
  ["InstanceNorm2d", distance(new nn.InstanceNorm2d(6).forward(x), [2, 3])],
  ["GroupNorm", distance(groups(new nn.GroupNorm(2, 6).forward(x)), [2, 3, 4])],
] as const) {
  console.log(`${name}: ${distanceOf < 1e-4}`);
}

const tokens = randn([2, 7, 16]); // [batch, sequence, width]
const square = new nn.RMSNorm(16).forward(tokens).square().mean(-1);
console.log(`RMSNorm: ${square.sub(1).abs().amax().itemSync() < 1e-4}`);

// In evaluation, batch normalisation goes by what it has seen; the others do the same as ever.
const norm = new nn.BatchNorm2d(6);
for (let batch = 0; batch < 50; batch++) norm.forward(x);
norm.eval();
const alone = norm.forward(x.slice(0, 0, 1));
console.log(
  `a single sample: ${
    alone
      .sub(norm.forward(x).slice(0, 0, 1))
      .abs()
      .amax()
      .itemSync() === 0
  }`,
);

const block = new nn.Sequential(
  new nn.Conv2d(3, 32, 3, { padding: 1, bias: false }), // the norm brings a bias of its own
  new nn.GroupNorm(8, 32),
  new nn.ReLU(),
);
console.log(block.forward(randn([1, 3, 8, 8])).shape);
