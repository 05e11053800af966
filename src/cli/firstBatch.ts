// The first batch of a run as the network sees it: after augmentation and mixing, before `Normalize`. Knows no files.
import { DataLoader } from "../data/loader.ts";
import type { Picture } from "../picture/picture.ts";
import { fromPlanes } from "../picture/planes.ts";
import { canWrite } from "../plot/glyphs.ts";
import { pictureGrid, type Tile } from "../plot/pictureGrid.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { FitData } from "../train/fitOptions.ts";
import { sampleRandom } from "../transforms/seeded.ts";

/** Most pictures on the sheet. */
const mostTiles = 64;
/** Parts of a class smaller than this are not named. */
const leastShare = 0.02;

/** The sheet, with the class of each picture below it: the same bytes that `fit` trains on first. Null where the samples are no pictures. */
export async function firstBatch(data: FitData, seed: number): Promise<Picture | null> {
  const { train, transform, sampler, batchTransform, batchSize = 64 } = data;
  const order = sampler ? { sampler } : { shuffle: true };
  const loader = new DataLoader(train, {
    batchSize,
    seed,
    prefetch: 0,
    ...order,
    ...(transform && { transform }),
  });
  try {
    for await (const [x, y] of loader) {
      const [channels = 0, height = 0, width = 0] = x.shape.slice(1);
      if (x.shape.length !== 4 || (channels !== 1 && channels !== 3)) return null;
      const [mixed, targets] = batchTransform?.forward(x, y, sampleRandom(seed, 0, -1)) ?? [x, y];
      const bytes = await bytesOf(mixed);
      const captions = await captionsOf(targets, train.classes);
      const tiles = captions
        .slice(0, mostTiles)
        .map((caption, i): Tile => ({ caption, picture: fromPlanes(bytes, [channels, height, width], i) }));
      return tiles.length > 0 ? pictureGrid(tiles) : null;
    }
    return null;
  } finally {
    loader.close();
  }
}

/** Bytes as they are; floating values lie in 0 … 1. */
async function bytesOf(x: Tensor): Promise<Uint8Array> {
  const data = await x.data();
  if (data instanceof Uint8Array) return data;
  return Uint8Array.from(data, (value) => Math.round(Math.min(1, Math.max(0, value)) * 255));
}

/** Names of classes, for targets of several classes the likeliest first. */
async function captionsOf(targets: Tensor, classes: readonly string[]): Promise<string[]> {
  const data = await targets.data();
  // The sheet's typeface is small; the number of a class stands for a name that it can't write.
  const names = classes.map((name, c) => (canWrite(name) ? name : String(c)));
  if (targets.shape.length === 1) return Array.from(data, (label) => names[label]!);
  const n = classes.length;
  return Array.from({ length: data.length / n }, (_, i) => {
    const row = data.subarray(i * n, (i + 1) * n);
    const present = classes.map((_, c) => c).filter((c) => row[c]! >= leastShare);
    return present
      .sort((a, b) => row[b]! - row[a]!)
      .map((c) => names[c]!)
      .join(" + ");
  });
}
