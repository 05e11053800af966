// What the page Label asks of models: suggestions for pictures without a label, and labels in doubt. Answers come line by line, so that a page sees how far they are.
import type { ServerResponse } from "node:http";
import { LabelState, readLabels } from "../../data/labels/index.ts";
import type { Board } from "../runs/board.ts";
import { fieldsOf, HttpError, pageHeaders, readJson, sendJson } from "../server/http.ts";
import type { Route } from "../server/server.ts";
import type { SetShelf } from "../sets/shelf.ts";
import type { HelperLine, Suspect } from "../shared/labels.ts";
import type { HelperJob, LabelHelper, OnProgress } from "./helper.ts";
import { runsFor } from "./runsFor.ts";

/** Answers about doubts that are kept, each as long as nothing of its set has changed. */
const mostKept = 16;

/** The routes. */
export function helperRoutes(helper: LabelHelper | null, shelf: SetShelf, board: Board): Route[] {
  if (!helper) return [];
  const doubts = new Map<string, Readonly<Record<string, Suspect>>>();
  let isBusy = false;
  const alone = async <T extends object>(
    response: ServerResponse,
    begin: (onProgress: OnProgress) => HelperJob<T>,
  ): Promise<T | null> => {
    if (isBusy) throw new HttpError(409, "models are being asked already; wait, or stop that first");
    isBusy = true;
    try {
      return await follow(response, begin);
    } finally {
      isBusy = false;
    }
  };
  return [
    {
      method: "GET",
      path: ["api", "labels", "*", "runs"],
      answer: async (_, response, parts) => {
        const { classes } = await shelf.folder(parts[2]!);
        sendJson(response, await runsFor(board, classes));
      },
    },
    {
      method: "POST",
      path: ["api", "labels", "*", "suggestions"],
      answer: async (request, response, parts) => {
        const { run } = fieldsOf(await readJson(request), ["run"]);
        const { folder, names, labels } = await shelf.folder(parts[2]!);
        const state = (await readLabels(folder))?.state ?? new LabelState();
        const open = names.filter((name, i) => labels[i] === -1 && state.fateOf(name) === null);
        const task = { run: await board.folder(textOf(run)), folder, names: open };
        await alone(response, (onProgress) => helper.suggest(task, onProgress));
      },
    },
    {
      method: "POST",
      path: ["api", "labels", "*", "doubts"],
      answer: async (request, response, parts) => {
        const { run = null } = fieldsOf(await readJson(request), ["run"]);
        const { folder, state } = await shelf.folder(parts[2]!);
        const task = { run: run === null ? null : await board.folder(textOf(run)), folder };
        const key = `${state} ${task.run}`;
        const known = doubts.get(key);
        const begin = known ? () => ({ result: Promise.resolve(known), cancel: () => {} }) : null;
        const found = await alone(response, begin ?? ((onProgress) => helper.doubt(task, onProgress)));
        if (found) doubts.set(key, found);
        for (const old of doubts.keys()) if (doubts.size > mostKept) doubts.delete(old);
      },
    },
  ];
}

/** Answers with a line for each step of the work, and one for what came of it; null where that is nothing. The work ends with the page's interest in it. */
async function follow<T extends object>(
  response: ServerResponse,
  begin: (onProgress: OnProgress) => HelperJob<T>,
): Promise<T | null> {
  const write = (line: HelperLine<T>) => response.write(`${JSON.stringify(line)}\n`);
  response.writeHead(200, { ...pageHeaders, "Content-Type": "application/jsonl; charset=utf-8" });
  const job = begin((done, total) => write({ done, total }));
  const leave = () => job.cancel();
  response.once("close", leave);
  try {
    const result = await job.result;
    write({ result });
    return result;
  } catch (error) {
    write({ problem: error instanceof Error ? error.message : String(error) });
    return null;
  } finally {
    response.off("close", leave);
    response.end();
  }
}

function textOf(value: unknown): string {
  if (typeof value === "string" && value !== "" && value.length <= 1000) return value;
  throw new HttpError(400, "run is the id of a run");
}
