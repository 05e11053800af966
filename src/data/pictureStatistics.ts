// Mean and deviation of pictures as a pipeline brings them to a network.
import { FormatError } from "../base/errors.ts";
import type { Step } from "../transforms/transform.ts";
import { ArrayDataset } from "./dataset.ts";
import { DataLoader, type DataLoaderOptions } from "./loader.ts";
import type { PictureSource } from "./pictureSource.ts";
import { WeightedRandomSampler } from "./sampler.ts";
import { type ChannelStatistics, channelStatistics } from "./statistics.ts";

/** How `pictureStatistics` goes about it. */
export interface PictureStatisticsOptions {
  /** Pictures that are looked at, at most; drawn at random. Default 1000. */
  readonly samples?: number;
  readonly workers?: number;
  readonly seed?: number;
  readonly onBroken?: DataLoaderOptions["onBroken"];
}

/**
 * `channelStatistics` of pictures after `transform`, which should leave nothing to chance. Throws FormatError where no picture can be read.
 */
export async function pictureStatistics(
  source: PictureSource,
  transform: Step,
  { samples = 1000, workers = 0, seed = 0, onBroken }: PictureStatisticsOptions = {},
): Promise<ChannelStatistics> {
  const numSamples = Math.min(samples, source.length);
  if (numSamples === 0) throw new FormatError("pictureStatistics: there are no pictures");
  const sampler = new WeightedRandomSampler(new Uint8Array(source.length).fill(1), {
    numSamples,
    replacement: false,
  });
  const loader = new DataLoader(source, {
    batchSize: 64,
    sampler,
    seed,
    transform,
    workers,
    cache: 0,
    ...(onBroken && { onBroken }),
  });
  const parts: Uint8Array[] = [];
  let count = 0;
  try {
    for await (const [x] of loader) {
      parts.push((await x.data()) as Uint8Array);
      count += x.shape[0]!;
    }
  } finally {
    loader.close();
  }
  if (count === 0) {
    throw new FormatError(
      `pictureStatistics: none of ${numSamples} pictures can be read; the first: ${loader.broken[0]?.message}`,
    );
  }
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return channelStatistics(
    new ArrayDataset({ data, sampleShape: loader.sampleShape, labels: new Int32Array(count) }),
  );
}
