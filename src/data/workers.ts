// What a loader asks of threads that make samples; `#workers` picks the implementation for Node or browsers.
import type { TransformJson } from "../transforms/transform.ts";
import type { CacheMemory } from "./pictureCache.ts";
import type { SourceDescription } from "./pictureSource.ts";

/** What a thread is told when it begins. */
export interface WorkerTask {
  readonly source: SourceDescription;
  readonly pipeline: TransformJson;
  readonly seed: number;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly cache: CacheMemory | null;
}

/** Samples to make: rows `from`, `from + 1`, … of a batch. */
export interface WorkerJob {
  readonly indices: Int32Array;
  readonly draws: Int32Array;
  readonly epoch: number;
  /** The batch, in shared memory. */
  readonly target: Uint8Array;
  /** The row of the first sample. */
  readonly from: number;
}

/** A row whose picture can't be read, and why. */
export interface BrokenRow {
  readonly row: number;
  readonly message: string;
}

/** What a thread sends when it is done with a job: broken rows, or the failure that ended it. */
export type WorkerAnswer = { readonly broken: readonly BrokenRow[] } | { readonly failure: string };

/** A started thread. */
export interface Thread {
  /** Gives the thread a job; answers come in the order of jobs. */
  post(job: WorkerJob): void;
  /** Whether the program may end while this thread has nothing to do. */
  keepAlive(yes: boolean): void;
  terminate(): void;
}

/** The host's threads. */
export interface Threads {
  /** Why there are none, or null. */
  readonly missing: string | null;
  /** How many can run at the same time. */
  readonly parallelism: number;
  start(task: WorkerTask, onAnswer: (answer: WorkerAnswer) => void, onEnd: (reason: string) => void): Thread;
}
