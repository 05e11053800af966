// All runs of a project: those in its folder, and those in progress that the studio has a hand on. Tells pages what changes.
import fs from "node:fs/promises";
import path from "node:path";
import { pathWithin } from "../server/folder.ts";
import { HttpError } from "../server/http.ts";
import type { Hub } from "../server/hub.ts";
import type { Hand, RunAnswer, RunEvent, RunSummary } from "../shared/protocol.ts";
import { RunModel } from "../shared/runModel.ts";
import { type LiveRun, statusAfter } from "./liveRun.ts";
import { bestOf, changedAt, picturesOf, readRun, settingsOf, summaryOf } from "./runFiles.ts";

/** Folders below the project in which runs are looked for, and runs that are listed. */
const deepest = 5;
const mostRuns = 500;
/** Events go out together, this often (ms): each message costs a page a drawing. */
const flushEvery = 100;

interface Live {
  readonly run: LiveRun;
  readonly model: RunModel;
  waiting: RunEvent[];
  isOver: boolean;
}

/** The runs of one project folder. */
export class Board {
  readonly project: string;
  readonly #hub: Hub;
  readonly #live = new Map<string, Live>();
  readonly #known = new Map<string, RunSummary>();
  #runs: readonly RunSummary[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(project: string, hub: Hub) {
    this.project = path.resolve(project);
    this.#hub = hub;
  }

  /** As of the last refresh, newest first. */
  get runs(): readonly RunSummary[] {
    return this.#runs;
  }

  /** Whether a run is in progress that the studio has a hand on. */
  get isBusy(): boolean {
    return [...this.#live.values()].some(({ isOver }) => !isOver);
  }

  /** Looks at the folder anew, and tells pages where something has changed. */
  async refresh(): Promise<void> {
    const found = new Map<string, RunSummary>();
    for (const id of await this.#folders()) {
      const folder = path.join(this.project, id);
      const known = this.#known.get(id);
      const changed = await changedAt(folder);
      found.set(id, known?.changed === changed ? known : await summaryOf(folder, id));
    }
    this.#known.clear();
    for (const [id, summary] of found) this.#known.set(id, summary);
    const runs = [...found.values()].map((summary) => this.#withLive(summary));
    runs.sort((a, b) => b.changed - a.changed || a.id.localeCompare(b.id));
    const listed = runs.slice(0, mostRuns);
    if (JSON.stringify(listed) === JSON.stringify(this.#runs)) return;
    this.#runs = listed;
    this.#hub.send({ type: "runs", runs: listed });
  }

  /** Everything of a run. Throws HttpError 404 where there is none. */
  async answer(id: string): Promise<RunAnswer> {
    const folder = await this.folder(id);
    const [settings, pictures] = [await settingsOf(folder), await picturesOf(folder)];
    if (!settings) throw new HttpError(404, `there is no run ${id}`);
    const live = this.#live.get(id);
    if (live) this.#flush(id, live);
    const model = live?.model ?? (await readRun(folder, id));
    return { state: model.toJSON(), at: this.#hub.last, settings, pictures };
  }

  /** The folder of a run. Throws HttpError 404 where there is none. */
  folder(id: string): Promise<string> {
    return pathWithin(this.project, id.split("/").map(encodeURIComponent));
  }

  /** The id of the run in a folder. */
  idOf(folder: string): string {
    return path.relative(this.project, path.resolve(folder)).split(path.sep).join("/");
  }

  /** Whether a folder lies within the project. */
  holds(folder: string): boolean {
    const id = this.idOf(folder);
    return id !== "" && id !== ".." && !id.startsWith("../") && !path.isAbsolute(id);
  }

  /** What the folder of a run tells, to go on from. */
  async earlier(id: string): Promise<RunModel> {
    return readRun(await this.folder(id), id);
  }

  /** Takes in a run in progress, which goes on from an earlier state where one is given; gives its id. */
  async follow(run: LiveRun, folder: string, earlier?: RunModel): Promise<string> {
    const id = this.idOf(folder);
    const model = earlier ?? new RunModel(id);
    const live: Live = { run, model, waiting: [], isOver: false };
    this.#live.set(id, live);
    this.#take(id, live, [{ type: "status", status: "running", message: null }]);
    run.listen((events) => this.#take(id, live, events));
    void run.ended.then((end) => {
      const status = statusAfter(model.status, end);
      live.isOver = true;
      const message = status === "failed" ? (model.message ?? end.said) : null;
      this.#take(id, live, [{ type: "status", status, message }]);
      this.#flush(id, live);
      return this.refresh();
    });
    await this.refresh();
    return id;
  }

  /** Throws HttpError 409 for a run that the studio has no hand on. */
  hand(id: string, hand: Hand): void {
    const live = this.#live.get(id);
    if (!live || live.isOver)
      throw new HttpError(409, `the studio has no hand on ${id}: it is not in progress here`);
    live.run.hand(hand);
    if (hand.action === "stop") this.#take(id, live, [{ type: "status", status: "stopping", message: null }]);
  }

  /** Stops what is in progress; each run saves itself. */
  async close(patience: number): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await Promise.all([...this.#live.values()].filter((l) => !l.isOver).map(({ run }) => run.stop(patience)));
  }

  #take(id: string, live: Live, events: readonly RunEvent[]): void {
    for (const event of events) live.model.add(event);
    live.waiting.push(...events);
    const isNews = events.some(({ type }) => type === "status" || type === "epoch");
    if (isNews) void this.refresh();
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      for (const [other, each] of this.#live) this.#flush(other, each);
    }, flushEvery);
    if (live.isOver) this.#flush(id, live);
  }

  #flush(id: string, live: Live): void {
    if (live.waiting.length === 0) return;
    this.#hub.send({ type: "run", id, events: live.waiting });
    live.waiting = [];
  }

  #withLive(summary: RunSummary): RunSummary {
    const live = this.#live.get(summary.id);
    if (!live) return summary;
    const { status, epochs } = live.model;
    return {
      ...summary,
      status,
      isLive: !live.isOver,
      epochsDone: epochs.at(-1)?.epoch ?? 0,
      bestAccuracy: bestOf(live.model),
    };
  }

  /** Ids of all folders with a run; links are not followed. */
  async #folders(): Promise<string[]> {
    const found: string[] = [];
    const look = async (parts: readonly string[]): Promise<void> => {
      const entries = await fs
        .readdir(path.join(this.project, ...parts), { withFileTypes: true })
        .catch(() => []);
      if (entries.some((entry) => entry.name === "args.yaml" && entry.isFile())) {
        found.push(parts.join("/"));
        return;
      }
      if (parts.length >= deepest) return;
      for (const entry of entries) {
        if (entry.isDirectory() && !entry.name.startsWith(".")) await look([...parts, entry.name]);
      }
    };
    await look([]);
    return found.filter((id) => id !== "");
  }
}
