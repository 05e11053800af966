// A worker thread: holds an instance of each program, and runs its share whenever the owner orders a run. It
// sleeps in shared memory between orders and returns to its event loop only to receive a message.
import {
  control,
  controlBytes,
  errorTextLimit,
  failure,
  type RunFunction,
  type WorkerMessage,
} from "./layout.ts";
import type { WorkerHost } from "./platform.ts";
import { clockSince } from "./trace.ts";

/**
 * How long to look for the next order before sleeping, in milliseconds: the long time when the last order came
 * within it, as in a training loop, where waking up each time would cost more.
 */
const shortSpin = 0.05;
const longSpin = 2;

/** One worker's side of a team. */
class Member {
  readonly #memory: WebAssembly.Memory;
  readonly #words: Int32Array;
  readonly #thread: number;
  readonly #threads: number;
  readonly #base: number;
  readonly #clock: () => number;
  readonly #programs = new Map<number, RunFunction>();
  #received = 1;
  #jobs = 0;
  #spinTime = shortSpin;

  constructor({ memory, control: base, thread, threads, epoch }: WorkerMessage & { kind: "start" }) {
    this.#memory = memory;
    this.#words = new Int32Array(memory.buffer, base, controlBytes(threads) / 4);
    this.#base = base;
    this.#thread = thread;
    this.#threads = threads;
    this.#clock = clockSince(epoch);
    this.#acknowledge();
  }

  /** Handles one message. */
  receive(message: WorkerMessage): void {
    if (message.kind === "load") {
      const instance = new WebAssembly.Instance(message.module, {
        env: { memory: this.#memory, clock: this.#clock },
      });
      this.#programs.set(message.id, instance.exports.run as RunFunction);
    } else if (message.kind === "drop") {
      this.#programs.delete(message.id);
    }
    this.#received++;
    this.#acknowledge();
  }

  /** Runs orders until a message waits in the event loop. */
  serve(): void {
    for (;;) {
      // Read first: whatever is ordered after this changes it, and then the wait below does not sleep.
      const signal = this.#load(control.signal);
      if (this.#load(control.mail) !== this.#received) return;
      const jobs = this.#load(control.job);
      if (jobs !== this.#jobs) {
        this.#jobs = jobs;
        this.#join(jobs);
      } else {
        this.#await(signal);
      }
    }
  }

  /** Takes part in a run, unless it is over already; while a worker is inside, the owner does not start another. */
  #join(job: number): void {
    Atomics.add(this.#words, control.inside / 4, 1);
    if (this.#load(control.open) === job) {
      const run = this.#programs.get(this.#load(control.jobExecutable))!;
      run(this.#thread, this.#threads, this.#load(control.jobArguments));
    }
    if (Atomics.sub(this.#words, control.inside / 4, 1) === 1) {
      Atomics.notify(this.#words, control.inside / 4);
    }
  }

  /** Leaves a failure for the owner, who may be waiting for this thread; the first one stays. */
  fail(code: number, text: string): void {
    const bytes = new TextEncoder().encode(text).subarray(0, errorTextLimit);
    if (this.#load(control.error) !== 0) return;
    new Uint8Array(this.#memory.buffer, this.#base + control.errorText, bytes.length).set(bytes);
    Atomics.store(this.#words, control.errorTextBytes / 4, bytes.length);
    Atomics.compareExchange(this.#words, control.error / 4, 0, code + 256 * this.#thread);
  }

  #await(signal: number): void {
    const start = performance.now();
    do {
      for (let i = 0; i < 100; i++) if (this.#load(control.signal) !== signal) return;
    } while (performance.now() - start < this.#spinTime);
    Atomics.add(this.#words, control.signalSleepers / 4, 1);
    Atomics.wait(this.#words, control.signal / 4, signal);
    Atomics.sub(this.#words, control.signalSleepers / 4, 1);
    this.#spinTime = performance.now() - start < longSpin ? longSpin : shortSpin;
  }

  #acknowledge(): void {
    const line = control.threads + this.#thread * control.threadStride;
    Atomics.store(this.#words, (line + control.acknowledged) / 4, this.#received);
  }

  #load(offset: number): number {
    return Atomics.load(this.#words, offset / 4);
  }
}

/** Makes this thread a member of the team whose owner started it. */
export function joinTeam(host: WorkerHost): void {
  let member: Member | undefined;
  host.onExit(() => member?.fail(failure.exited, ""));
  host.onMessage((data) => {
    const message = data as WorkerMessage;
    try {
      if (message.kind === "start") {
        member = new Member(message);
      } else {
        member?.receive(message);
      }
      member?.serve();
    } catch (error) {
      member?.fail(failure.thrown, String(error));
      throw error;
    }
  });
}
