// Schedules of learning rates: as pure formulas, and attached to an optimizer.
export { ChainedScheduler, SequentialLR } from "./composed.ts";
export { CyclicLR, type CyclicOptions, OneCycleLR, type OneCycleLROptions } from "./cycles.ts";
export { type PlateauOptions, type PlateauState, ReduceLROnPlateau } from "./plateau.ts";
export {
  type ConstantOptions,
  type CosineOptions,
  type CosineRestartsOptions,
  type CycleOptions,
  constantRate,
  cosineRate,
  cosineRestartsRate,
  cycle,
  type ExponentialOptions,
  exponentialRate,
  type LinearOptions,
  linearRate,
  type MultiStepOptions,
  multiStepRate,
  type OneCycleOptions,
  oneCycle,
  type PolynomialOptions,
  polynomialRate,
  type Rate,
  type StepOptions,
  stepRate,
} from "./rates.ts";
export { LRScheduler, type Scheduled, type ScheduledGroup, type SchedulerState } from "./scheduler.ts";
export {
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  MultiStepLR,
  PolynomialLR,
  StepLR,
} from "./simple.ts";
