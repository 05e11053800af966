// Draws losses over what they judge: an error, or the probability of the right answer.
import { nn, Tensor, zerosLike } from "../../src/index.ts";
import { type Curve, linePlot } from "./linePlot.ts";

const { functional: f } = nn;

/** `count` places from low to high. */
function places(low: number, high: number, count = 121): Tensor {
  return Tensor.fromArray(
    Float32Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1)),
  );
}

function curve(name: string, x: Tensor, y: Tensor, dashed = false): Curve {
  const ys = y.dataSync();
  return { name, points: Array.from(x.dataSync(), (at, i) => [at, ys[i]!] as const), dashed };
}

/** The plots by file name. */
export function draw(): Map<string, string> {
  const error = places(-3, 3);
  const none = { reduction: "none" } as const;
  const target = zerosLike(error);
  const numbers = linePlot({
    title: "Losses of numbers",
    xLabel: "prediction − target",
    yLabel: "loss",
    yRange: [0, 4],
    curves: [
      curve("MSELoss", error, nn.mseLoss(error, target, none)),
      curve("L1Loss", error, f.l1Loss(error, target, none), true),
      curve("HuberLoss", error, f.huberLoss(error, target, none)),
    ],
  });
  const p = places(0.004, 0.996);
  const logits = p.div(p.neg().add(1)).log();
  const yes = zerosLike(p).add(1);
  const answers = linePlot({
    title: "Losses of answers",
    xLabel: "probability that the model gives to the right answer",
    yLabel: "loss",
    yRange: [0, 5],
    curves: [
      curve("cross-entropy", p, f.binaryCrossEntropy(p, yes, none)),
      curve("focal, gamma 2", p, f.sigmoidFocalLoss(logits, yes, { alpha: -1 }), true),
    ],
  });
  return new Map([
    ["losses-of-numbers.svg", numbers],
    ["losses-of-answers.svg", answers],
  ]);
}
