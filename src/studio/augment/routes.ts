// What pages ask for about augmentation: the steps of one by name, and what some steps make of a picture.
import { fieldsOf, HttpError, readJson, send, sendJson } from "../server/http.ts";
import type { Route } from "../server/server.ts";
import { type AugmentRequest, mostOutcomes, numberHeader } from "../shared/augment.ts";
import { tilesHeader } from "../shared/sets.ts";
import type { Augmentations } from "./augmentations.ts";

/** Steps of a pipeline, and sides of pictures in pixels. */
const mostSteps = 32;
const [leastSide, mostSide] = [4, 512];
const mostSeed = 2 ** 32 - 1;

/** The routes. */
export function augmentRoutes(augmentations: Augmentations): Route[] {
  return [
    {
      method: "GET",
      path: ["api", "augment", "*"],
      answer: async (request, response, parts) => {
        const { searchParams } = new URL(request.url!, "http://127.0.0.1");
        const size = searchParams.get("size");
        const session = await augmentations.session(parts[2]!);
        const side = size === null ? null : whole("size", Number(size), leastSide, mostSide);
        sendJson(response, await session.preset(searchParams.get("preset"), side));
      },
    },
    {
      method: "POST",
      path: ["api", "augment", "*"],
      answer: async (request, response, parts) => {
        const asked = requestOf(await readJson(request));
        const session = await augmentations.session(parts[2]!);
        const { sheet, number } = await session.outcomes(asked);
        send(response, 200, sheet.type, sheet.bytes, {
          [tilesHeader]: sheet.tiles.map((sides) => sides.join("x")).join(" "),
          [numberHeader]: String(number ?? "none"),
        });
      },
    },
  ];
}

function requestOf(body: Record<string, unknown>): AugmentRequest {
  const known = ["steps", "size", "seed", "epoch", "count", "index"] as const;
  const { steps, size, seed, epoch, count, index } = fieldsOf(body, known);
  if (!Array.isArray(steps) || steps.length > mostSteps) {
    throw new HttpError(400, `steps is a list of at most ${mostSteps} transforms`);
  }
  return {
    steps,
    size: whole("size", size, leastSide, mostSide),
    seed: whole("seed", seed, 0, mostSeed),
    epoch: whole("epoch", epoch, 0, 2 ** 31 - 1),
    count: whole("count", count, 1, mostOutcomes),
    index: whole("index", index, 0, 2 ** 31 - 1),
  };
}

function whole(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new HttpError(400, `${name} is a whole number from ${least} to ${most}`);
}
