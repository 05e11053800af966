// What the page Model asks for: the networks there are, one of them in all detail, and the memory that training it takes.
import fs from "node:fs/promises";
import path from "node:path";
import { models } from "../../vision/index.ts";
import { picturesFor } from "../../vision/outline.ts";
import type { Board } from "../runs/board.ts";
import { settingsOf } from "../runs/runFiles.ts";
import { HttpError, sendJson } from "../server/http.ts";
import type { Route } from "../server/server.ts";
import type { MemoryAnswer, NetworkAnswer, NetworkChoice, ZooEntry } from "../shared/networks.ts";
import { Describer } from "./describer.ts";

const most = { channels: 64, size: 1024, classes: 100_000, batch: 65_536 };

/** The routes. */
export function networkRoutes(board: Board): Route[] {
  const describer = new Describer();
  return [
    {
      method: "GET",
      path: ["api", "networks"],
      answer: (_, response) =>
        sendJson(
          response,
          Array.from(models.keys(), (model): ZooEntry => ({ model, input: picturesFor(model) })),
        ),
    },
    {
      method: "GET",
      path: ["api", "networks", "run", "**"],
      answer: async (_, response, parts) => {
        const id = parts.slice(3).map(textOf).join("/");
        sendJson(response, await networkOfRun(describer, await board.folder(id)));
      },
    },
    {
      method: "GET",
      path: ["api", "networks", "zoo", "*", "*", "*", "*", "*"],
      answer: async (_, response, parts) => {
        const choice = choiceOf(parts.slice(3));
        sendJson(response, await describer.ask<NetworkAnswer>({ about: "choice", choice }));
      },
    },
    {
      method: "GET",
      path: ["api", "networks", "memory", "*", "*", "*", "*", "*", "*"],
      answer: async (_, response, parts) => {
        const choice = choiceOf(parts.slice(3, 8));
        const batch = countOf("batch", parts[8]!, most.batch);
        sendJson(response, await describer.ask<MemoryAnswer>({ about: "memory", choice, batch }));
      },
    },
  ];
}

async function networkOfRun(describer: Describer, folder: string): Promise<NetworkAnswer> {
  for (const name of ["best.safetensors", "last.safetensors"]) {
    const file = path.join(folder, "weights", name);
    const stat = await fs.stat(file).catch(() => null);
    if (stat?.isFile()) return describer.ask<NetworkAnswer>({ about: "weights", file }, stat.mtimeMs);
  }
  const settings = await settingsOf(folder);
  if (!settings) throw new HttpError(404, "there is no such run");
  return { kind: "no-weights", model: String(settings.model ?? "") };
}

/** Name, channels, height, width and classes as they stand in an address. */
function choiceOf([name, channels, height, width, classes]: readonly string[]): NetworkChoice {
  const model = textOf(name!);
  return {
    model,
    input: [
      countOf("channels", channels!, most.channels),
      countOf("height", height!, most.size),
      countOf("width", width!, most.size),
    ],
    classes: countOf("classes", classes!, most.classes),
  };
}

function countOf(name: string, text: string, largest: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= largest) return value;
  throw new HttpError(
    400,
    `${name} must be a whole number from 1 to ${largest}; got ${JSON.stringify(text)}`,
  );
}

function textOf(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpError(400, "the address is not well-formed");
  }
}
