// Where the words lie that the threads of a team share: the control block and a run's argument block. Byte
// offsets only; knows nothing of who reads them.

/**
 * The control block of a team of threads. Words that different threads write have a cache line (64 bytes) of
 * their own.
 */
export const control = {
  /** Bumped with every order; idle workers wait on it. */
  signal: 0,
  /** Number of workers asleep on `signal`. */
  signalSleepers: 64,
  /** Number of messages posted to each worker. */
  mail: 128,
  /** Number of runs ordered, and what the present one runs: an executable's id and its argument block. */
  job: 192,
  jobExecutable: 196,
  jobArguments: 200,
  /** The number of the run that workers may join, 0 between runs; and the workers inside it. */
  open: 256,
  inside: 320,
  /** Threads asleep in `waitFor`. */
  sleepers: 384,
  /** 0, or what went wrong first: `failure` code + 256 · thread, with a text for `failure.thrown`. */
  error: 448,
  errorTextBytes: 452,
  /** Most spins of a waiting thread before it sleeps, and naps without any heartbeat before it gives up. */
  mostSpins: 512,
  naps: 516,
  errorText: 576,
  /** One line for each thread: messages handled, heartbeat, spins that it makes at present. */
  threads: 1024,
  threadStride: 64,
  acknowledged: 0,
  heartbeat: 4,
  spins: 8,
} as const;

/** Longest text that a worker can leave beside the error word. */
export const errorTextLimit = control.threads - control.errorText;

/** Bytes of a control block for a number of threads. */
export function controlBytes(threads: number): number {
  return control.threads + threads * control.threadStride;
}

/** Codes of the error word. */
export const failure = { silent: 1, thrown: 2, exited: 3 } as const;

/** How long one nap of a waiting thread lasts at most; errors are looked for after each. */
export const napMilliseconds = 20;

/** The argument block of a run: some words, the addresses of the variables, the scalars, the counters of the phases. */
export const runArgs = {
  arena: 0,
  tables: 4,
  scratch: 8,
  /** Bytes of scratch for each thread. */
  scratchStride: 12,
  control: 16,
  /** Where a traced program notes what each thread did when, and bytes of notes for each thread. */
  trace: 20,
  traceStride: 24,
  /** What kernels have prepared for all threads. */
  prepared: 28,
  variables: 32,
} as const;

/** Messages from the owner to a worker, in the order of `control.mail`. */
export type WorkerMessage =
  | {
      readonly kind: "start";
      readonly memory: WebAssembly.Memory;
      readonly control: number;
      readonly thread: number;
      readonly threads: number;
      /** The moment that the threads' clocks count from, in milliseconds since 1970. */
      readonly epoch: number;
    }
  | { readonly kind: "load"; readonly id: number; readonly module: WebAssembly.Module }
  | { readonly kind: "drop"; readonly id: number };

/** The function that a program's module exports; gives 0, or the error word when the run was given up. */
export type RunFunction = (thread: number, threads: number, args: number) => number;
