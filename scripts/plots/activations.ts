// Draws every activation with its derivative, as the library computes them.
import { grad, nn, Tensor } from "../../src/index.ts";
import { type Curve, linePlot } from "./linePlot.ts";

const { functional: f } = nn;
const count = 161;

/** File name, title, function, and the half width of what is shown. */
const drawn: readonly (readonly [string, string, (x: Tensor) => Tensor, number?])[] = [
  ["sigmoid", "sigmoid", (x) => x.sigmoid(), 8],
  ["tanh", "tanh", (x) => x.tanh()],
  ["relu", "ReLU", (x) => x.relu()],
  ["relu6", "ReLU6", (x) => f.relu6(x), 8],
  ["leakyrelu", "LeakyReLU, and PReLU at first, with slope 0.25", (x) => f.leakyRelu(x, 0.25)],
  ["elu", "ELU, alpha 1", (x) => f.elu(x)],
  ["celu", "CELU, alpha 2", (x) => f.celu(x, 2)],
  ["selu", "SELU", (x) => f.selu(x)],
  ["gelu", "GELU", (x) => f.gelu(x)],
  ["silu", "SiLU", (x) => f.silu(x), 6],
  ["mish", "Mish", (x) => f.mish(x), 6],
  ["hardswish", "Hardswish", (x) => f.hardswish(x), 6],
  ["hardsigmoid", "Hardsigmoid", (x) => f.hardsigmoid(x), 6],
  ["hardtanh", "Hardtanh", (x) => f.hardtanh(x)],
  ["softplus", "Softplus, beta 1", (x) => f.softplus(x), 6],
  ["softsign", "Softsign", (x) => f.softsign(x), 6],
  ["logsigmoid", "LogSigmoid", (x) => f.logSigmoid(x), 6],
  ["step", "Step", (x) => f.step(x)],
  ["threshold", "Threshold, 1 and −0.5", (x) => f.threshold(x, 1, -0.5)],
  ["softshrink", "Softshrink, lambda 0.5", (x) => f.softshrink(x)],
  ["hardshrink", "Hardshrink, lambda 0.5", (x) => f.hardshrink(x)],
  ["tanhshrink", "Tanhshrink", (x) => f.tanhshrink(x)],
];

/** The points of a curve; it is broken where the function jumps. */
function pointsOf(x: Tensor, y: Tensor): Curve["points"] {
  const [xs, ys] = [x.dataSync(), y.dataSync()];
  const step = xs[1]! - xs[0]!;
  return Array.from(xs, (at, i) => {
    const jumps = i > 0 && Math.abs(ys[i]! - ys[i - 1]!) > 4 * step;
    return [at, jumps ? Number.NaN : ys[i]!] as const;
  });
}

/** The plots by file name. */
export function draw(): Map<string, string> {
  const plots = drawn.map(([name, title, call, half = 4]) => {
    const places = Float32Array.from({ length: count }, (_, i) => half * ((2 * i) / (count - 1) - 1));
    const x = Tensor.fromArray(places);
    x.requiresGrad = true;
    const y = call(x);
    const [slope] = grad(y.sum(), [x]) as [Tensor];
    const curves = [
      { name: "y", points: pointsOf(x, y.detach()) },
      { name: "dy/dx", points: pointsOf(x, slope), dashed: true },
    ];
    return [`${name}.svg`, linePlot({ title, xLabel: "x", yLabel: "y", curves })] as const;
  });
  return new Map(plots);
}
