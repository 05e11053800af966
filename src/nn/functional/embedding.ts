// Rows of a table, looked up by indices.

import { DTypeError, OptionError, ShapeError } from "../../base/errors.ts";
import { formatShape } from "../../base/shape.ts";
import { type OpRecord, requireFloat, result } from "../../ops/define.ts";
import { arange } from "../../ops/factory.ts";
import { checkIndices, pickRows } from "../../ops/indexing.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Options of `embedding`. */
export interface EmbeddingFunctionOptions {
  /** Index whose row gets no gradient; negative ones count from the end. Default: none. */
  paddingIdx?: number | null;
}

/**
 * The row of the table for each index: `y[…] = weight[index[…]]`; a row's gradient is the sum over the places that it went to.
 * Shapes: index (int32 or uint8) `[…]` of any rank, weight `[rows, width]`, y `[…, width]`.
 * Throws ShapeError where an index lies outside the table, DTypeError where indices are no integers.
 */
export function embedding(
  index: Tensor,
  weight: Tensor,
  { paddingIdx = null }: EmbeddingFunctionOptions = {},
): Tensor {
  requireFloat("embedding", { weight });
  if (weight.rank !== 2) {
    throw new ShapeError(`embedding: weight must be [rows, width]; got ${formatShape(weight.shape)}`);
  }
  if (index.dtype !== "int32" && index.dtype !== "uint8") {
    throw new DTypeError(
      `embedding: indices must be int32 or uint8; got ${index.dtype} ${formatShape(index.shape)}. Convert with x.cast("int32")`,
    );
  }
  const [rows, width] = weight.shape as [number, number];
  checkIndices("embedding", index, rows);
  const places = index.cast("int32").reshape([index.size]);
  const found = pickRows(weight, places);
  const padding = paddingRow("embedding", paddingIdx, rows);
  const y = padding === null ? found : withoutGradient(found, places.ne(padding).unsqueeze(1));
  return y.reshape([...index.shape, width]);
}

/** The row that `paddingIdx` means, or null; throws OptionError where the table has no such row. */
export function paddingRow(op: string, paddingIdx: number | null, rows: number): number | null {
  if (paddingIdx === null) return null;
  if (!Number.isInteger(paddingIdx) || paddingIdx < -rows || paddingIdx >= rows) {
    throw new OptionError(
      `${op}: paddingIdx must name one of the ${rows} rows, ${-rows} … ${rows - 1}; got ${paddingIdx}`,
    );
  }
  return paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
}

/** The same elements, whose gradient goes on only where `counts` holds. */
function withoutGradient(x: Tensor, counts: Tensor): Tensor {
  return result(x.node, "withoutPadding", [x], (dy) => [dy.where(counts, 0)]); // dx = dy but for the padding's rows
}

/** What the checks try this function with. */
export function embeddingRecords(): OpRecord[] {
  return [
    {
      name: "embedding",
      differentiable: true,
      domain: [-2, 2],
      samples: [
        { shapes: [[6, 3]], call: (w) => embedding(arange(6).reshape([2, 3]), w!).sin() },
        { shapes: [[3, 5]], call: (w) => embedding(arange(0, 9, 2).lt(4).cast("int32"), w!) },
        { shapes: [[4, 2]], call: (w) => embedding(arange(4).select(0, 2), w!).sin() },
      ],
    },
  ];
}
