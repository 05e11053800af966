// The script of a thread that lists folders and draws sheets of thumbnails, one job after another.
import { parentPort } from "node:worker_threads";
import { decodeImage, pictureInfo } from "../../picture/image.ts";
import type { HeldOutChoice } from "../shared/heldOut.ts";
import type { SetParts, SetSplit } from "../shared/sets.ts";
import { type HeldOutFiles, listHeldOut } from "./heldOut.ts";
import { type FolderListing, listFolder } from "./listing.ts";
import { partsOfFolder } from "./parts.ts";
import { drawSheet, type Sheet, type SheetPictures } from "./sheet.ts";

/** A job, and what comes of it. */
export type SetJob =
  | { readonly kind: "list"; readonly folder: string }
  | {
      readonly kind: "parts";
      readonly folder: string;
      readonly names: readonly string[];
      readonly splits: readonly SetSplit[];
    }
  | { readonly kind: "heldOut"; readonly folder: string; readonly choice: HeldOutChoice }
  | { readonly kind: "check"; readonly bytes: Uint8Array }
  | { readonly kind: "sheet"; readonly pictures: SheetPictures; readonly side: number };

/** Result of a job, by its kind. */
export interface SetResults {
  readonly list: FolderListing;
  readonly heldOut: HeldOutFiles;
  readonly sheet: Sheet;
  readonly parts: SetParts;
  readonly check: { readonly format: string };
}

/** What the thread sends back. */
export type SetJobAnswer = { readonly result: SetResults[SetJob["kind"]] } | { readonly failure: string };

async function resultOf(job: SetJob): Promise<SetResults[SetJob["kind"]]> {
  switch (job.kind) {
    case "list":
      return listFolder(job.folder);
    case "parts":
      return partsOfFolder(job.folder, job.names, job.splits);
    case "heldOut":
      return listHeldOut(job.folder, job.choice);
    case "sheet":
      return drawSheet(job.pictures, job.side);
    case "check":
      await decodeImage(job.bytes);
      return pictureInfo(job.bytes);
  }
}

async function answer(job: SetJob): Promise<SetJobAnswer> {
  try {
    const result = await resultOf(job);
    return { result };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

let last: Promise<void> = Promise.resolve();
parentPort!.on("message", (job: SetJob) => {
  last = last.then(async () => parentPort!.postMessage(await answer(job)));
});
