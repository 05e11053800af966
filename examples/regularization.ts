// The dropout family: what is left out, and that evaluation leaves out nothing.
import { manualSeed, nn, ones, randn, type Tensor } from "fovea";

manualSeed(3);
const elements = new nn.Dropout(0.5).forward(ones([10]));
console.log(`elements: ${await elements.data()}`);
const channels = new nn.Dropout2d(0.5).forward(ones([1, 5, 2, 2]));
console.log(`channels: ${await channels.flatten().data()}`);

/** A residual block whose branch is left out for some samples. */
class Block extends nn.Module {
  readonly branch: nn.Module;
  readonly drop: nn.DropPath;

  constructor(width: number, p: number) {
    super();
    this.branch = new nn.Sequential(new nn.Linear(width, width), new nn.ReLU());
    this.drop = new nn.DropPath(p);
  }

  forward(x: Tensor): Tensor {
    return x.add(this.drop.forward(this.branch.forward(x)));
  }
}

// Deeper blocks are left out more often, up to 0.3.
const depth = 6;
const blocks = new nn.Sequential(
  ...Array.from({ length: depth }, (_, i) => new Block(16, (0.3 * i) / (depth - 1))),
);
const x = randn([5, 16]);
const [first, second] = [blocks.forward(x), blocks.forward(x)];
console.log(`training differs from pass to pass: ${first.sub(second).abs().amax().itemSync() > 0}`);
blocks.eval();
const [third, fourth] = [blocks.forward(x), blocks.forward(x)];
console.log(`evaluation does not: ${third.sub(fourth).abs().amax().itemSync() === 0}`);

// On average dropout changes nothing.
const mean = new nn.Dropout(0.3).forward(ones([1000, 1000])).mean();
console.log(`mean of ones: ${(await mean.item()).toFixed(2)}`);
