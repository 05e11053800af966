// The runs that the page shows, each loaded once and then kept up by the server's messages.
import { type Signal, signal } from "@preact/signals";
import type { RunAnswer, RunEvent, RunSummary } from "../../src/studio/shared/protocol.ts";
import { RunModel } from "../../src/studio/shared/runModel.ts";
import { loadRun } from "./api.ts";

/** A run as the page has it; `version` grows with every change that is to be drawn. */
export interface ShownRun {
  readonly id: string;
  model: RunModel | null;
  settings: RunAnswer["settings"];
  pictures: RunAnswer["pictures"];
  /** Why it could not be loaded. */
  error: string | null;
  readonly version: Signal<number>;
}

interface Entry extends ShownRun {
  /** Number of the last message that is in the model. */
  at: number;
  /** Messages that came while it was loaded; null when it is not being loaded. */
  waiting: { readonly number: number; readonly events: readonly RunEvent[] }[] | null;
  /** When its files had last changed as it was loaded. */
  changed: number | null;
  /** Until it is drawn anew; null where nothing has changed. */
  timer: ReturnType<typeof setTimeout> | null;
  /** When it was drawn last. */
  drawn: number;
}

/** Shortest time between two drawings, ms: the run computes on the same machine, and each drawing takes a core from it for a moment. */
const drawEvery = 1000;

const entries = new Map<string, Entry>();

/** A run, which is loaded where it has not been. */
export function shownRun(id: string): ShownRun {
  let entry = entries.get(id);
  if (!entry) {
    entry = {
      id,
      model: null,
      settings: {},
      pictures: [],
      error: null,
      version: signal(0),
      at: 0,
      waiting: null,
      changed: null,
      timer: null,
      drawn: -drawEvery,
    };
    entries.set(id, entry);
    void load(entry);
  }
  return entry;
}

/** The state of a run; who asks while drawing is drawn anew with every change, as the model itself stays the same object. */
export function modelOf({ model, version }: ShownRun): RunModel | null {
  return version.value >= 0 ? model : null;
}

/** Loads everything anew: the page has missed something. */
export function reloadAll(): void {
  for (const entry of entries.values()) void load(entry);
}

/** Loads those anew whose files have changed without messages: runs that nobody here has a hand on, and the pictures of the others. */
export function refreshChanged(runs: readonly RunSummary[]): void {
  for (const { id, changed, isLive, epochsDone } of runs) {
    const entry = entries.get(id);
    if (!entry || entry.changed === changed) continue;
    if (isLive && (epochsDone === 0 || entry.pictures.length > 0)) continue;
    entry.changed = changed;
    void load(entry);
  }
}

/** Takes in the events of a message. */
export function addEvents(id: string, events: readonly RunEvent[], number: number): void {
  const entry = entries.get(id);
  if (entry?.waiting) entry.waiting.push({ number, events });
  else if (entry?.model && number > entry.at) {
    apply(entry, events, number);
    draw(entry, events.some(({ type }) => type === "status") ? 0 : drawEvery);
  }
}

async function load(entry: Entry): Promise<void> {
  if (entry.waiting) return;
  entry.waiting = [];
  try {
    const { state, at, settings, pictures } = await loadRun(entry.id);
    Object.assign(entry, { model: RunModel.from(state), at, settings, pictures, error: null });
  } catch (error) {
    entry.error = error instanceof Error ? error.message : String(error);
  }
  const missed = entry.waiting;
  entry.waiting = null;
  for (const { number, events } of missed) if (number > entry.at) apply(entry, events, number);
  draw(entry);
}

function apply(entry: Entry, events: readonly RunEvent[], number: number): void {
  for (const event of events) entry.model?.add(event);
  entry.at = number;
}

/** Once in a while, however many messages come. */
function draw(entry: Entry, every = drawEvery): void {
  if (entry.timer) {
    if (every > 0) return;
    clearTimeout(entry.timer);
  }
  entry.timer = setTimeout(
    () => {
      entry.timer = null;
      entry.drawn = performance.now();
      entry.version.value++;
    },
    Math.max(0, entry.drawn + every - performance.now()),
  );
}
