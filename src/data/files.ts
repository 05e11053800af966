// What readers of data sets ask of the host's file system; `#files` picks the implementation for Node or browsers.

/** The host's files. */
export interface Files {
  /** The folder of an installed npm package, as seen from the library or from the current folder; null for none. */
  packageFolder(name: string): string | null;
  /** The bytes of the first of some files of a folder that exists, with its path; null for none. */
  readFirst(folder: string, names: readonly string[]): Promise<{ bytes: Uint8Array; file: string } | null>;
}
