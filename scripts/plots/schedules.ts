// Draws the schedules of learning rates for docs/schedules.md, by running them on an optimizer.
import { nn, optim, zeros } from "../../src/index.ts";
import { type Curve, linePlot } from "./linePlot.ts";

const steps = 100;

type Made = { step(metric: number): void; getLastLr(): number[] };

/** The rates of a schedule, made for an optimizer with a rate of 0.1. */
function curve(name: string, make: (optimizer: optim.SGD) => Made, dashed = false): Curve {
  const optimizer = new optim.SGD([nn.parameter(zeros([1]))], { lr: 0.1, momentum: 0.9 });
  const schedule = make(optimizer);
  const points: [number, number][] = [];
  for (let step = 0; step <= steps; step++) {
    points.push([step, schedule.getLastLr()[0]!]);
    // A metric that gets better in two bouts with rests between.
    if (step < steps) schedule.step(Math.max(1 - step / 25, step < 60 ? 0.4 : 0.4 - (step - 60) / 50, 0.2));
  }
  return { name, points, dashed };
}

/** The momentum that a schedule leaves on its optimizer. */
function momentumCurve(name: string, make: (optimizer: optim.SGD) => optim.LRScheduler): Curve {
  const optimizer = new optim.SGD([nn.parameter(zeros([1]))], { lr: 0.1, momentum: 0.9 });
  const schedule = make(optimizer);
  const points: [number, number][] = [];
  for (let step = 0; step <= steps; step++) {
    points.push([step, optimizer.groups[0]!.momentum]);
    if (step < steps) schedule.step();
  }
  return { name, points };
}

const oneCycle = (threePhase: boolean) => (o: optim.SGD) =>
  new optim.OneCycleLR(o, { maxLr: 0.1, totalSteps: steps, threePhase });
const warmUp = (o: optim.SGD) =>
  new optim.SequentialLR(
    o,
    [
      new optim.LinearLR(o, { startFactor: 0.01, totalIters: 10 }),
      new optim.CosineAnnealingLR(o, { tMax: 90 }),
    ],
    { milestones: [10] },
  );

const plots: Readonly<Record<string, readonly [title: string, curves: readonly Curve[]]>> = {
  lambda: ["LambdaLR", [curve("1 / (1 + step / 10)", (o) => new optim.LambdaLR(o, (t) => 1 / (1 + t / 10)))]],
  constant: [
    "ConstantLR",
    [curve("factor 1/3, totalIters 20", (o) => new optim.ConstantLR(o, { totalIters: 20 }))],
  ],
  step: [
    "StepLR",
    [
      curve("stepSize 30, gamma 0.1", (o) => new optim.StepLR(o, { stepSize: 30 })),
      curve("stepSize 10, gamma 0.7", (o) => new optim.StepLR(o, { stepSize: 10, gamma: 0.7 })),
    ],
  ],
  multistep: [
    "MultiStepLR",
    [
      curve("30 and 80, gamma 0.1", (o) => new optim.MultiStepLR(o, { milestones: [30, 80] })),
      curve("50 and 75, 0.5", (o) => new optim.MultiStepLR(o, { milestones: [50, 75], gamma: 0.5 })),
    ],
  ],
  exponential: [
    "ExponentialLR",
    [
      curve("gamma 0.95", (o) => new optim.ExponentialLR(o, { gamma: 0.95 })),
      curve("gamma 0.99", (o) => new optim.ExponentialLR(o, { gamma: 0.99 })),
    ],
  ],
  linear: [
    "LinearLR",
    [
      curve("0.01 to 1 in 20", (o) => new optim.LinearLR(o, { startFactor: 0.01, totalIters: 20 })),
      curve("1 to 0 in 100", (o) => new optim.LinearLR(o, { startFactor: 1, endFactor: 0, totalIters: 100 })),
    ],
  ],
  polynomial: [
    "PolynomialLR",
    [0.5, 1, 2].map((power) =>
      curve(`power ${power}`, (o) => new optim.PolynomialLR(o, { totalIters: 100, power })),
    ),
  ],
  cosine: [
    "CosineAnnealingLR",
    [
      curve("tMax 100", (o) => new optim.CosineAnnealingLR(o, { tMax: 100 })),
      curve("tMax 50, etaMin 0.02", (o) => new optim.CosineAnnealingLR(o, { tMax: 50, etaMin: 0.02 })),
    ],
  ],
  restarts: [
    "CosineAnnealingWarmRestarts",
    [
      curve("t0 25", (o) => new optim.CosineAnnealingWarmRestarts(o, { t0: 25 })),
      curve("t0 10, tMult 2", (o) => new optim.CosineAnnealingWarmRestarts(o, { t0: 10, tMult: 2 })),
    ],
  ],
  cyclic: [
    "CyclicLR",
    [
      curve("triangular", (o) => new optim.CyclicLR(o, { baseLr: 0.01, maxLr: 0.1, stepSizeUp: 10 })),
      curve(
        "triangular2",
        (o) => new optim.CyclicLR(o, { baseLr: 0.01, maxLr: 0.1, stepSizeUp: 10, mode: "triangular2" }),
        true,
      ),
      curve(
        "exp_range, 0.98",
        (o) =>
          new optim.CyclicLR(o, {
            baseLr: 0.01,
            maxLr: 0.1,
            stepSizeUp: 10,
            mode: "exp_range",
            gamma: 0.98,
          }),
      ),
    ],
  ],
  onecycle: ["OneCycleLR", [curve("two phases", oneCycle(false)), curve("three phases", oneCycle(true))]],
  plateau: [
    "ReduceLROnPlateau",
    [
      curve("factor 0.5, patience 5", (o) => new optim.ReduceLROnPlateau(o, { factor: 0.5, patience: 5 })),
      curve(
        "and cooldown 10",
        (o) => new optim.ReduceLROnPlateau(o, { factor: 0.5, patience: 5, cooldown: 10 }),
        true,
      ),
    ],
  ],
  sequential: ["SequentialLR: warm-up, then cosine", [curve("LinearLR, CosineAnnealingLR", warmUp)]],
  chained: [
    "ChainedScheduler: warm-up and drops",
    [
      curve("LinearLR · StepLR", (o) => {
        const rise = new optim.LinearLR(o, { startFactor: 0.1, totalIters: 10 });
        return new optim.ChainedScheduler(o, [rise, new optim.StepLR(o, { stepSize: 30, gamma: 0.4 })]);
      }),
    ],
  ],
};

/** The plots of docs/schedules.md by the names of their files. */
export function draw(): Map<string, string> {
  const drawn = new Map<string, string>();
  const add = (name: string, title: string, yLabel: string, curves: readonly Curve[]) =>
    drawn.set(`schedule-${name}.svg`, linePlot({ title, xLabel: "step", yLabel, curves }));
  for (const [name, [title, curves]] of Object.entries(plots)) add(name, title, "learning rate", curves);
  add("onecycle-momentum", "OneCycleLR's momentum", "momentum", [
    momentumCurve("two phases", oneCycle(false)),
    momentumCurve("three phases", oneCycle(true)),
  ]);
  return drawn;
}
