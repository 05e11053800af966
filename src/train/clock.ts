// Times training and evaluation apart, and guesses what is left.

/** The clock of a run. */
export class Clock {
  readonly #before: number;
  readonly #began = performance.now();
  #mark = 0;
  #training = 0;
  #samples = 0;
  /** Smoothed milliseconds per step, which follow changes of speed; the first step, which compiles, is left out. */
  #pace: number | null = null;
  #isFirst = true;
  /** Seconds that the last evaluation took. */
  evaluation = 0;

  /** `before`: seconds of earlier parts of the run. */
  constructor(before: number) {
    this.#before = before;
  }

  startTraining(): void {
    this.#mark = performance.now();
  }

  trained(samples: number): void {
    const now = performance.now();
    const elapsed = now - this.#mark;
    this.#training += elapsed;
    this.#mark = now;
    this.#samples += samples;
    if (!this.#isFirst) this.#pace = this.#pace === null ? elapsed : 0.97 * this.#pace + 0.03 * elapsed;
    this.#isFirst = false;
  }

  startEvaluation(): void {
    this.#mark = performance.now();
  }

  evaluated(): void {
    this.evaluation = (performance.now() - this.#mark) / 1000;
  }

  get seconds(): number {
    return this.#before + (performance.now() - this.#began) / 1000;
  }

  get samplesPerSecond(): number {
    return this.#training === 0 ? 0 : (this.#samples / this.#training) * 1000;
  }

  get secondsPerStep(): number {
    return (this.#pace ?? this.#training) / 1000;
  }
}
