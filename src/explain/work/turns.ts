// How long work is done: it says how far it is, lets the event loop turn, and ends when it is asked to.

/** How far work is. */
export interface WorkProgress {
  readonly done: number;
  readonly total: number;
}

/** Options of what takes longer. */
export interface WorkOptions {
  /** Is told how far the work is. */
  onProgress?: ((progress: WorkProgress) => void) | undefined;
  /** Ends the work: the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** Milliseconds after which the event loop gets its turn. */
const turnEvery = 20;

/** The turns of some work. */
export class Turns {
  readonly #options: WorkOptions;
  readonly #total: number;
  #turned = performance.now();

  constructor(options: WorkOptions, total: number) {
    this.#options = options;
    this.#total = total;
  }

  /** Comes before each part; throws the signal's reason where the work is to end. */
  async next(done: number): Promise<void> {
    this.#options.signal?.throwIfAborted();
    this.#options.onProgress?.({ done, total: this.#total });
    if (performance.now() - this.#turned < turnEvery) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#turned = performance.now();
    this.#options.signal?.throwIfAborted();
  }

  /** Says that all is done. */
  end(): void {
    this.#options.onProgress?.({ done: this.#total, total: this.#total });
  }
}
