// A run that goes on while its caller does other things. Knows nothing of threads and memory.
import type { TypedArray } from "../../base/dtype.ts";
import type { StartedRun } from "../backend.ts";

/** A run that a team is at work on; it ends when the calling thread has taken part in it. */
export class Running implements StartedRun {
  #work: (() => readonly TypedArray[]) | null;
  readonly #heard: () => void;
  #outputs: readonly TypedArray[] = [];
  #failure: { readonly error: unknown } | null = null;

  /**
   * @param work takes part, waits for the end, and gives the outputs
   * @param heard is called when somebody hears how it ended
   */
  constructor(work: () => readonly TypedArray[], heard: () => void) {
    this.#work = work;
    this.#heard = heard;
  }

  /** Brings the run to its end and tells nobody how it went. */
  end(): void {
    const work = this.#work;
    this.#work = null;
    try {
      if (work) this.#outputs = work();
    } catch (error) {
      this.#failure = { error };
    }
  }

  finish(): readonly TypedArray[] {
    this.end();
    this.#heard();
    if (this.#failure) throw this.#failure.error;
    return this.#outputs;
  }
}
