// The public face of training: the loop with its events, metrics, schedules and checkpoints.
export {
  decodeState,
  decodeWeights,
  encodeState,
  encodeWeights,
  loadWeights,
  type ModelInfo,
  type TrainingState,
} from "./checkpoint.ts";
export { NonFiniteError, trainClassifier, type TrainOptions } from "./classifier.ts";
export { findNonFinite, type NonFiniteOrigin } from "./diagnose.ts";
export { evaluate, type Evaluation, scaled } from "./evaluate.ts";
export {
  type EndEvent,
  type EpochEvent,
  type InterruptedEvent,
  notStarted,
  type Progress,
  type StartEvent,
  type StepEvent,
  type TrainEvent,
} from "./events.ts";
export { ClassificationMetrics, countCorrect } from "./metrics.ts";
export { type Schedule, schedule, type ScheduleName, scheduleNames } from "./schedule.ts";
