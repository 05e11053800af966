// The line from a training run to the studio that started its process: events go out in batches, hands come in.
import type { AttendedEvent } from "../doctor/index.ts";
import type { FromRun, ToRun } from "../studio/runs/liveRun.ts";
import type { Hand, RunEvent, RunStatus } from "../studio/shared/protocol.ts";
import type { Hands } from "../train/control.ts";
import { runEventOf } from "./studioEvents.ts";

/** Events are sent together, this often (ms): a message costs the run more than an event. */
const sendEvery = 100;

/** The run's end of the line, and hands on the run that tell the studio what they do. */
export class StudioLink implements Hands {
  readonly #run: Hands;
  #rate: number;
  #stepsPerEpoch = 0;
  #waiting: RunEvent[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** Says that a run has its folder. `rate`: the first rate of its schedule. */
  static open(folder: string, run: Hands, rate: number): StudioLink {
    tell({ kind: "open", folder });
    return new StudioLink(run, rate);
  }

  private constructor(run: Hands, rate: number) {
    this.#run = run;
    this.#rate = rate;
    process.on("message", this.#onMessage); // which also keeps the process going while the run is paused
    process.on("disconnect", this.#onDisconnect);
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
    process.off("message", this.#onMessage);
    process.off("disconnect", this.#onDisconnect);
    this.#send();
  }

  readonly #onMessage = ({ hand }: ToRun): void => this.#lend(hand);

  /** Nobody is left who could end a pause. */
  readonly #onDisconnect = (): void => this.#run.resume();

  #lend(hand: Hand): void {
    if (hand.action === "rate") this.setLearningRate(hand.rate);
    else this[hand.action]();
  }

  #status(status: RunStatus, message: string | null = null): void {
    this.#push({ type: "status", status, message });
  }

  #push(...events: RunEvent[]): void {
    this.#waiting.push(...events);
    this.#timer ??= setTimeout(() => this.#send(), sendEvery);
  }

  #send(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.length > 0) tell({ kind: "events", events: this.#waiting });
    this.#waiting = [];
  }
}

/** Without a studio at the other end, which may have been closed, the run goes on alone. */
function tell(message: FromRun): void {
  if (process.connected) process.send!(message, () => {});
}
