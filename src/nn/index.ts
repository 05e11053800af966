// Modules, activations, losses and initial values.
export * as functional from "./functional.ts";
export {
  crossEntropy,
  dropout,
  type LossReduction,
  linear,
  logSoftmax,
  mseLoss,
  softmax,
} from "./functional.ts";
export * as init from "./init.ts";
export {
  AvgPool2d,
  Conv2d,
  type Conv2dOptions,
  CrossEntropyLoss,
  Dropout,
  Flatten,
  Linear,
  LogSoftmax,
  MaxPool2d,
  MSELoss,
  ReLU,
  Sequential,
  Sigmoid,
  Softmax,
  Tanh,
} from "./layers.ts";
export { Buffer, type LoadReport, Module, Parameter, parameter } from "./module.ts";
