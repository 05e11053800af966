// The script of a thread that lists folders and draws sheets of thumbnails, one job after another.
import { parentPort } from "node:worker_threads";
import { type FolderListing, listFolder } from "./listing.ts";
import { drawSheet, type Sheet, type SheetPictures } from "./sheet.ts";

/** A job, and what comes of it. */
export type SetJob =
  | { readonly kind: "list"; readonly folder: string }
  | { readonly kind: "sheet"; readonly pictures: SheetPictures; readonly side: number };

/** Result of a job, by its kind. */
export interface SetResults {
  readonly list: FolderListing;
  readonly sheet: Sheet;
}

/** What the thread sends back. */
export type SetJobAnswer = { readonly result: SetResults[SetJob["kind"]] } | { readonly failure: string };

async function answer(job: SetJob): Promise<SetJobAnswer> {
  try {
    const result =
      job.kind === "list" ? await listFolder(job.folder) : await drawSheet(job.pictures, job.side);
    return { result };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

let last: Promise<void> = Promise.resolve();
parentPort!.on("message", (job: SetJob) => {
  last = last.then(async () => parentPort!.postMessage(await answer(job)));
});
