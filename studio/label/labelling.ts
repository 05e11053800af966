// One set that is being labelled: sends acts in their order until they are written, takes in what others do, and comes back after the server was away. Knows no components.
import { signal } from "@preact/signals";
import {
  type ActsAnswer,
  type LabelAct,
  type LabelState,
  type LabelsAnswer,
  mostSent,
  type SentAct,
  type SentAnswer,
} from "../../src/studio/shared/labels.ts";
import { Mirror } from "./mirror.ts";
import type { Outbox } from "./outbox.ts";

/** The server, as far as labels go. */
export interface LabelServer {
  load(): Promise<LabelsAnswer>;
  acts(after: number): Promise<ActsAnswer>;
  send(acts: readonly SentAct[]): Promise<SentAnswer>;
}

/** An act without its id. */
export type Wish = Exclude<LabelAct, { readonly act: "undo" | "redo" }>;

/** Time until the server is tried again, ms: the first and the longest. */
const [firstWait, longestWait] = [200, 2000];

/** The labels of a set, kept up. */
export class Labelling {
  /** Grows with every change that is to be drawn. */
  readonly version = signal(0);
  /** What the set is without acts; null until it is loaded. */
  readonly answer = signal<LabelsAnswer | null>(null);
  /** Acts that are not in the journal yet. */
  readonly waiting = signal(0);
  /** Why the server does not take them, or can't be read from; null where it does. */
  readonly trouble = signal<string | null>(null);
  /** Why the server has refused an act for good. */
  readonly refusal = signal<string | null>(null);
  /** The version of the list of pictures that its answer was last asked for again for. */
  needs: string | null = null;
  readonly #server: LabelServer;
  readonly #outbox: Outbox;
  #mirror = new Mirror();
  #isRunning = false;
  #isStale = true;
  #known = 0;
  #isClosed = false;
  #wake: (() => void) | null = null;

  constructor(server: LabelServer, outbox: Outbox) {
    this.#server = server;
    this.#outbox = outbox;
    this.#tell();
    void this.#run();
  }

  get state(): LabelState {
    return this.#mirror.view;
  }

  /** Does an act at once, and sends it. Throws OptionError where it can't be done. */
  act(wish: Wish): void {
    this.#do({ ...wish, id: this.#outbox.newId() });
  }

  /** Takes back the last act, or brings it back; gives the act that it was about, null for none. */
  step(kind: "undo" | "redo"): LabelAct | null {
    const target = kind === "undo" ? this.state.toUndo : this.state.toRedo;
    const act = this.#mirror.step(kind, this.#outbox.newId());
    if (!act || !target) return null;
    this.#do(act);
    return target.act;
  }

  /** The server has acts up to a number. */
  hear(life: string, last: number): void {
    if (life !== this.answer.peek()?.life) this.#isStale = true;
    this.#known = Math.max(this.#known, last);
    this.#go();
  }

  /** Pictures were added, or the server was away: everything is asked for anew. */
  reload(): void {
    this.#isStale = true;
    this.#go();
  }

  close(): void {
    this.#isClosed = true;
    this.#outbox.close();
    this.#wake?.();
  }

  #do(act: SentAct): void {
    this.#mirror.push(act);
    this.#outbox.push(act);
    this.refusal.value = null;
    this.#tell();
    this.#go();
  }

  #go(): void {
    this.#wake?.();
    void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    let wait = firstWait;
    while (!this.#isClosed && this.#hasWork()) {
      try {
        await this.#work();
        this.trouble.value = null;
        wait = firstWait;
      } catch (error) {
        this.trouble.value = error instanceof Error ? error.message : String(error);
        await this.#sleep(wait);
        wait = Math.min(longestWait, 2 * wait);
      }
    }
    this.#isRunning = false;
  }

  #hasWork(): boolean {
    return this.#isStale || this.#outbox.acts.length > 0 || this.#known > this.#mirror.last;
  }

  async #work(): Promise<void> {
    // Acts that are written come back with the others' before any is sent: until then they are shown from the outbox.
    if (this.#isStale) await this.#load();
    else if (this.#known > this.#mirror.last) await this.#catchUp();
    else await this.#send();
  }

  /** Everything from the server; what is shown stays until all of it is there. */
  async #load(): Promise<void> {
    const answer = await this.#server.load();
    const isSame = answer.life === this.answer.peek()?.life;
    const mirror = isSame ? this.#mirror : new Mirror();
    while (mirror.last < answer.last) {
      const { life, entries } = await this.#server.acts(mirror.last);
      if (life !== answer.life || entries.length === 0) return; // it has begun anew meanwhile
      this.#written(entries);
      mirror.confirm(entries, []);
    }
    mirror.confirm([], this.#outbox.acts);
    this.#mirror = mirror;
    this.#known = isSame ? Math.max(this.#known, answer.last) : answer.last;
    this.#isStale = false;
    this.answer.value = answer;
    this.#tell();
  }

  async #catchUp(): Promise<void> {
    const { life, last, entries } = await this.#server.acts(this.#mirror.last);
    if (life !== this.answer.peek()?.life) {
      this.#isStale = true;
      return;
    }
    this.#written(entries);
    this.#mirror.confirm(entries, this.#outbox.acts);
    this.#known = last;
    this.#tell();
  }

  async #send(): Promise<void> {
    const acts = this.#outbox.acts.slice(0, mostSent);
    const { life, results } = await this.#server.send(acts);
    if (life !== this.answer.peek()?.life) this.#isStale = true;
    const byId = new Map(acts.map((act) => [act.id, act]));
    const settled = new Set<string>();
    for (const result of results) {
      if ("problem" in result) {
        this.refusal.value = result.problem;
        settled.add(result.id);
      } else if (!this.#isStale && result.n === this.#mirror.last + 1) {
        this.#mirror.confirmOwn(byId.get(result.id)!, result.n);
        settled.add(result.id);
      } else this.#known = Math.max(this.#known, result.n);
    }
    this.#outbox.remove(settled);
    if (results.some((result) => "problem" in result)) this.#mirror.confirm([], this.#outbox.acts);
    this.#tell();
  }

  /** Acts that are in the journal need not be sent. */
  #written(entries: ActsAnswer["entries"]): void {
    this.#outbox.remove(new Set(entries.flatMap(({ id }) => id ?? [])));
  }

  #sleep(ms: number): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }).then(() => {
      this.#wake = null;
    });
  }

  #tell(): void {
    this.waiting.value = this.#outbox.acts.length;
    if (this.#outbox.problem !== null) this.trouble.value = this.#outbox.problem;
    this.version.value++;
  }
}
