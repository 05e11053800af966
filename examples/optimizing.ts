// What stands around an optimizer's step: groups, schedules, clipped gradients, averaged weights, several optimizers, resumption.
import { manualSeed, nn, noGrad, optim, randn } from "fovea";

manualSeed(0);
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.Tanh(), new nn.Linear(16, 1));
const x = randn([64, 4]);
const y = x.square().sum(1, { keepdim: true });

const weights = model.parameters().filter((p) => p.rank >= 2);
const biases = model.parameters().filter((p) => p.rank < 2);
const optimizer = new optim.AdamW(
  [
    { params: weights }, //
    { params: biases, weightDecay: 0 },
  ],
  { lr: 0.02, weightDecay: 0.05 },
);

const schedule = new optim.SequentialLR(
  optimizer,
  [
    new optim.LinearLR(optimizer, { startFactor: 0.01, totalIters: 20 }),
    new optim.CosineAnnealingLR(optimizer, { tMax: 180 }),
  ],
  { milestones: [20] },
);
const ema = new optim.EMA(model, { decay: 0.98, warmup: true });

const lossOf = () => nn.mseLoss(model.forward(x), y);
console.log("loss at first", (await lossOf().item()).toFixed(2));
for (let step = 0; step < 200; step++) {
  const loss = lossOf();
  optimizer.zeroGrad();
  loss.backward();
  const norm = optim.clipGradNorm(model.parameters(), 1);
  optimizer.step(); // forward, backward, clipping and update: one program
  schedule.step();
  ema.update(); // runs in the next step's program
  if (step % 50 === 0) {
    const rate = schedule.getLastLr()[0]!.toPrecision(3);
    console.log(`step ${step}: rate ${rate}, norm of the gradients ${(await norm.item()).toPrecision(3)}`);
  }
}
console.log("loss", (await noGrad(lossOf).item()).toFixed(2));
ema.apply(); // the averaged weights stand in for the model's own
console.log("loss of the average", (await noGrad(lossOf).item()).toFixed(2));
ema.restore();

const both = new optim.Combined([
  new optim.Muon(weights, { lr: 0.02, weightDecay: 0 }),
  new optim.AdamW(biases, { lr: 0.01 }),
]);
for (let step = 0; step < 50; step++) {
  both.zeroGrad();
  lossOf().backward();
  both.step();
}
console.log("loss after Muon", (await noGrad(lossOf).item()).toFixed(2));

// Where a metric says when: the rate is halved after more than two epochs without a better loss.
const sgd = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
const plateau = new optim.ReduceLROnPlateau(sgd, { factor: 0.5, patience: 2 });
for (const valLoss of [1, 0.8, 0.9, 0.85, 0.81]) plateau.step(valLoss);
console.log("rate after a plateau", sgd.lr);

const saved = JSON.stringify(schedule.stateDict()); // goes into a checkpoint beside the optimizer's state
schedule.loadStateDict(JSON.parse(saved));

// Schedules are also plain functions of the first rate and the step.
const rate = optim.cosineRate({ tMax: 100 });
console.log("half way", rate(0.1, 50).toFixed(3));
