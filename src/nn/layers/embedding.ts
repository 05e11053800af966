// The table of learned vectors.

import { type Shape, sizeOf } from "../../base/shape.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { embedding, paddingRow } from "../functional/embedding.ts";
import { type Initializer, type InitialValues, normal } from "../module/init.ts";
import { checkCount, Module, type Parameter, parameter, within } from "../module/module.ts";

/** Options of `Embedding`. */
export interface EmbeddingOptions {
  /** Index whose row starts as zeros and is not trained; negative ones count from the end. Default: none. */
  paddingIdx?: number | null;
  /** Where the table starts from, padding included, instead of normal numbers. */
  init?: Pick<InitialValues, "weight">;
}

/**
 * A learned vector for each of `numEmbeddings` indices; see `embedding`.
 * Shapes: index (int32 or uint8) `[…]`, y `[…, embeddingDim]`, weight `[numEmbeddings, embeddingDim]`, normal with mean 0 and
 * deviation 1 at first, its padding row zero. Throws ShapeError where an index lies outside the table.
 */
export class Embedding extends Module {
  readonly weight: Parameter;
  readonly paddingIdx: number | null;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingOptions = {}) {
    super();
    const { paddingIdx = null, init = {} } = options;
    checkCount("Embedding", "numEmbeddings", numEmbeddings);
    checkCount("Embedding", "embeddingDim", embeddingDim);
    this.paddingIdx = paddingRow("Embedding", paddingIdx, numEmbeddings);
    const rule: Initializer = init.weight ?? ((shape) => normalBut(this.paddingIdx, shape));
    this.weight = parameter(rule([numEmbeddings, embeddingDim]));
  }

  forward(index: Tensor): Tensor {
    return within(this, () => embedding(index, this.weight, { paddingIdx: this.paddingIdx }));
  }
}

/** Normal numbers, zeros in one row. */
function normalBut(row: number | null, shape: Shape): Tensor {
  const values = normal(shape);
  if (row === null) return values;
  const width = sizeOf(shape.slice(1));
  const data = Float32Array.from(values.dataSync()).fill(0, row * width, (row + 1) * width);
  return Tensor.fromArray(data, shape);
}
