// The hands on a run: pause, go on, stop, another learning rate. What is asked for takes effect before the next step.
import { OptionError } from "../base/errors.ts";

/** Signals and timers wait for the event loop; this often (ms) a run lets it turn. */
const turnEvery = 50;

/** What a person, a key or a page can do to a run; it takes effect before the next step. */
export interface Hands {
  readonly paused: boolean;
  /** Waits until `resume()`. */
  pause(): void;
  resume(): void;
  /** Ends the run; it tells so with `interrupted`. */
  stop(): void;
  /** Ends the run well after the epoch in progress. */
  finish(): void;
  /** Gives the schedule another first rate. Throws OptionError for one that is not above 0. */
  setLearningRate(rate: number): void;
}

/** What a run looks at between its steps. */
export class Control {
  readonly #signal: AbortSignal | undefined;
  #stopped = false;
  /** Whether the run was asked to end after its epoch. */
  finishing = false;
  #pause: { readonly until: Promise<void>; readonly end: () => void } | null = null;
  #rate: number | null = null;
  #turned = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether the run was asked to end. */
  get stopped(): boolean {
    return this.#stopped || this.#signal?.aborted === true;
  }

  get paused(): boolean {
    return this.#pause !== null;
  }

  pause(): void {
    if (this.#pause) return;
    let end = () => {};
    const until = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#signal?.addEventListener("abort", end, { once: true });
    this.#pause = { until, end };
  }

  resume(): void {
    this.#pause?.end();
    this.#pause = null;
  }

  finish(): void {
    this.finishing = true;
  }

  /** Ends a pause as well. */
  stop(): void {
    this.#stopped = true;
    this.resume();
  }

  /** Asks for another first rate of the schedule. */
  setRate(rate: number): void {
    if (!(Number.isFinite(rate) && rate > 0)) {
      throw new OptionError(`fit: the learning rate must be a number above 0; got ${rate}`);
    }
    this.#rate = rate;
  }

  /** The rate that was asked for since the last call, or null. */
  takeRate(): number | null {
    const rate = this.#rate;
    this.#rate = null;
    return rate;
  }

  /** Lets the event loop turn when it has not for a while, and waits as long as the run is paused. */
  async turn(): Promise<void> {
    if (this.#pause === null && performance.now() - this.#turned < turnEvery) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    while (this.#pause && !this.stopped) await this.#pause.until;
    this.#turned = performance.now();
  }
}
