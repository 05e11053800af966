// Optimizers, schedules of their rates, bounds on gradients, and averages of weights.
export { Adadelta, type AdadeltaOptions } from "./adadelta.ts";
export { Adagrad, type AdagradOptions } from "./adagrad.ts";
export { Adam, type AdamOptions, AdamW } from "./adam.ts";
export { Adamax, type AdamaxOptions } from "./adamax.ts";
export { AveragedWeights, type AverageState, EMA, SWA } from "./averaging.ts";
export { clipGradNorm, clipGradValue } from "./clip.ts";
export { Combined } from "./combined.ts";
export { Lion, type LionOptions } from "./lion.ts";
export { Muon, type MuonOptions } from "./muon.ts";
export { NAdam, type NAdamOptions } from "./nadam.ts";
export { type Group, Optimizer, type Params, type State, type Update } from "./optimizer.ts";
export { RAdam, type RAdamOptions } from "./radam.ts";
export { RMSprop, type RMSpropOptions } from "./rmsprop.ts";
export * from "./schedules/index.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
