// What the page Inspect asks for: the models that there are, and the weights that come with the package.
import fs from "node:fs/promises";
import path from "node:path";
import { isPretrained, modelCard, pretrainedNames } from "../../pretrained/index.ts";
import type { Board } from "../runs/board.ts";
import { HttpError, send, sendJson } from "../server/http.ts";
import type { Route } from "../server/server.ts";
import type { ModelList, PackagedWeights, RunWeights } from "../shared/models.ts";

/** The routes. */
export function inspectRoutes(board: Board): Route[] {
  return [
    {
      method: "GET",
      path: ["api", "models"],
      answer: async (_, response) => {
        const list: ModelList = {
          runs: await runsWithWeights(board),
          packaged: pretrainedNames.map(packaged),
        };
        sendJson(response, list);
      },
    },
    {
      method: "GET",
      path: ["weights", "*"],
      answer: async (_, response, parts) => {
        const [, name = ""] = parts;
        if (!isPretrained(name))
          throw new HttpError(
            404,
            `no weights of that name come with the package; known are ${pretrainedNames.join(", ")}`,
          );
        send(response, 200, "application/octet-stream", await fs.readFile(modelCard(name).file));
      },
    },
  ];
}

function packaged(name: string): PackagedWeights {
  const { model, data, accuracy } = modelCard(name);
  return { name, network: model, data, accuracy };
}

async function runsWithWeights(board: Board): Promise<RunWeights[]> {
  await board.refresh();
  const found = await Promise.all(
    board.runs.map(async ({ id, model, data, bestAccuracy }): Promise<RunWeights[]> => {
      const file = path.join(board.project, id, "weights", "best.safetensors");
      const stat = await fs.stat(file).catch(() => null);
      if (!stat?.isFile()) return [];
      return [{ id, network: model, data, accuracy: bestAccuracy, changed: Math.round(stat.mtimeMs) }];
    }),
  );
  return found.flat();
}
