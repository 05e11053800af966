// Threads that look at picture files: each reads and decodes on its own, and the calling thread only collects what is kept.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { OptionError, WorkerError } from "../base/errors.ts";
import type { PictureLimits } from "../data/pictureDataset.ts";
import { type FileGlance, glanceAtFile, type Unreadable } from "./glance.ts";
import type { GlanceAnswer, GlanceRequest } from "./pool.worker.node.ts";

/** Files that are on their way to one thread, so that it never waits and nothing piles up. */
const queued = 8;
/** Fewer files than this are not worth the start of threads. */
const fewFiles = 24;

/** How many files are looked at, and by how many threads. */
export interface PoolOptions {
  /** Threads; 0 does all the work on the calling thread. Default: one for each core, at most 8. */
  readonly threads?: number | undefined;
  readonly limits?: PictureLimits | undefined;
  /** Told of each file as it is done; the order is that of chance. */
  readonly onGlance: (index: number, glance: FileGlance | Unreadable) => void;
}

/** Looks at all files. A file on which a decoder dies is unreadable; the others go on in a new thread. */
export async function glanceAtFiles(paths: readonly string[], options: PoolOptions): Promise<void> {
  const { threads = Math.min(8, availableParallelism()), limits = {}, onGlance } = options;
  if (!(Number.isInteger(threads) && threads >= 0)) {
    throw new OptionError(`reviewPictures: threads must be a whole number of at least 0; got ${threads}`);
  }
  if (threads === 0 || paths.length < fewFiles) {
    for (const [i, file] of paths.entries()) onGlance(i, await glanceAtFile(file, limits));
    return;
  }
  let next = 0;
  const take = (): number | null => (next < paths.length ? next++ : null);
  const members = Array.from({ length: threads }, () => work(paths, take, limits, onGlance));
  try {
    await Promise.all(members.map(({ done }) => done));
  } finally {
    await Promise.all(members.map(({ stop }) => stop()));
  }
}

/** One thread's share: starts it, keeps it busy, and starts another one where it dies. */
function work(
  paths: readonly string[],
  take: () => number | null,
  limits: PictureLimits,
  onGlance: PoolOptions["onGlance"],
): { done: Promise<void>; stop: () => Promise<unknown> } {
  let worker: Worker;
  /** Files that the thread has been given, in that order. */
  let given: number[] = [];
  let stopped = false;
  const done = new Promise<void>((resolve, reject) => {
    const send = (index: number): void => {
      given.push(index);
      worker.postMessage({ index, file: paths[index]!, limits } satisfies GlanceRequest);
    };
    const fill = (): void => {
      while (given.length < queued) {
        const index = take();
        if (index === null) break;
        send(index);
      }
      if (given.length === 0) resolve();
    };
    const start = (): void => {
      // The parent's own flags (test runner, loaders, inspector) are not for this thread.
      worker = new Worker(new URL("./pool.worker.node.js", import.meta.url), {
        execArgv: [],
        name: "fovea-review",
      });
      worker.on("message", ({ index, glance }: GlanceAnswer) => {
        given = given.filter((other) => other !== index);
        try {
          onGlance(index, glance);
          fill();
        } catch (error) {
          reject(error);
        }
      });
      let died = false;
      const fail = (reason: string): void => {
        if (stopped || died) return;
        died = true;
        // Files are answered in order, so the first that has no answer is the one that it died on.
        const [culprit, ...rest] = given;
        if (culprit === undefined) {
          reject(new WorkerError(`a thread that reads pictures ended: ${reason}`));
          return;
        }
        given = [];
        onGlance(culprit, { problem: "damaged", reason: `the decoder failed (${reason})` });
        start();
        for (const index of rest) send(index);
        fill();
      };
      worker.on("error", (error) => fail(error.message));
      worker.on("exit", (code) => fail(`exit code ${code}`));
    };
    start();
    fill();
  });
  const stop = (): Promise<unknown> => {
    stopped = true;
    return worker.terminate();
  };
  return { done, stop };
}
