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
  AdaptiveAvgPool2d,
  AvgPool2d,
  Conv2d,
  type Conv2dOptions,
  CrossEntropyLoss,
  Dropout,
  Flatten,
  Identity,
  type InitialValues,
  Linear,
  type LinearOptions,
  LogSoftmax,
  MaxPool2d,
  MSELoss,
  ReLU,
  Sequential,
  Sigmoid,
  Softmax,
  Tanh,
} from "./layers.ts";
export { Buffer, buffer, type LoadReport, Module, Parameter, parameter } from "./module.ts";
export { BatchNorm1d, BatchNorm2d, type BatchNormOptions } from "./norm.ts";
