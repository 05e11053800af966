// All ops and functions of the network layers by name, each with what it is to be tried with.

import { binaryRecords } from "../nn/functional/binary.ts";
import { classificationRecords } from "../nn/functional/classification.ts";
import { divergenceRecords } from "../nn/functional/divergence.ts";
import { embeddingRecords } from "../nn/functional/embedding.ts";
import { interpolateRecords } from "../nn/functional/interpolate.ts";
import { lpPoolRecords } from "../nn/functional/lpPool.ts";
import { rankingRecords } from "../nn/functional/ranking.ts";
import { regressionRecords } from "../nn/functional/regression.ts";
import { shapeRecords } from "../nn/functional/shape.ts";
import { softmaxRecords } from "../nn/functional/softmax.ts";
import * as activations from "../ops/activation.ts";
import { adaptivePoolRecords } from "../ops/adaptivePool.ts";
import { convRecords } from "../ops/conv.ts";
import { convTransposeRecords } from "../ops/convTranspose.ts";
import { elementwiseRecords, type OpRecord } from "../ops/define.ts";
import { indexingRecords } from "../ops/indexing.ts";
import { linalgRecords } from "../ops/linalg.ts";
import { localResponseNormRecords } from "../ops/localResponseNorm.ts";
import { lossRecords } from "../ops/loss.ts";
import { movementRecords } from "../ops/movement.ts";
import { normRecords } from "../ops/norm.ts";
import { ownNormRecords } from "../ops/ownNorm.ts";
import { paddingRecords } from "../ops/padding.ts";
import { poolRecords } from "../ops/pool.ts";
import { pool1dRecords } from "../ops/pool1d.ts";
import { recurrenceRecords } from "../ops/recurrence.ts";
import { reduceRecords } from "../ops/reduce.ts";
import { softmaxLossRecords } from "../ops/softmaxLoss.ts";
import { castRecords } from "../ops/unary.ts";
// Elementwise ops are known as soon as their files are imported.
import "../ops/index.ts";

/** Every op and every function of `nn`, by name. */
export function registry(): ReadonlyMap<string, OpRecord> {
  const records = [
    ...elementwiseRecords(),
    ...castRecords(),
    ...movementRecords(),
    ...reduceRecords(),
    ...indexingRecords(),
    ...linalgRecords(),
    ...convRecords(),
    ...convTransposeRecords(),
    ...paddingRecords(),
    ...poolRecords(),
    ...pool1dRecords(),
    ...lpPoolRecords(),
    ...adaptivePoolRecords(),
    ...recurrenceRecords(),
    ...normRecords(),
    ...softmaxLossRecords(),
    ...softmaxRecords(),
    ...regressionRecords(),
    ...classificationRecords(),
    ...ownNormRecords(),
    ...localResponseNormRecords(),
    ...embeddingRecords(),
    ...interpolateRecords(),
    ...shapeRecords(),
    ...Object.values(activations).map(({ record }) => record),
    ...lossRecords(),
    ...binaryRecords(),
    ...divergenceRecords(),
    ...rankingRecords(),
  ];
  const byName = new Map(records.map((record) => [record.name, record]));
  if (byName.size < records.length) throw new Error("an op is declared twice");
  return byName;
}
