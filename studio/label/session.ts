// The set that is being labelled in this tab: opened with the page, and followed as pictures come and the server goes.
import { effect, signal } from "@preact/signals";
import type { LabelsAnswer } from "../../src/studio/shared/labels.ts";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { chosenSet, currentSet } from "../sets/setStore.ts";
import { isConnected, labelNews } from "../state.ts";
import { loadActs, loadLabels, sendActs } from "./api.ts";
import { Labelling } from "./labelling.ts";
import { Outbox } from "./outbox.ts";

/** The labels of the chosen set; null for sets that can't be labelled, and until they are opened. */
export const labelling = signal<Labelling | null>(null);

/** The chosen set with what its folder says of labels, the two of one version: while one is ahead of the other the last such pair stands. */
export const opened = signal<{ readonly set: SetAnswer; readonly answer: LabelsAnswer } | null>(null);

const tab = crypto.randomUUID().slice(0, 8);
/** Sets that this tab has opened so far. */
let openings = 0;
const lockOf = (name: string) => `fovea-tab-${name}`;
/** Held for as long as the tab lives, so that others know whether acts in the browser are somebody's. */
const held = navigator.locks.request(lockOf(tab), () => new Promise(() => {}));
void held.catch(() => {});

/** A page calls it as it is opened, and what it gives as it is left. */
export function watchLabels(): () => void {
  let chosen: string | null = null;
  const stops = [
    effect(() => {
      const set = chosenSet.value?.isEditable ? chosenSet.value.id : null;
      if (set === chosen) return;
      chosen = set;
      opened.value = null;
      labelling.peek()?.close();
      labelling.value = null;
      if (set !== null) void open(set).then((own) => (chosen === set ? show(own) : own.close()));
    }),
    effect(() => {
      const { life, last, set } = labelNews.value ?? {};
      if (set !== undefined && set === chosen) labelling.peek()?.hear(life!, last!);
    }),
    effect(() => {
      if (isConnected.value) labelling.peek()?.reload();
    }),
    effect(() => {
      const own = labelling.value;
      const [set, answer] = [currentSet.value, own?.answer.value];
      if (!own || !set || !answer || set.id !== chosen) return;
      if (set.version === answer.version) opened.value = { set, answer };
      else if (own.needs !== set.version) {
        own.needs = set.version;
        own.reload();
      }
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    chosen = null;
    opened.value = null;
    labelling.peek()?.close();
    labelling.value = null;
  };
}

function show(own: Labelling): void {
  labelling.value = own;
}

async function open(set: string): Promise<Labelling> {
  const outbox = new Outbox(localStorage, set, `${tab}.${++openings}`);
  const { held = [] } = await navigator.locks.query();
  const alive = new Set(held.map(({ name }) => name));
  // What this tab has left itself, of a set or a page that it went away from, is taken over as well.
  outbox.adopt(set, (owner) => {
    const [of = ""] = owner.split(".");
    return of !== tab && alive.has(lockOf(of));
  });
  return new Labelling(
    {
      load: () => loadLabels(set),
      acts: (after) => loadActs(set, after),
      send: (acts) => sendActs(set, acts),
    },
    outbox,
  );
}
