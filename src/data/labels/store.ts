// What a labels journal asks of the host's file system; `#labelFiles` picks the implementation for Node or browsers.
import type { Copy } from "./folderExport.ts";

/** The host's files, as far as labels need them. */
export interface LabelFiles {
  /** All bytes of a file, null where there is none. Throws FormatError, before it reads, for one of more than `most` bytes. */
  read(file: string, most: number): Promise<Uint8Array | null>;
  /**
   * Opens a file of a folder to be written by this process alone; makes it where it is not there. Throws FoveaError where another process has it open, and where the
   * folder can't be written to. What a process leaves that was killed does not stop the next.
   */
  openAlone(folder: string, name: string): Promise<GrowingFile>;
  /**
   * Copies files into a folder, all or none where the folder is new. Throws OptionError where the folder lies in `root` or around it, and, unless `existOk`, where it holds
   * something.
   */
  copyAll(root: string, to: string, task: CopyTask): Promise<void>;
  /** Paths joined as the host does it. */
  join(folder: string, name: string): string;
}

/** What is to be copied. */
export interface CopyTask {
  readonly copies: readonly Copy[];
  readonly existOk: boolean;
  readonly onProgress: (done: number, total: number) => void;
}

/** A file that one process adds to. */
export interface GrowingFile {
  /** Its size in bytes. */
  size(): Promise<number>;
  /** Adds bytes at `at`, cutting off what stands there, and waits until the disk has them. */
  write(at: number, bytes: Uint8Array): Promise<void>;
  /** Lets others open it. */
  close(): Promise<void>;
}
