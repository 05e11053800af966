// What is shown of a training run while it goes on: a line that is rewritten and a table row per epoch on a
// terminal, a plain line per epoch elsewhere.
import type { EpochEvent, StepEvent } from "../train/events.ts";
import { clock, count, percent, style, type Terminal } from "./terminal.ts";

const columns = [
  { title: "epoch", width: 7 },
  { title: "train/loss", width: 12 },
  { title: "val/loss", width: 11 },
  { title: "top1", width: 9 },
  { title: "top5", width: 9 },
  { title: "lr", width: 11 },
  { title: "images/s", width: 11 },
  { title: "time", width: 9 },
] as const;

const barWidth = 24;
/** Shortest time between two drawings of the line, ms. */
const drawEvery = 100;

/** Shows steps and epochs on a terminal. */
export class ProgressView {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isDrawn = false;
  #hasHead = false;

  constructor(terminal: Terminal, { now = () => performance.now() }: { now?: () => number } = {}) {
    this.#terminal = terminal;
    this.#now = now;
  }

  /** Rewrites the line, at most ten times a second. */
  step(event: StepEvent, epochs: number): void {
    if (!this.#terminal.isLive) return;
    const now = this.#now();
    if (now - this.#drawnAt < drawEvery && event.step < event.steps) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    this.#terminal.write(`\r\x1b[K${progressLine(event, epochs, this.#terminal)}`);
  }

  /** Adds an epoch's row. */
  epoch(event: EpochEvent): void {
    this.clear();
    const { terminal, cells } = { terminal: this.#terminal, cells: epochCells(event) };
    if (!terminal.isLive) {
      const [epoch, ...rest] = cells;
      const named = rest.map((cell, i) => `${columns[i + 1]!.title} ${cell}`);
      terminal.write(`epoch ${epoch}  ${named.join("  ")}\n`);
      return;
    }
    if (!this.#hasHead) {
      this.#hasHead = true;
      const head = row(
        columns.map(({ title }) => title),
        terminal.columns,
      );
      terminal.write(`${style(terminal, "bold", head)}\n`);
    }
    const line = row(cells, terminal.columns);
    terminal.write(`${event.isBest ? style(terminal, "green", line) : line}\n`);
  }

  /** Takes the rewritten line away, so that other text can follow. */
  clear(): void {
    if (!this.#isDrawn) return;
    this.#terminal.write("\r\x1b[K");
    this.#isDrawn = false;
  }
}

/** Epoch, bar, step, loss, accuracy, speed, time left: as many of them as the terminal has room for. */
export function progressLine(event: StepEvent, epochs: number, terminal: Terminal): string {
  const width = Math.max(1, terminal.columns - 1);
  const facts = [
    `${event.epoch}/${epochs}`,
    `${event.step}/${event.steps}`,
    `loss ${event.loss.toFixed(4)}`,
    `acc ${percent(event.accuracy)}`,
    `${count(event.samplesPerSecond)} images/s`,
    `${clock(event.secondsLeft)} left`,
  ];
  while (facts.length > 1 && facts.join("  ").length > width) facts.pop();
  const text = facts.join("  ");
  if (text.length > width) return text.slice(0, width);
  const room = Math.min(barWidth, width - text.length - 2);
  if (room < 6) return text;
  const [done, left] = bar(event.step / event.steps, room, terminal.hasUnicode);
  const [first, ...rest] = facts;
  return [first, `${style(terminal, "cyan", done)}${style(terminal, "dim", left)}`, ...rest].join("  ");
}

/** A bar in two pieces: what is done, and what is left. */
export function bar(share: number, width: number, hasUnicode: boolean): [string, string] {
  const done = Math.round(share * width);
  const [full, empty] = hasUnicode ? ["━", "─"] : ["=", "-"];
  return [full!.repeat(done), empty!.repeat(width - done)];
}

function epochCells(event: EpochEvent): string[] {
  return [
    `${event.epoch}/${event.epochs}`,
    event.trainLoss.toFixed(4),
    event.val.loss.toFixed(4),
    percent(event.val.top1, 2),
    percent(event.val.top5, 2),
    event.lr.toExponential(2),
    count(event.samplesPerSecond),
    clock(event.seconds),
  ];
}

/** Cells under their titles, without the last ones where the line would not fit. */
function row(cells: readonly string[], width: number): string {
  let line = "";
  for (const [i, cell] of cells.entries()) {
    const next = line + cell.padStart(columns[i]!.width);
    if (next.length > width - 1) break;
    line = next;
  }
  return line;
}
