// Everything that layers compute, as functions of tensors.
export { adaptiveAvgPool2d } from "../../ops/adaptivePool.ts";
export { type ConvOptions, conv2d } from "../../ops/conv.ts";
export { linear } from "../../ops/linalg.ts";
export { batchNorm } from "../../ops/norm.ts";
export { avgPool2d, maxPool2d } from "../../ops/pool.ts";
export { relu, sigmoid, tanh } from "../../ops/unary.ts";
export { crossEntropy } from "./classification.ts";
export { dropout } from "./dropout.ts";
export type { LossReduction } from "./reduction.ts";
export { mseLoss } from "./regression.ts";
export { logSoftmax, softmax } from "./softmax.ts";
