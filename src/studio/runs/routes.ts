// What the page Train asks for: runs, their pictures, a new run, hands on one in progress.

import { sendFile } from "../server/folder.ts";
import { fieldsOf, HttpError, readJson, sendJson } from "../server/http.ts";
import type { Route } from "../server/server.ts";
import type { FormField, Hand, RateCurve } from "../shared/protocol.ts";
import type { RunModel } from "../shared/runModel.ts";
import type { Board } from "./board.ts";
import { histogramsOf } from "./histograms.ts";
import type { LiveRun } from "./liveRun.ts";

/** How training runs are started; the studio does not know the command line. */
export interface Launcher {
  /** The options of a new run. */
  readonly form: readonly FormField[];
  /** Starts a run with options as text. Throws OptionError for those outside their rules. */
  start(options: ReadonlyMap<string, string>): LiveRun;
  /** Takes an interrupted run up again. */
  resume(folder: string): LiveRun;
  /** Looks for a learning rate for such a run. Throws OptionError as `start` does. */
  findRate(options: ReadonlyMap<string, string>): RateSearch;
}

/** A search in progress. */
export interface RateSearch {
  /** Rejects with FoveaError where nothing was found, or the search was cancelled. */
  readonly curve: Promise<RateCurve>;
  cancel(): void;
}

/** The routes. */
export function trainRoutes(board: Board, launcher: Launcher): Route[] {
  let isTaken = false;
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isTaken) throw new HttpError(409, "another run is starting, or a learning rate is looked for");
    if (board.isBusy) throw new HttpError(409, "a run is in progress; stop it first");
    isTaken = true;
    try {
      return await work();
    } finally {
      isTaken = false;
    }
  };
  const follow = (start: () => LiveRun, earlier?: RunModel): Promise<string> =>
    alone(async () => {
      const run = start();
      const folder = await run.opened;
      if (folder === null) throw new HttpError(400, messageOf((await run.ended).said));
      return board.follow(run, folder, earlier);
    });
  return [
    { method: "GET", path: ["api", "form"], answer: (_, response) => sendJson(response, launcher.form) },
    {
      method: "GET",
      path: ["api", "run", "**"],
      answer: async (_, response, parts) => sendJson(response, await board.answer(idOf(parts.slice(2)))),
    },
    {
      method: "GET",
      path: ["api", "histograms", "**"],
      answer: async (_, response, parts) => {
        sendJson(response, await histogramsOf(await board.folder(idOf(parts.slice(2)))));
      },
    },
    {
      method: "GET",
      path: ["files", "**"],
      answer: (_, response, parts) => sendFile(response, board.project, parts.slice(1)),
    },
    {
      method: "POST",
      path: ["api", "start"],
      answer: async (request, response) => {
        const { options } = fieldsOf(await readJson(request), ["options"]);
        sendJson(response, { id: await follow(() => launcher.start(textsOf(options))) }, 201);
      },
    },
    {
      method: "POST",
      path: ["api", "rate"],
      answer: async (request, response) => {
        const { options } = fieldsOf(await readJson(request), ["options"]);
        const curve = await alone(() => {
          const search = launcher.findRate(textsOf(options));
          response.once("close", () => search.cancel()); // the page has gone, or wants it no more
          return search.curve;
        });
        sendJson(response, curve);
      },
    },
    {
      method: "POST",
      path: ["api", "resume", "**"],
      answer: async (request, response, parts) => {
        fieldsOf(await readJson(request), []);
        const id = idOf(parts.slice(2));
        const folder = await board.folder(id);
        const earlier = await board.earlier(id);
        sendJson(response, { id: await follow(() => launcher.resume(folder), earlier) }, 201);
      },
    },
    {
      method: "POST",
      path: ["api", "hand", "**"],
      answer: async (request, response, parts) => {
        board.hand(idOf(parts.slice(2)), handOf(await readJson(request)));
        sendJson(response, {});
      },
    },
  ];
}

function idOf(parts: readonly string[]): string {
  try {
    return parts.map(decodeURIComponent).join("/");
  } catch {
    throw new HttpError(400, "the address is not well-formed");
  }
}

function textsOf(options: unknown): Map<string, string> {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new HttpError(400, "options is an object of texts");
  }
  const entries = Object.entries(options);
  for (const [name, value] of entries) {
    if (typeof value !== "string") throw new HttpError(400, `${name} must be given as text`);
  }
  return new Map(entries);
}

function handOf(body: Record<string, unknown>): Hand {
  const { action, rate } = fieldsOf(body, ["action", "rate"]);
  switch (action) {
    case "pause":
    case "resume":
    case "stop":
    case "finish":
      return { action };
    case "rate":
      if (typeof rate === "number" && Number.isFinite(rate) && rate > 0) return { action, rate };
      throw new HttpError(400, "rate must be a number above 0");
    default:
      throw new HttpError(400, "action is pause, resume, stop, finish or rate");
  }
}

/** The last words of a process without the colours and the head of an error. */
function messageOf(said: string): string {
  const plain = said.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d*m`, "g"), "");
  return plain.replace(/^error: /, "") || "the run ended before it had begun";
}
