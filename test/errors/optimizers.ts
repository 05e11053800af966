// Mistakes with optimizers, schedules, clipping and averages.
import { nn, optim, zeros } from "../../src/index.ts";

const weight = nn.parameter(zeros([3, 2]));
const bias = nn.parameter(zeros([3]));
const fresh = () => new optim.SGD([nn.parameter(zeros([1]))], { lr: 0.1, momentum: 0.9 });
const two = () =>
  new optim.SGD([{ params: [nn.parameter(zeros([1]))] }, { params: [nn.parameter(zeros([1]))], lr: 1 }]);
const model = new nn.Linear(2, 3);
// What JavaScript lets through and types would not.
const wrong = (options: object) => options as never;

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "lr below 0": () => new optim.RMSprop([weight], { lr: -0.1 }),
  "lr of no number": () => new optim.Lion([weight], { lr: Number.NaN }),
  "beta of 1": () => new optim.Adam([weight], { betas: [0.9, 1] }),
  "first beta": () => new optim.NAdam([weight], { betas: [-0.1, 0.9] }),
  "rho of 1": () => new optim.Adadelta([weight], { rho: 1 }),
  "alpha above 1": () => new optim.RMSprop([weight], { alpha: 1.5 }),
  "eps below 0": () => new optim.Adamax([weight], { eps: -1 }),
  "weight decay below 0": () => new optim.RAdam([weight], { weightDecay: -1 }),
  "start below 0": () => new optim.Adagrad([weight], { initialAccumulatorValue: -1 }),
  "lr decay below 0": () => new optim.Adagrad([weight], { lrDecay: -1 }),
  "momentum decay below 0": () => new optim.NAdam([weight], { momentumDecay: -1 }),
  "nesterov with dampening": () => new optim.SGD([weight], { nesterov: true, momentum: 0.9, dampening: 0.1 }),
  "PyTorch's name": () => new optim.SGD([weight], wrong({ weight_decay: 0.1 })),
  "unknown option": () => new optim.Adam([weight], wrong({ momentun: 0.9 })),
  "unknown option of a group": () =>
    new optim.SGD([{ params: [weight] }, wrong({ params: [bias], momentun: 0.9 })]),
  "no parameters": () => new optim.Adam([]),
  "empty group": () => new optim.Adam([{ params: [weight] }, { params: [], lr: 0.1 }]),
  "group of nothing": () => new optim.Adam(wrong([{ lr: 0.1 }])),
  "a model instead of its parameters": () => new optim.Adam(wrong(model)),
  "named parameters": () => new optim.Adam(wrong([...model.namedParameters()])),
  "parameter twice": () => new optim.Adam([{ params: [weight] }, { params: [weight, bias] }]),
  "onlyIf of many": () => new optim.Adam([weight]).step({ onlyIf: bias }),
  "Muon of a bias": () => new optim.Muon([weight, bias]),
  "Muon's rate": () => new optim.Muon([weight], wrong({ adjustLrFn: "moonshot" })),
  "Muon's steps": () => new optim.Muon([weight], { nsSteps: 100 }),
  "combined with one twice": () =>
    new optim.Combined([new optim.Muon([weight]), new optim.AdamW([weight, bias])]),
  "clip to less than 0": () => optim.clipGradNorm([weight], -1),
  "clip by norm 0": () => optim.clipGradNorm([weight], 1, { normType: 0 }),
  "clip value below 0": () => optim.clipGradValue([weight], -1),
  "EMA's decay": () => new optim.EMA(model, { decay: 1.5 }),
  "average applied twice": () => {
    const ema = new optim.EMA(new nn.Linear(1, 1));
    ema.apply();
    ema.apply();
  },
  "average updated while applied": () => {
    const ema = new optim.EMA(new nn.Linear(1, 1));
    ema.apply();
    ema.update();
  },
  "average restored at once": () => new optim.SWA(new nn.Linear(1, 1)).restore(),
  "average of another model": () => new optim.SWA(model).loadStateDict({ updates: 1, tensors: new Map() }),
  "step size 0": () => new optim.StepLR(fresh(), { stepSize: 0 }),
  "milestones fall": () => new optim.MultiStepLR(fresh(), { milestones: [80, 30] }),
  "milestone below 0": () => new optim.MultiStepLR(fresh(), { milestones: [-1, 30] }),
  "warm-up from 0": () => new optim.LinearLR(fresh(), { startFactor: 0 }),
  "cosine without a length": () => new optim.CosineAnnealingLR(fresh(), wrong({})),
  "restarts of parts": () => new optim.CosineAnnealingWarmRestarts(fresh(), { t0: 10, tMult: 1.5 }),
  "cycle mode": () => new optim.CyclicLR(fresh(), wrong({ baseLr: 0.1, maxLr: 1, mode: "square" })),
  "momentum of none": () =>
    new optim.CyclicLR(new optim.Adagrad([nn.parameter(zeros([1]))]), { baseLr: 0.1, maxLr: 1 }),
  "one cycle without a length": () => new optim.OneCycleLR(fresh(), wrong({ maxLr: 0.1 })),
  "one cycle, one step too many": () => {
    const schedule = new optim.OneCycleLR(fresh(), { maxLr: 0.1, totalSteps: 2 });
    for (let i = 0; i < 3; i++) schedule.step();
  },
  "rates of other groups": () => new optim.OneCycleLR(two(), { maxLr: [0.1, 0.2, 0.3], totalSteps: 10 }),
  "functions of other groups": () => new optim.LambdaLR(two(), [() => 1]),
  "plateau factor": () => new optim.ReduceLROnPlateau(fresh(), { factor: 1 }),
  "plateau mode": () => new optim.ReduceLROnPlateau(fresh(), wrong({ mode: "lowest" })),
  "sequence without milestones": () => {
    const optimizer = fresh();
    const parts = [new optim.LinearLR(optimizer), new optim.ExponentialLR(optimizer, { gamma: 0.9 })];
    return new optim.SequentialLR(optimizer, parts, { milestones: [] });
  },
  "sequence over two optimizers": () =>
    new optim.SequentialLR(fresh(), [new optim.LinearLR(fresh())], { milestones: [] }),
  "sequence with a plateau": () => {
    const optimizer = fresh();
    const parts = wrong([new optim.LinearLR(optimizer), new optim.ReduceLROnPlateau(optimizer)]);
    return new optim.SequentialLR(optimizer, parts, { milestones: [5] });
  },
  "chain of nothing": () => new optim.ChainedScheduler(fresh(), []),
  "schedule of a model": () => new optim.StepLR(wrong(model), { stepSize: 3 }),
  "state of other groups": () => {
    const schedule = new optim.StepLR(two(), { stepSize: 3 });
    schedule.loadStateDict({ lastEpoch: 1, baseLrs: [0.1] });
  },
};
