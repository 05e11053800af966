// LeNet-5 as its paper has it.

import { Conv2d, Linear, Module, type Parameter, parameter } from "../../nn/index.ts";
import { defaultWeight } from "../../nn/module/init.ts";
import { conv2d } from "../../ops/conv.ts";
import { zeros } from "../../ops/factory.ts";
import { cat, pad } from "../../ops/movement.ts";
import { avgPool2d } from "../../ops/pool.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";

/** Which of S2's six maps each of C3's sixteen sees: the paper's table I. */
const seen: readonly (readonly number[])[] = [
  ...Array.from({ length: 6 }, (_, i) => [0, 1, 2].map((k) => (i + k) % 6)),
  ...Array.from({ length: 6 }, (_, i) => [0, 1, 2, 3].map((k) => (i + k) % 6)),
  [0, 1, 3, 4],
  [1, 2, 4, 5],
  [0, 2, 3, 5],
  [0, 1, 2, 3, 4, 5],
];
const kernels = seen.reduce((sum, maps) => sum + maps.length, 0);

/** `1.7159 tanh(2x / 3)`, which is ±1 at ±1. */
function squash(x: Tensor): Tensor {
  return x
    .mul(2 / 3)
    .tanh()
    .mul(1.7159);
}

/** The paper's subsampling: the sum of each 2×2 window times a coefficient plus a bias, both learned for each map. */
class Subsampling extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;

  constructor(maps: number) {
    super();
    this.weight = parameter(defaultWeight([maps], 4));
    this.bias = parameter(zeros([maps]));
  }

  forward(x: Tensor): Tensor {
    const perMap = (values: Tensor) => values.reshape([-1, 1, 1]);
    return avgPool2d(x, 2).mul(4).mul(perMap(this.weight)).add(perMap(this.bias));
  }
}

/** A convolution of 5×5 in which each output map sees some input maps alone: 60 kernels instead of 96. */
class PartialConv extends Module {
  /** One kernel for each connection, in the order of the table. */
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly #places: Tensor;

  constructor() {
    super();
    this.weight = parameter(defaultWeight([kernels, 5, 5], 5 * 25));
    this.bias = parameter(zeros([seen.length]));
    // The place behind the last kernel is one of zeros.
    let next = 0;
    const places = seen.flatMap((maps) =>
      [0, 1, 2, 3, 4, 5].map((map) => (maps.includes(map) ? next++ : kernels)),
    );
    this.#places = tensor(places, { dtype: "int32" });
  }

  forward(x: Tensor): Tensor {
    const all = cat([this.weight, zeros([1, 5, 5])], 0).indexSelect(0, this.#places); // [16 · 6, 5, 5]
    return conv2d(x, all.reshape([seen.length, 6, 5, 5]), this.bias);
  }
}

/**
 * LeNet-5 of 1998: convolutions C1, C3, C5 with scaled tanh, subsamplings with a learned coefficient and bias, C3 with the paper's partial connections, dense
 * layer F6: its 60,000 trainable parameters, and 850 of a dense layer in place of the output units, whose fixed codes measured distances.
 * Shapes: x `[N, 1, 32, 32]`, or `[N, 1, 28, 28]`, which is padded as the paper pads MNIST; logits `[N, classes]`.
 * Source: LeCun et al., "Gradient-based learning applied to document recognition", Proceedings of the IEEE 1998.
 */
export class LeNet5 extends Module {
  readonly c1 = new Conv2d(1, 6, 5);
  readonly s2 = new Subsampling(6);
  readonly c3 = new PartialConv();
  readonly s4 = new Subsampling(16);
  readonly c5 = new Conv2d(16, 120, 5);
  readonly f6 = new Linear(120, 84);
  readonly output: Linear;

  constructor({ classes = 10 }: { classes?: number } = {}) {
    super();
    this.output = new Linear(84, classes);
  }

  forward(input: Tensor): Tensor {
    const border = [2, 2] as const;
    let x =
      input.shape[2] === 28 && input.shape[3] === 28 ? pad(input, [[0, 0], [0, 0], border, border]) : input;
    x = squash(this.c1.forward(x)); // [N, 6, 28, 28]
    x = squash(this.s2.forward(x)); // [N, 6, 14, 14]
    x = squash(this.c3.forward(x)); // [N, 16, 10, 10]
    x = squash(this.s4.forward(x)); // [N, 16, 5, 5]
    x = squash(this.c5.forward(x)).flatten(1); // [N, 120]
    return this.output.forward(squash(this.f6.forward(x))); // [N, classes]
  }
}
