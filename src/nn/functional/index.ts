// Everything that layers compute, as functions of tensors.
export * from "../../ops/activation.ts";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  type BinCounts,
} from "../../ops/adaptivePool.ts";
export { type ConvOptions, conv1d, conv2d } from "../../ops/conv.ts";
export { type ConvTransposeOptions, convTranspose1d, convTranspose2d } from "../../ops/convTranspose.ts";
export { oneHot } from "../../ops/indexing.ts";
export { linear } from "../../ops/linalg.ts";
export { type LocalResponseNormOptions, localResponseNorm } from "../../ops/localResponseNorm.ts";
export { batchNorm } from "../../ops/norm.ts";
export { groupNorm, instanceNorm, layerNorm, rmsNorm } from "../../ops/ownNorm.ts";
export { type PadMode, type PadOptions, pad } from "../../ops/padding.ts";
export { avgPool2d, maxPool2d } from "../../ops/pool.ts";
export { avgPool1d, maxPool1d } from "../../ops/pool1d.ts";
export { relu, sigmoid, tanh } from "../../ops/unary.ts";
export {
  type BinaryLogitsOptions,
  type BinaryOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type SigmoidFocalOptions,
  sigmoidFocalLoss,
  softMarginLoss,
} from "./binary.ts";
export {
  type ClassOptions,
  type CrossEntropyOptions,
  crossEntropy,
  type MultiMarginOptions,
  multiMarginLoss,
  nllLoss,
  type SoftmaxFocalOptions,
  softmaxFocalLoss,
} from "./classification.ts";
export { type KlDivOptions, klDiv } from "./divergence.ts";
export { alphaDropout, type DropPathMode, dropout, dropout1d, dropout2d, dropPath } from "./dropout.ts";
export { embedding } from "./embedding.ts";
export { type InterpolateOptions, type InterpolationMode, interpolate } from "./interpolate.ts";
export { type LPPoolOptions, lpPool1d, lpPool2d } from "./lpPool.ts";
export {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  type MarginOptions,
  marginRankingLoss,
  type TripletOptions,
  tripletMarginLoss,
} from "./ranking.ts";
export type { LossOptions, LossReduction } from "./reduction.ts";
export {
  type GaussianNllOptions,
  gaussianNllLoss,
  type HuberOptions,
  huberLoss,
  l1Loss,
  mseLoss,
  type PoissonNllOptions,
  poissonNllLoss,
  type SmoothL1Options,
  smoothL1Loss,
} from "./regression.ts";
export { channelShuffle, pixelShuffle, pixelUnshuffle, unflatten } from "./shape.ts";
export { logSoftmax, softmax } from "./softmax.ts";
