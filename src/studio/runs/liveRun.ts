// A training run that the studio has its hands on: its events come in, hands go out.
import { HttpError } from "../server/http.ts";
import type { Hand, RunEvent, RunStatus } from "../shared/protocol.ts";
import type { FromRun, RunEnd, RunLine } from "./runLine.ts";

/** One run in progress. */
export class LiveRun {
  /** Whether it was started elsewhere and only joined: it goes on when the studio closes. */
  readonly isGuest: boolean;
  /** The run's folder, once it has one; null where it ended before. */
  readonly opened: Promise<string | null>;
  readonly #line: RunLine;
  #waiting: RunEvent[] = [];
  #onEvents: ((events: readonly RunEvent[]) => void) | null = null;

  /** `connect` makes the line, over which what is said is given to its argument. */
  constructor(connect: (take: (message: FromRun) => void) => RunLine, { isGuest = false } = {}) {
    this.isGuest = isGuest;
    let open: (folder: string | null) => void;
    this.opened = new Promise((resolve) => {
      open = resolve;
    });
    this.#line = connect((message) => {
      if (message.kind === "open") open(message.folder);
      if (message.kind === "events") this.#take(message.events);
    });
    void this.ended.then(() => open(null));
  }

  get ended(): Promise<RunEnd> {
    return this.#line.ended;
  }

  /** Starts to hand events on, those first that came before. */
  listen(onEvents: (events: readonly RunEvent[]) => void): void {
    this.#onEvents = onEvents;
    onEvents(this.#waiting);
    this.#waiting = [];
  }

  /** Throws HttpError 409 for a run that is over. */
  hand(hand: Hand): void {
    if (!this.#line.isOpen) throw new HttpError(409, "the run is over");
    this.#line.send({ kind: "hand", hand });
  }

  /** Asks the run to stop and save; ends it where it does not within `patience` ms. A guest is let go. */
  async stop(patience: number): Promise<void> {
    if (this.isGuest) {
      this.#line.cut();
      return;
    }
    if (this.#line.isOpen) this.hand({ action: "stop" });
    const timer = setTimeout(() => this.#line.cut(), patience);
    await this.ended;
    clearTimeout(timer);
  }

  #take(events: readonly RunEvent[]): void {
    if (this.#onEvents) this.#onEvents(events);
    else this.#waiting.push(...events);
  }
}

/** How a run stands whose line has ended, given how it stood before. */
export function statusAfter(before: RunStatus, { code }: RunEnd): RunStatus {
  if (before === "ended" || before === "interrupted" || before === "failed") return before;
  return code === 0 ? "ended" : "failed";
}
