// What a training run and its studio say to each other over their line: events go out in batches, hands come in.
import type { AttendedEvent } from "../doctor/index.ts";
import type { ToRun } from "../studio/runs/runLine.ts";
import type { RunEvent, RunStatus } from "../studio/shared/protocol.ts";
import type { Hands } from "../train/control.ts";
import { runEventOf } from "./studioEvents.ts";
import type { StudioLine } from "./studioLine.ts";

/** Events are sent together, this often (ms): a message costs the run more than an event, and wakes two other processes. */
const sendEvery = 500;

/** The run's end of the line, and hands on the run that tell the studio what they do. */
export class StudioLink implements Hands {
  readonly #line: StudioLine;
  readonly #run: Hands;
  #rate: number;
  #stepsPerEpoch = 0;
  #waiting: RunEvent[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** Says that a run has its folder. `rate`: the first rate of its schedule. */
  constructor(line: StudioLine, folder: string, run: Hands, rate: number) {
    this.#line = line;
    this.#run = run;
    this.#rate = rate;
    line.send({ kind: "open", folder });
    // Where nobody is left who could end a pause, it ends.
    line.listen(this.#onMessage, () => run.resume());
  }

  get paused(): boolean {
    return this.#run.paused;
  }

  pause(): void {
    this.#run.pause();
    this.#status("paused");
  }

  resume(): void {
    this.#run.resume();
    this.#status("running");
  }

  stop(): void {
    this.#run.stop();
  }

  finish(): void {
    this.#run.finish();
  }

  setLearningRate(rate: number): void {
    this.#run.setLearningRate(rate);
  }

  add(event: AttendedEvent): void {
    if (event.type === "step") this.#rate = event.progress.firstRate ?? this.#rate;
    if (event.type === "start") this.#stepsPerEpoch = event.stepsPerEpoch;
    this.#push(...runEventOf(event, this.#rate, this.#stepsPerEpoch));
  }

  /** Says what ended the run. */
  failed(error: unknown): void {
    this.#status("failed", error instanceof Error ? error.message : String(error));
  }

  /** Sends what is left, and listens no more. */
  end(): void {
    this.#send();
    this.#line.end();
  }

  readonly #onMessage = ({ hand }: ToRun): void => {
    if (hand.action === "rate") this.setLearningRate(hand.rate);
    else this[hand.action]();
  };

  #status(status: RunStatus, message: string | null = null): void {
    this.#push({ type: "status", status, message });
    this.#send();
  }

  #push(...events: RunEvent[]): void {
    this.#waiting.push(...events);
    this.#timer ??= setTimeout(() => this.#send(), sendEvery);
  }

  #send(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.length > 0) this.#line.send({ kind: "events", events: this.#waiting });
    this.#waiting = [];
  }
}
