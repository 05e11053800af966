// The public face of the file formats.
export {
  type EventHistogram,
  type EventRestart,
  type EventScalar,
  readEventHistograms,
  readEventScalars,
} from "./eventReader.ts";
export { EventWriter, type EventWriterOptions, eventFileName } from "./eventWriter.ts";
export {
  type LoadWeightsOptions,
  loadWeights,
  type MatchWeightsOptions,
  matchWeights,
  type WeightsToLoad,
} from "./loadWeights.ts";
export { type Layout, weightsOf } from "./model/layout.ts";
export type { NameRule } from "./model/names.ts";
export {
  type LoneTensor,
  type MatchedTensor,
  type ReshapedTensor,
  WeightsError,
  WeightsReport,
} from "./model/report.ts";
export { encodeNpy, encodeNpz } from "./npy.ts";
export { encodePaddle } from "./paddle/write.ts";
export type { StateOptions } from "./pickle/stateDict.ts";
export { encodePyTorch } from "./pytorch/write.ts";
export { decodeSafetensors, encodeSafetensors, type Safetensors } from "./safetensors.ts";
export type { ArrayData, ArrayToStore, StoreOptions } from "./stored/arrays.ts";
export type { ElementName } from "./stored/elements.ts";
export type { WeightSource } from "./stored/source.ts";
export type { MetadataValue, StoredTensor, TensorFile, WeightFormat } from "./stored/tensorFile.ts";
export { type OpenWeightsOptions, openWeights, readWeights, type Weights } from "./weights.ts";
