// Where a loader takes pictures from, and how such a source is told to another thread. Knows no transforms.
import type { Picture } from "../picture/picture.ts";
import { fromPlanes } from "../picture/planes.ts";
import { ArrayDataset } from "./dataset.ts";
import { PictureDataset, type PictureLimits, readPicture } from "./pictureDataset.ts";

/** Numbered pictures of any size, each with the index of its class. ArrayDataset (of bytes) and PictureDataset are such sources. */
export interface PictureSource {
  readonly length: number;
  readonly classes: readonly string[];
  readonly labels: ArrayLike<number>;
  /** The picture with a number; a promise where it has to be read first. */
  picture(index: number): Picture | Promise<Picture>;
}

type PlaneShape = readonly [channels: number, height: number, width: number];

/** A source as plain data that another thread can open. */
export type SourceDescription =
  | { readonly kind: "files"; readonly files: readonly string[]; readonly decoding: PictureLimits }
  | { readonly kind: "bytes"; readonly data: Uint8Array; readonly shape: PlaneShape };

/** Tells another thread of a source; bytes are copied once into shared memory. Null for sources of the user's own. */
export function describeSource(source: PictureSource): SourceDescription | null {
  if (source instanceof PictureDataset) {
    return { kind: "files", files: source.files, decoding: source.decoding };
  }
  if (!(source instanceof ArrayDataset)) return null;
  const data = new Uint8Array(new SharedArrayBuffer(source.data.length));
  data.set(source.data);
  return { kind: "bytes", data, shape: source.sampleShape as PlaneShape };
}

/** The pictures that a description tells of, by number, for a thread that does nothing but read them. */
export function openSource(description: SourceDescription): (index: number) => Picture | Promise<Picture> {
  if (description.kind === "files") {
    const { files, decoding } = description;
    return (index) => readPicture(files[index]!, decoding, { now: true });
  }
  const { data, shape } = description;
  return (index) => fromPlanes(data, shape, index);
}
