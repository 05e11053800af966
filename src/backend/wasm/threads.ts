// A team of worker threads as its owner sees it: started, given programs, sent into runs, and given up when one
// of them fails. Knows nothing of what programs compute.
import { platform } from "#platform";
import { WorkerError } from "../../base/errors.ts";
import {
  control,
  controlBytes,
  failure,
  napMilliseconds,
  type RunFunction,
  type WorkerMessage,
} from "./layout.ts";
import type { Memory } from "./memory.ts";
import type { WorkerHandle } from "./platform.ts";

/** Most spins of a thread that waits before it sleeps: some 200 µs, more than it takes to wake a thread. */
const mostSpins = 600_000;
/** Looks for the last worker to leave a run before the owner sleeps. */
const emptySpins = 10_000;
/** After so many runs spinning is given a fresh chance. */
const spinRenewal = 8;

/**
 * Threads 1 … threads − 1; the owner is thread 0. A team that failed once is never used again: its memory is
 * given back when its workers have ended.
 */
export class Team {
  readonly #memory: Memory;
  readonly #threads: number;
  readonly #timeoutMs: number;
  readonly #base: number;
  readonly #workers: WorkerHandle[] = [];
  #mail = 0;
  #jobs = 0;
  #failure: string | null = null;

  constructor(memory: Memory, threads: number, timeoutMs: number) {
    this.#memory = memory;
    this.#threads = threads;
    this.#timeoutMs = timeoutMs;
    this.#base = memory.allocate(controlBytes(threads), "the threads' control block");
    memory.u8.fill(0, this.#base, this.#base + controlBytes(threads));
    this.#store(control.mostSpins, mostSpins);
    this.#store(control.naps, Math.max(1, Math.ceil(timeoutMs / napMilliseconds)));
    const epoch = performance.timeOrigin;
    for (let thread = 1; thread < threads; thread++) {
      this.#workers.push(
        platform.spawn((reason) => {
          this.#failure ??= `worker ${thread} of ${threads - 1} is gone: ${reason}`;
        }),
      );
    }
    this.#post((thread) => ({
      kind: "start",
      memory: memory.memory,
      control: this.#base,
      thread,
      threads,
      epoch,
    }));
  }

  /** Address of the control block. */
  get control(): number {
    return this.#base;
  }

  /** Why the team can't be used any more, or null. */
  get failure(): string | null {
    if (this.#failure === null && this.#load(control.error) !== 0) this.#failure = this.#describeError();
    return this.#failure;
  }

  /** Hands a program to every worker; gives its place in the mail for `hasReceived`. */
  load(id: number, module: WebAssembly.Module): number {
    return this.#post(() => ({ kind: "load", id, module }));
  }

  /** Makes every worker forget a program. */
  drop(id: number): void {
    this.#post(() => ({ kind: "drop", id }));
  }

  /** True when all workers have handled the mail up to a place. */
  hasReceived(place: number): boolean {
    for (let thread = 1; thread < this.#threads; thread++) {
      const line = control.threads + thread * control.threadStride;
      if (this.#load(line + control.acknowledged) < place) return false;
    }
    return true;
  }

  /** True when all mail has been handled. */
  get settled(): boolean {
    return this.hasReceived(this.#mail);
  }

  /** Sends the workers into a run of a program that all of them have. */
  start(id: number, args: number): void {
    this.#store(control.jobExecutable, id);
    this.#store(control.jobArguments, args);
    if (this.#jobs++ % spinRenewal === 0) {
      for (let thread = 0; thread < this.#threads; thread++) {
        this.#store(control.threads + thread * control.threadStride + control.spins, mostSpins);
      }
    }
    this.#store(control.open, this.#jobs);
    this.#store(control.job, this.#jobs);
    this.#wake();
  }

  /** Takes part in the run that was started and waits for its end; a failure throws WorkerError and ends the team. */
  finish(run: RunFunction, args: number): void {
    let status: number;
    try {
      status = run(0, this.#threads, args);
    } catch (error) {
      // The others wait for work that this thread has taken and will not finish.
      this.#store(control.error, failure.thrown);
      this.#failure = `the main thread failed: ${error}`;
      throw error;
    }
    this.#store(control.open, 0);
    if (status === 0 && this.#emptied()) return;
    throw new WorkerError(
      `wasm: ${this.failure}. The run gave no result, and variables that it writes may be half updated; ` +
        "go on from the last checkpoint",
    );
  }

  /** Waits until no worker is inside the run any more, whose work is done by then; false where one stays in there. */
  #emptied(): boolean {
    for (let spins = 0; spins < emptySpins; spins++) if (this.#load(control.inside) === 0) return true;
    const until = performance.now() + this.#timeoutMs;
    while (this.failure === null) {
      const inside = this.#load(control.inside);
      if (inside === 0) return true;
      if (performance.now() > until) this.#store(control.error, failure.silent);
      Atomics.wait(this.#memory.i32, (this.#base + control.inside) / 4, inside, 1);
    }
    return false;
  }

  /** Stops the workers; resolves, with the team's memory given back, when none can touch it any more. */
  async close(): Promise<void> {
    this.#failure ??= "the threads were stopped";
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    this.#memory.free(this.#base);
  }

  #post(message: (thread: number) => WorkerMessage): number {
    // Counted before it is sent: a worker must never have handled more than the count says.
    this.#bump(control.mail);
    this.#workers.forEach((worker, i) => {
      worker.post(message(i + 1));
    });
    this.#wake();
    return ++this.#mail;
  }

  #wake(): void {
    this.#bump(control.signal);
    if (this.#load(control.signalSleepers) > 0) {
      Atomics.notify(this.#memory.i32, (this.#base + control.signal) / 4);
    }
  }

  #describeError(): string {
    const word = this.#load(control.error);
    const worker = `worker ${word >> 8} of ${this.#threads - 1}`;
    switch (word & 0xff) {
      case failure.silent:
        return `a worker gave no sign of life for ${this.#timeoutMs} ms`;
      case failure.exited:
        return `${worker} ended in mid-run`;
      default: {
        const start = this.#base + control.errorText;
        const text = this.#memory.u8.slice(start, start + this.#load(control.errorTextBytes));
        return `${worker} failed: ${new TextDecoder().decode(text)}`;
      }
    }
  }

  #load(offset: number): number {
    return Atomics.load(this.#memory.i32, (this.#base + offset) / 4);
  }

  #store(offset: number, value: number): void {
    Atomics.store(this.#memory.i32, (this.#base + offset) / 4, value);
  }

  #bump(offset: number): void {
    Atomics.add(this.#memory.i32, (this.#base + offset) / 4, 1);
  }
}
