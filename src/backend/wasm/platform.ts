// What the WebAssembly backend asks of its host; `#platform` picks the implementation for Node or browsers.
// A worker is started from an entry of its own host and so needs no such choice.

/** A worker thread as its owner sees it. */
export interface WorkerHandle {
  post(message: unknown): void;
  /** Stops the thread wherever it is; resolves when it can no longer touch shared memory. */
  terminate(): Promise<void>;
}

/** The host's services. */
export interface Platform {
  /** How many threads can run at once. */
  readonly parallelism: number;
  /** True where shared memory can be made and handed to workers. */
  readonly sharedMemory: boolean;
  /** True where this thread may sleep in `Atomics.wait`. */
  readonly canBlock: boolean;
  /** Turns on relaxed SIMD in an engine that has it behind a flag; does nothing elsewhere. */
  enableRelaxedSimd(): void;
  /** Lets the engine pair vector instructions; false where it has no such experiment, or has it on already. */
  enableRevectorization(): boolean;
  /** Calls back as soon as the thread has nothing else to do. */
  soon(callback: () => void): void;
  /** Starts the worker; `onFailure` is called at most once, when it stops by itself. It never keeps the process alive. */
  spawn(onFailure: (reason: string) => void): WorkerHandle;
}

/** The host's services for a worker. */
export interface WorkerHost {
  /** Calls `handler` with each message of the owner. */
  onMessage(handler: (message: unknown) => void): void;
  /** Calls `handler` when the thread is about to end by itself, where the host can tell. */
  onExit(handler: () => void): void;
}
