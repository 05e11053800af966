// What readers of data sets ask of the host's file system and network; `#files` picks the implementation for Node or browsers.
import type { DownloadOptions, RemoteFile } from "./download.ts";

/** The host's files. */
export interface Files {
  /** The folder of an installed npm package, as seen from the library or from the current folder; null for none. */
  packageFolder(name: string): string | null;
  /** Where downloaded data sets are kept unless the user says otherwise: `~/.cache/fovea`. */
  cacheFolder(): string;
  /** The path of the first of some files of a folder that exists; null for none. */
  findFirst(folder: string, names: readonly string[]): string | null;
  /** All bytes of a file; throws FormatError, before it reads, for one of more than `most` bytes. */
  read(file: string, most?: number): Promise<Uint8Array>;
  /** The same, at once: for threads that have nothing else to do. A third of the cost of waiting for it. */
  readNow(file: string, most: number): Uint8Array;
  /** What a folder holds, sorted by name; links count as what they lead to. Throws FoveaError where there is no such folder. */
  list(folder: string): Promise<readonly FolderItem[]>;
  /** Opens a file to be read in parts; in browsers, what lies at an address. Throws FoveaError with the path where it can't be opened. */
  open(file: string | URL): Promise<OpenFile>;
  /** Hands a reader of parts to `use`, and closes the file when that is done. */
  withParts<T>(file: string, use: (parts: FileParts) => Promise<T>): Promise<T>;
  /** See download.node.ts. */
  download(file: RemoteFile, options: DownloadOptions): Promise<string>;
}

/** A thing in a folder. */
export interface FolderItem {
  readonly name: string;
  /** "broken" is a link that leads nowhere, or to a folder that it lies in; "other" a socket, a device and the like. */
  readonly kind: "file" | "folder" | "broken" | "other";
  /** The size in bytes, of files. */
  readonly size: number;
}

/** A file that stays open until it is closed. */
export interface OpenFile extends FileParts {
  close(): Promise<void>;
}

/** A file that is read in parts. */
export interface FileParts {
  readonly file: string;
  readonly size: number;
  /** Exactly that many bytes from `start` on, in an array of their own; FormatError where the file ends before. */
  read(start: number, length: number): Promise<Uint8Array>;
}
