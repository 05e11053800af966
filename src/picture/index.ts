// The public face of pictures: files read and written, and the few steps that bring pixels to a network's input. Knows no tensors.
export { encodeJpeg, encodePng } from "./encode.ts";
export { decodeImage, type ImageFormat, type ImageOptions, type PictureInfo, pictureInfo } from "./image.ts";
export { letterbox, type Picture, resized, toGrey, toRgb, upright } from "./picture.ts";
