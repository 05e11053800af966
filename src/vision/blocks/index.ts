// The blocks that networks for pictures repeat.
export { ConvNormActivation, type ConvNormActivationOptions } from "./convNormActivation.ts";
export { BasicConv2d, Inception, type InceptionChannels } from "./inception.ts";
export {
  BasicBlock,
  type BasicBlockOptions,
  Bottleneck,
  PaddedShortcut,
  type ResidualOptions,
  type ShortcutKind,
} from "./residual.ts";
export {
  DepthwiseSeparable,
  type DepthwiseSeparableOptions,
  InvertedResidual,
  type InvertedResidualOptions,
} from "./separable.ts";
export { SqueezeExcitation, type SqueezeExcitationOptions } from "./squeezeExcitation.ts";
