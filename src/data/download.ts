// What a download is: files with sums and mirrors, events on the way, and the error at its end. The work itself is Node's (download.node.ts).
import { FoveaError } from "../base/errors.ts";

/** A file that is known to the last bit, and where it can be had. */
export interface RemoteFile {
  readonly name: string;
  readonly bytes: number;
  /** Checksum in lower-case hexadecimal digits. */
  readonly sum: { readonly algorithm: "sha256" | "md5"; readonly value: string };
  /** Addresses, tried in this order. */
  readonly urls: readonly string[];
}

/** What happens in a download. */
export type DownloadEvent =
  | {
      readonly type: "start";
      readonly file: string;
      readonly url: string;
      readonly bytes: number;
      /** Bytes that an earlier attempt has left. */
      readonly resumedFrom: number;
    }
  | { readonly type: "progress"; readonly file: string; readonly received: number; readonly bytes: number }
  | {
      readonly type: "trouble";
      readonly file: string;
      readonly url: string;
      readonly reason: string;
      /** What is done about it. */
      readonly next: "again" | "mirror" | "none";
    }
  | {
      readonly type: "done";
      readonly file: string;
      readonly path: string;
      readonly bytes: number;
      /** False where the file was there already, with the right sum. */
      readonly isNew: boolean;
    };

/** How a download is made. */
export interface DownloadOptions {
  /** Where the file goes; made where it is missing. */
  readonly folder: string;
  readonly onEvent?: ((event: DownloadEvent) => void) | undefined;
  /** A server that sends nothing for so many seconds is given up. Default 30. */
  readonly stallSeconds?: number | undefined;
  /** Attempts at one address; those that brought a MiB or more do not count. Default 3. */
  readonly tries?: number | undefined;
  /** Seconds before the second attempt; doubled for each further one. Default 0.5. */
  readonly pauseSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A file that no mirror gave whole and correct. Nothing is left under its real name that was not there before. */
export class DownloadError extends FoveaError {
  override name = "DownloadError";
  /** The file's name. */
  readonly file: string;
  /** What went wrong, an entry for each attempt: `<address>: <reason>`. */
  readonly reasons: readonly string[];

  constructor(file: string, reasons: readonly string[], hint: string) {
    super(`${file} could not be downloaded. ${hint}\n${reasons.map((reason) => `  ${reason}`).join("\n")}`);
    this.file = file;
    this.reasons = reasons;
  }
}
