// Whatever can hold a file of weights, opened to be read in parts.

import { files } from "#files";
import type { OpenFile } from "../../data/files.ts";
import { partsOfBlob, partsOfBytes } from "../../data/memoryFile.ts";
import { openAddress } from "../../data/remoteFile.ts";

/**
 * A path (in browsers, an address relative to the page), an `http:` or `https:` address, a `file:` URL, a Blob or File, or bytes.
 */
export type WeightSource = string | URL | Blob | ArrayBuffer | Uint8Array;

/** Opens a source; `file` is what errors call one that has no name. */
export async function openSource(source: WeightSource, file?: string): Promise<OpenFile> {
  if (source instanceof Uint8Array) return partsOfBytes(source, file ?? "(bytes)");
  if (source instanceof ArrayBuffer) return partsOfBytes(new Uint8Array(source), file ?? "(bytes)");
  if (source instanceof Blob) {
    const name = "name" in source && typeof source.name === "string" ? source.name : "(blob)";
    return partsOfBlob(source, file ?? name);
  }
  return /^https?:/.test(String(source)) ? openAddress(source) : files.open(source);
}
