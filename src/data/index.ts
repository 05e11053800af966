// The public face of data sets, their readers and the loader.
export { type EmnistSplit, type PublicSet, publicSets } from "./catalogue.ts";
export { type Cifar100Options, cifar10, cifar100 } from "./cifar.ts";
export { type CsvDatasetOptions, type CsvOptions, type CsvRow, csvDataset, parseCsv } from "./csv.ts";
export {
  ArrayDataset,
  type ArrayDatasetParts,
  type Dataset,
  type Sample,
  type SampleBatch,
} from "./dataset.ts";
export { DownloadError, type DownloadEvent, type DownloadOptions, type RemoteFile } from "./download.ts";
export { type ExportedLabels, type ExportLabelsOptions, exportLabels } from "./exportLabels.ts";
export type { BrokenSample } from "./feeds.ts";
export { foldIndices } from "./folds.ts";
export { decodeIdx, type IdxArray, idxDataset, readIdx } from "./idx.ts";
export { type ImageFolder, type ImageFolderOptions, imageFolder } from "./imageFolder.ts";
export * from "./labels/index.ts";
export { csvLabels, jsonlLabels, type LabelledFile, type LabelTableOptions } from "./labelTable.ts";
export { type Batch, DataLoader, type DataLoaderOptions, type LoaderState } from "./loader.ts";
export { type EmnistOptions, emnist, fashionMnist, kmnist, type MnistOptions, mnist } from "./mnist.ts";
export { PictureDataset, type PictureDatasetParts, type PictureLimits } from "./pictureDataset.ts";
export {
  type ListingOptions,
  listPictures,
  type PartName,
  type PictureFile,
  type PictureListing,
} from "./pictureListing.ts";
export type { PictureSource } from "./pictureSource.ts";
export { type PictureStatisticsOptions, pictureStatistics } from "./pictureStatistics.ts";
export type { Skipped } from "./pictureWalk.ts";
export type { SetOptions } from "./publicSet.ts";
export {
  balancedWeights,
  RandomSampler,
  type Sampler,
  SequentialSampler,
  StratifiedSampler,
  sequentialOrder,
  shuffledOrder,
  WeightedRandomSampler,
  type WeightedSamplerOptions,
} from "./sampler.ts";
export { type SplitOptions, splitIndices } from "./split.ts";
export { type ChannelStatistics, channelStatistics } from "./statistics.ts";
export {
  type BlobOptions,
  blobs,
  type CircleOptions,
  circles,
  type LineOptions,
  line,
  moons,
  type SpiralOptions,
  spirals,
  type ToyOptions,
  xor,
} from "./toys.ts";
