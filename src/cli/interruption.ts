// Ctrl-C while work goes on: the first asks for an end, the second ends at once.
import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM"] as const;

/** Listens for signals until `end()`. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #announce: () => void;
  #received: (typeof signals)[number] = "SIGINT";

  /** `announce` is called at the first signal. */
  constructor(announce: () => void) {
    this.#announce = announce;
    for (const signal of signals) process.on(signal, this.#onSignal);
  }

  /** Raised by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What a shell expects of a process that the signal has ended: 128 + its number. */
  get exitCode(): number {
    return 128 + constants.signals[this.#received];
  }

  /** Leaves signals to Node again. */
  end(): void {
    for (const signal of signals) process.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.#received = signal === "SIGTERM" ? "SIGTERM" : "SIGINT";
    if (this.#controller.signal.aborted) process.exit(this.exitCode);
    this.#controller.abort();
    this.#announce();
  };
}
