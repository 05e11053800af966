// Keys that steer a training run from the terminal: pause, stop, learning rate.
import type { Hands } from "../train/control.ts";

/** What the keys do, in one line. */
export const keysHelp = "p pauses and goes on, q stops and saves, - and + halve and double the learning rate";

/** What of a terminal's input is used. */
export interface KeyInput {
  readonly isTTY?: boolean;
  setRawMode?(mode: boolean): unknown;
  on(event: "data", listener: (chunk: Buffer) => void): unknown;
  off(event: "data", listener: (chunk: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** Listens to keys until `end()`. Does nothing where input is no terminal. */
export class Keys {
  readonly #input: KeyInput;
  readonly #run: Hands;
  readonly #rate: () => number;
  readonly #say: (text: string) => void;
  readonly active: boolean;

  /** `rate`: the first rate of the schedule at present. `say`: shows what a key did. */
  constructor(run: Hands, rate: () => number, say: (text: string) => void, input: KeyInput = process.stdin) {
    this.#run = run;
    this.#rate = rate;
    this.#say = say;
    this.#input = input;
    this.active = input.isTTY === true && typeof input.setRawMode === "function";
    if (!this.active) return;
    input.setRawMode!(true);
    input.on("data", this.#onData);
    input.resume();
  }

  /** Gives the terminal back. */
  end(): void {
    if (!this.active) return;
    this.#input.off("data", this.#onData);
    this.#input.setRawMode!(false);
    this.#input.pause();
  }

  readonly #onData = (chunk: Buffer): void => {
    for (const key of chunk.toString("utf8")) this.#press(key);
  };

  #press(key: string): void {
    switch (key) {
      case "p":
        if (this.#run.paused) this.#run.resume();
        else this.#run.pause();
        this.#say(this.#run.paused ? "paused; p goes on" : "going on");
        break;
      case "q":
      case "\u0003": // Ctrl-C, which raw mode no longer turns into a signal
        process.kill(process.pid, "SIGINT");
        break;
      case "-":
      case "+": {
        const rate = this.#rate() * (key === "+" ? 2 : 0.5);
        this.#run.setLearningRate(rate);
        this.#say(`learning rate ${rate.toPrecision(3)} from the next step on`);
        break;
      }
    }
  }
}
