// Pictures as the tensor that a network takes.
import type { Picture } from "../picture/picture.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Compose } from "./compose.ts";
import { normalizedBatch, stackPictures } from "./tail.ts";

/**
 * Pictures of one size as a float32 tensor `[n, channels, height, width]`, values 0 … 1, normalised as the pipeline's `Normalize` says where a
 * pipeline is given (which must have been applied to them). Throws ShapeError where sizes differ.
 */
export function toTensor(pictures: Picture | readonly Picture[], pipeline?: Compose): Tensor {
  const batch = stackPictures(Array.isArray(pictures) ? pictures : [pictures as Picture]);
  return Tensor.fromArray(normalizedBatch(batch, pipeline?.normalize), [...batch.shape], "float32");
}
