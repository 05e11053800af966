// The public face of data sets, their readers and the loader.
export { ArrayDataset, type ArrayDatasetParts, type Dataset, type SampleBatch } from "./dataset.ts";
export { decodeIdx, type IdxArray, idxDataset, readIdx } from "./idx.ts";
export { type Batch, DataLoader, type DataLoaderOptions } from "./loader.ts";
export { type MnistOptions, mnist } from "./mnist.ts";
export { sequentialOrder, shuffledOrder } from "./sampler.ts";
