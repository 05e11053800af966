// What is shown of a download while it goes on: a line that is rewritten on a terminal, a line for each file elsewhere.
import type { DownloadEvent } from "../data/download.ts";
import { bar } from "./progress.ts";
import { bytes, clock, style, type Terminal } from "./terminal.ts";

const barWidth = 24;
/** Shortest time between two drawings of the line, ms. */
const drawEvery = 100;

/** Shows the events of downloads, file after file. */
export class DownloadView {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isDrawn = false;
  #startedAt = 0;
  #startedFrom = 0;

  constructor(terminal: Terminal, { now = () => performance.now() }: { now?: () => number } = {}) {
    this.#terminal = terminal;
    this.#now = now;
  }

  show(event: DownloadEvent): void {
    switch (event.type) {
      case "start":
        this.#startedAt = this.#now();
        this.#startedFrom = event.resumedFrom;
        if (!this.#terminal.isLive) {
          const resumed = event.resumedFrom > 0 ? `, from ${bytes(event.resumedFrom)} on` : "";
          this.#line(`${event.file}: ${bytes(event.bytes)} from ${event.url}${resumed}`);
        }
        break;
      case "progress":
        this.#progress(event);
        break;
      case "trouble": {
        const next = { again: "; trying again", mirror: "; trying the next address", none: "" }[event.next];
        this.#line(style(this.#terminal, "yellow", `${event.url}: ${event.reason}${next}`));
        break;
      }
      case "done": {
        const state = event.isNew ? "complete" : "here already";
        this.#line(`${event.file}: ${state}, ${bytes(event.bytes)}, checksum right`);
        break;
      }
    }
  }

  /** Takes the rewritten line away, so that other text can follow. */
  clear(): void {
    if (!this.#isDrawn) return;
    this.#terminal.write("\r\x1b[K");
    this.#isDrawn = false;
  }

  #line(text: string): void {
    this.clear();
    this.#terminal.write(`${text}\n`);
  }

  #progress(event: DownloadEvent & { type: "progress" }): void {
    if (!this.#terminal.isLive) return;
    const now = this.#now();
    if (now - this.#drawnAt < drawEvery && event.received < event.bytes) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    const seconds = (now - this.#startedAt) / 1000;
    const perSecond = seconds > 0 ? (event.received - this.#startedFrom) / seconds : 0;
    this.#terminal.write(`\r\x1b[K${downloadLine(event, perSecond, this.#terminal)}`);
  }
}

/** File, bar, bytes, speed and time left: as many of them as the terminal has room for. */
export function downloadLine(
  { file, received, bytes: total }: { file: string; received: number; bytes: number },
  perSecond: number,
  terminal: Terminal,
): string {
  const width = Math.max(1, terminal.columns - 1);
  const facts = [file, `${bytes(received)} of ${bytes(total)}`];
  if (perSecond > 0) facts.push(`${bytes(perSecond)}/s`, `${clock((total - received) / perSecond)} left`);
  while (facts.length > 1 && facts.join("  ").length > width) facts.pop();
  const text = facts.join("  ");
  const room = Math.min(barWidth, width - text.length - 2);
  if (room < 6) return text.slice(0, width);
  const [done, left] = bar(received / total, room, terminal.hasUnicode);
  const [first, ...rest] = facts;
  return [first, `${style(terminal, "cyan", done)}${style(terminal, "dim", left)}`, ...rest].join("  ");
}
