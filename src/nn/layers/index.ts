// All layers.
export * from "./activation.ts";
export { Identity, Sequential } from "./container.ts";
export { Conv1d, type Conv1dOptions, Conv2d, type Conv2dOptions, type PaddingMode } from "./conv.ts";
export { ConvTranspose1d, ConvTranspose2d, type ConvTransposeLayerOptions } from "./convTranspose.ts";
export { AlphaDropout, Dropout, Dropout1d, Dropout2d, DropPath } from "./dropout.ts";
export { Embedding, type EmbeddingOptions } from "./embedding.ts";
export { InstanceNorm1d, InstanceNorm2d, type InstanceNormOptions } from "./instanceNorm.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export * from "./loss.ts";
export { BatchNorm1d, BatchNorm2d, type BatchNormOptions } from "./norm.ts";
export {
  GroupNorm,
  type GroupNormOptions,
  LayerNorm,
  type LayerNormOptions,
  LocalResponseNorm,
  RMSNorm,
  type RMSNormOptions,
} from "./ownNorm.ts";
export {
  CircularPad2d,
  ConstantPad2d,
  ReflectionPad1d,
  ReflectionPad2d,
  ReplicationPad1d,
  ReplicationPad2d,
  type Sides,
  ZeroPad2d,
} from "./padding.ts";
export { type Activation, MLP, type MLPOptions, Perceptron, type PerceptronOptions } from "./perceptron.ts";
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AvgPool1d,
  AvgPool2d,
  LPPool1d,
  LPPool2d,
  MaxPool1d,
  MaxPool2d,
} from "./pool.ts";
export { GRU, LSTM, type RecurrentOptions, RNN, type RNNOptions } from "./recurrent.ts";
export {
  GRUCell,
  LSTMCell,
  type RecurrentCellOptions,
  RNNCell,
  type RNNCellOptions,
} from "./recurrentCell.ts";
export { ChannelShuffle, Flatten, PixelShuffle, PixelUnshuffle, Unflatten } from "./shape.ts";
export { Upsample } from "./upsample.ts";
