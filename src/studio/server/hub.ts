// Server-sent events to every open page, numbered and kept for a while, so that a page whose line was cut misses nothing.
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerMessage, StudioState } from "../shared/protocol.ts";
import { HttpError, pageHeaders } from "./http.ts";

/** Messages that are kept for pages that come back, and their characters. */
const mostKept = 512;
const mostCharacters = 4_000_000;
/** Pages that may listen at once. */
const mostPages = 32;
/** Bytes that may wait for a page that does not read; then its line is cut, and it starts afresh. */
const mostWaiting = 4_000_000;
/** A line that says nothing for this long is given a sign of life, ms. */
const sign = 15_000;

/** All pages that listen. */
export class Hub {
  /** Numbers of another server's life mean nothing here. */
  readonly #life = randomBytes(6).toString("hex");
  readonly #pages = new Set<ServerResponse>();
  readonly #kept: { readonly number: number; readonly frame: string }[] = [];
  #characters = 0;
  #number = 0;
  readonly #state: () => StudioState;
  readonly #beat: NodeJS.Timeout;

  /** `state` is what a page is told that knows nothing yet. */
  constructor(state: () => StudioState) {
    this.#state = state;
    this.#beat = setInterval(() => {
      for (const page of this.#pages) page.write(": still here\n\n");
    }, sign);
    this.#beat.unref();
  }

  /** Number of the last message. */
  get last(): number {
    return this.#number;
  }

  /** Pages that listen now. */
  get pages(): number {
    return this.#pages.size;
  }

  send(message: ServerMessage): void {
    const number = ++this.#number;
    const frame = `id: ${this.#life}-${number}\ndata: ${JSON.stringify(message)}\n\n`;
    this.#kept.push({ number, frame });
    this.#characters += frame.length;
    while (this.#kept.length > mostKept || this.#characters > mostCharacters) {
      this.#characters -= this.#kept.shift()!.frame.length;
    }
    for (const page of this.#pages) {
      if (page.writableLength > mostWaiting) page.destroy();
      else page.write(frame);
    }
  }

  /** Takes a page in: with what it missed, where that is known, and else with the whole state. */
  join(request: IncomingMessage, response: ServerResponse): void {
    if (this.#pages.size >= mostPages) throw new HttpError(503, `${mostPages} pages are open already`);
    response.writeHead(200, { ...pageHeaders, "Content-Type": "text/event-stream; charset=utf-8" });
    const missed = this.#missed(String(request.headers["last-event-id"] ?? ""));
    const state: ServerMessage = { type: "state", state: this.#state() };
    const whole = `id: ${this.#life}-${this.#number}\ndata: ${JSON.stringify(state)}\n\n`;
    response.write(missed ?? whole);
    this.#pages.add(response);
    response.on("close", () => this.#pages.delete(response));
  }

  close(): void {
    clearInterval(this.#beat);
    for (const page of this.#pages) page.end();
  }

  #missed(lastId: string): string | null {
    const [, life, digits] = /^([0-9a-f]+)-(\d+)$/.exec(lastId) ?? [];
    const last = Number(digits);
    const oldest = this.#kept[0]?.number ?? this.#number + 1;
    if (life !== this.#life || last > this.#number || last < oldest - 1) return null;
    const frames = this.#kept.filter(({ number }) => number > last).map(({ frame }) => frame);
    return frames.length > 0 ? frames.join("") : ": nothing was missed\n\n";
  }
}
