// A training run in a process of its own, with a line to it: its events come in, hands go out.
import type { ChildProcess } from "node:child_process";
import { HttpError } from "../server/http.ts";
import type { Hand, RunEvent, RunStatus } from "../shared/protocol.ts";

/** What a training process tells. */
export type FromRun =
  | { readonly kind: "open"; readonly folder: string }
  | { readonly kind: "events"; readonly events: readonly RunEvent[] };

/** What it is told. */
export type ToRun = { readonly kind: "hand"; readonly hand: Hand };

/** How a process ended. */
export interface RunEnd {
  readonly code: number | null;
  /** The last that it wrote to stderr. */
  readonly said: string;
}

/** Characters of stderr that are kept. */
const mostSaid = 4000;

/** One process. */
export class LiveRun {
  /** The run's folder, once it has one; null where the process ended before. */
  readonly opened: Promise<string | null>;
  readonly ended: Promise<RunEnd>;
  readonly #child: ChildProcess;
  #said = "";
  #waiting: RunEvent[] = [];
  #onEvents: ((events: readonly RunEvent[]) => void) | null = null;

  /** `child` was started with an IPC channel. */
  constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-mostSaid);
    });
    this.ended = new Promise((resolve) => {
      child.once("error", (error) => resolve({ code: null, said: error.message }));
      child.once("close", (code) => resolve({ code, said: this.#said.trim() }));
    });
    this.opened = new Promise((resolve) => {
      child.on("message", (message: FromRun) => {
        if (message.kind === "open") resolve(message.folder);
        if (message.kind === "events") this.#take(message.events);
      });
      void this.ended.then(() => resolve(null));
    });
  }

  /** Starts to hand events on, those first that came before. */
  listen(onEvents: (events: readonly RunEvent[]) => void): void {
    this.#onEvents = onEvents;
    onEvents(this.#waiting);
    this.#waiting = [];
  }

  /** Throws HttpError 409 for a run that is over. */
  hand(hand: Hand): void {
    if (!this.#child.connected) throw new HttpError(409, "the run is over");
    this.#child.send({ kind: "hand", hand } satisfies ToRun);
  }

  /** Asks the run to stop and save; ends it where it does not within `patience` ms. */
  async stop(patience: number): Promise<void> {
    if (this.#child.connected) this.hand({ action: "stop" });
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), patience);
    await this.ended;
    clearTimeout(timer);
  }

  #take(events: readonly RunEvent[]): void {
    if (this.#onEvents) this.#onEvents(events);
    else this.#waiting.push(...events);
  }
}

/** How a run stands whose process has ended, given how it stood before. */
export function statusAfter(before: RunStatus, { code }: RunEnd): RunStatus {
  if (before === "ended" || before === "interrupted" || before === "failed") return before;
  return code === 0 ? "ended" : "failed";
}
