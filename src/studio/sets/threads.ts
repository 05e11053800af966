// Threads that do the studio's work on pictures, so that its server answers at once meanwhile. Each has one job at a time.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { FoveaError, WorkerError } from "../../base/errors.ts";
import type { SetJob, SetJobAnswer, SetResults } from "./worker.ts";

/** More threads would take cores from a run that is in progress. */
const mostThreads = Math.min(2, availableParallelism());

interface Waiting {
  readonly job: SetJob;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (result: SetResults[SetJob["kind"]]) => void;
  readonly reject: (error: Error) => void;
}

/** The threads, started when there is something to do. */
export class SetThreads {
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  readonly #waiting: Waiting[] = [];
  readonly #busy = new Map<Worker, Waiting>();

  /** Does a job; one whose signal is given while it waits is not begun. Throws FoveaError with the reason where it fails. */
  do<J extends SetJob>(job: J, signal?: AbortSignal): Promise<SetResults[J["kind"]]> {
    return new Promise((resolve, reject) => {
      const done = resolve as Waiting["resolve"];
      this.#waiting.push({ job, signal, resolve: done, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    for (const { reject } of this.#waiting.splice(0)) reject(new FoveaError("the studio was closed"));
    await Promise.all([...this.#all].map((worker) => worker.terminate()));
  }

  #next(): void {
    while (this.#waiting[0]?.signal?.aborted) {
      this.#waiting.shift()!.reject(new FoveaError("nobody waits for it any more"));
    }
    if (this.#waiting.length === 0) return;
    const worker = this.#idle.pop() ?? (this.#all.size < mostThreads ? this.#start() : null);
    if (!worker) return;
    const next = this.#waiting.shift()!;
    this.#busy.set(worker, next);
    worker.ref();
    worker.postMessage(next.job);
    this.#next();
  }

  #start(): Worker {
    // The parent's own flags (test runner, loaders, inspector) are not for this thread.
    const worker = new Worker(new URL("./worker.js", import.meta.url), {
      execArgv: [],
      name: "fovea-studio",
    });
    this.#all.add(worker);
    worker.on("message", (answer: SetJobAnswer) => {
      const job = this.#busy.get(worker);
      this.#busy.delete(worker);
      this.#idle.push(worker);
      worker.unref();
      if ("failure" in answer) job?.reject(new FoveaError(answer.failure));
      else job?.resolve(answer.result);
      this.#next();
    });
    const end = (reason: string): void => {
      if (!this.#all.delete(worker)) return;
      const place = this.#idle.indexOf(worker);
      if (place >= 0) this.#idle.splice(place, 1);
      this.#busy.get(worker)?.reject(new WorkerError(`a thread that reads pictures ended: ${reason}`));
      this.#busy.delete(worker);
      this.#next();
    };
    worker.on("error", (error) => end(error instanceof Error ? error.message : String(error)));
    worker.on("exit", (code) => end(`exit code ${code}`));
    return worker;
  }
}
