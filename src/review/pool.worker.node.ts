// The script of a thread that looks at picture files, one after another.
import { parentPort } from "node:worker_threads";
import type { PictureLimits } from "../data/pictureDataset.ts";
import { type FileGlance, glanceAtFile, type Unreadable } from "./glance.ts";

/** A file to look at. */
export interface GlanceRequest {
  readonly index: number;
  readonly file: string;
  readonly limits: PictureLimits;
}

/** What was seen of it. */
export interface GlanceAnswer {
  readonly index: number;
  readonly glance: FileGlance | Unreadable;
}

let last: Promise<void> = Promise.resolve();

parentPort?.on("message", (request: GlanceRequest) => {
  last = last.then(() => answer(request));
});

async function answer({ index, file, limits }: GlanceRequest): Promise<void> {
  const glance = await glanceAtFile(file, limits);
  parentPort?.postMessage({ index, glance } satisfies GlanceAnswer);
}
