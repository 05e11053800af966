// The public face of training: the loop with its events, metrics, schedules and checkpoints.
export {
  decodeState,
  decodeWeights,
  encodeState,
  encodeWeights,
  type ModelInfo,
  type RunState,
  type TrainingState,
} from "./checkpoint.ts";
export type { Hands } from "./control.ts";
export {
  type CrossValidatedEvent,
  type CrossValidation,
  type CrossValidationData,
  type CrossValidationEvent,
  type CrossValidationOptions,
  crossValidate,
  type FoldEvent,
  type FoldRunEvent,
} from "./crossValidate.ts";
export { findNonFinite, type NonFiniteOrigin } from "./diagnose.ts";
export type { EarlyStoppingOptions } from "./earlyStopping.ts";
export { type Answers, type EvaluateOptions, type Evaluation, evaluate } from "./evaluate.ts";
export {
  type EndEvent,
  type EndReason,
  type EpochEvent,
  type InterruptedEvent,
  notStarted,
  type Progress,
  type StartEvent,
  type StepEvent,
  type TrainEvent,
  type VitalsEvent,
} from "./events.ts";
export {
  type FineTuneOptions,
  fineTune,
  freeze,
  type Head,
  headOf,
  type PathPattern,
  type RateGroup,
  ratesByDepth,
  replaceHead,
  unfreeze,
  withHeadOf,
} from "./finetune.ts";
export { fit, type Run } from "./fit.ts";
export type { FitData, FitOptions } from "./fitOptions.ts";
export { type Normalization, prepareInput } from "./input.ts";
export { findLearningRate, type LearningRateCurve, type LearningRateOptions } from "./lrFinder.ts";
export { type BatchSizeOptions, batchSizeFor, type TrainingMemoryOptions, trainingBytes } from "./memory.ts";
export {
  ClassificationMetrics,
  type ClassScores,
  type ConfusionScores,
  confusionScores,
  countCorrect,
  rocAuc,
} from "./metrics.ts";
export { type Invert, type PreparedPicture, preparePicture } from "./preparePicture.ts";
export {
  meanAbsoluteError,
  meanSquaredError,
  type RegressionOptions,
  r2Score,
  rootMeanSquaredError,
} from "./regression.ts";
export { type Schedule, type ScheduleName, schedule, scheduleNames } from "./schedule.ts";
export { NonFiniteError } from "./step.ts";
export { type PlannedTrial, type PlanOptions, planTrials, type SpaceValues } from "./sweep/plan.ts";
export { isBelowMedian } from "./sweep/pruning.ts";
export {
  type Dimension,
  type Range,
  type RangeOptions,
  range,
  type Space,
  type SweepValue,
} from "./sweep/space.ts";
export { type ScoredTrial, type Spread, spreadByOption } from "./sweep/spread.ts";
export type { ActivationVitals, InputVitals, ParameterVitals, Vitals } from "./vitals.ts";
