// Modules, layers, activations, losses and initial values.
export * as functional from "./functional/index.ts";
export {
  crossEntropy,
  dropout,
  type LossReduction,
  linear,
  logSoftmax,
  mseLoss,
  softmax,
} from "./functional/index.ts";
export { type Guide, type GuideTask, guide, guideTasks } from "./guide.ts";
export * as init from "./init/index.ts";
export * from "./layers/index.ts";
export type { InitialValues } from "./module/init.ts";
export { Buffer, buffer, type LoadReport, Module, Parameter, Part, parameter } from "./module/module.ts";
