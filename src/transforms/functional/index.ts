// The pure functions behind the transforms: picture and numbers in, another picture out, nothing drawn at random.
export type { Fill, Span } from "./check.ts";
export { adjustHue, adjustSaturation } from "./color.ts";
export { adjustSharpness, elasticField, gaussianBlur, gaussianNoise } from "./filter.ts";
export {
  type Box,
  centerCrop,
  crop,
  horizontalFlip,
  type Padding,
  type PaddingMode,
  type PadOptions,
  type PictureShape,
  pad,
  type ResizeOptions,
  type ResizeSize,
  resize,
  resizedSize,
  verticalFlip,
} from "./geometry.ts";
export { grayscaleToRgb, rgbToGrayscale } from "./grey.ts";
export { jpeg } from "./jpeg.ts";
export { type EraseValue, erase, type Shadow, shadow } from "./occlusion.ts";
export type { WarpInterpolation } from "./sample.ts";
export {
  adjustBrightness,
  adjustContrast,
  adjustGamma,
  autocontrast,
  equalize,
  invert,
  posterize,
  solarize,
} from "./tone.ts";
export {
  type AffineOptions,
  affine,
  elastic,
  type Point,
  perspective,
  type RotateOptions,
  rotate,
  type WarpOptions,
} from "./warp.ts";
