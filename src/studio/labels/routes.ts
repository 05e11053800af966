// What the page Label asks for: labels and acts of a set, new pictures, class folders.
import path from "node:path";
import { exportLabels } from "../../data/exportLabels.ts";
import { checkId } from "../../data/labels/acts.ts";
import { fieldsOf, HttpError, readBytes, readJson, sendJson } from "../server/http.ts";
import type { Route } from "../server/server.ts";
import type { SetShelf } from "../sets/shelf.ts";
import {
  type ExportAnswer,
  mostActBytes,
  mostPictureBytes,
  mostSent,
  type SentAct,
} from "../shared/labels.ts";
import type { LabelDesk } from "./desk.ts";
import { addPicture } from "./newPicture.ts";

/** The routes. */
export function labelRoutes(desk: LabelDesk, shelf: SetShelf): Route[] {
  return [
    {
      method: "GET",
      path: ["api", "labels", "*"],
      answer: async (_, response, parts) => sendJson(response, await desk.answer(parts[2]!)),
    },
    {
      method: "GET",
      path: ["api", "labels", "*", "acts", "*"],
      answer: async (_, response, parts) => {
        if (!/^\d{1,9}$/.test(parts[4]!))
          throw new HttpError(400, `${JSON.stringify(parts[4])} is no number of an act`);
        sendJson(response, await desk.acts(parts[2]!, Number(parts[4])));
      },
    },
    {
      method: "POST",
      path: ["api", "labels", "*", "acts"],
      answer: async (request, response, parts) => {
        const { acts } = fieldsOf(await readJson(request, mostActBytes), ["acts"]);
        sendJson(response, await desk.add(parts[2]!, sentActs(acts)));
      },
    },
    {
      method: "POST",
      path: ["api", "labels", "*", "pictures", "*"],
      answer: async (request, response, parts) => {
        const { folder } = await shelf.folder(parts[2]!);
        const bytes = await readBytes(request, mostPictureBytes);
        const format = await shelf.check(bytes);
        sendJson(response, await addPicture(folder, textOf(parts[4]!), format, bytes), 201);
      },
    },
    {
      method: "POST",
      path: ["api", "labels", "*", "export"],
      answer: async (request, response, parts) => {
        const { to } = fieldsOf(await readJson(request), ["to"]);
        const { folder } = await shelf.folder(parts[2]!);
        const exported = await exportLabels(folder, { to: path.join(path.dirname(folder), nameOf(to)) });
        sendJson(response, { to: exported.to, pictures: exported.pictures } satisfies ExportAnswer, 201);
      },
    },
  ];
}

function sentActs(value: unknown): SentAct[] {
  const isList = Array.isArray(value) && value.length > 0 && value.length <= mostSent;
  if (!isList || !value.every((act) => typeof act === "object" && act !== null)) {
    throw new HttpError(400, `acts is a list of 1 to ${mostSent} acts`);
  }
  for (const { id } of value) {
    if (checkId(id) === null) throw new HttpError(400, "each act has an id, so that it is written once");
  }
  return value as SentAct[];
}

/** A folder beside that of the pictures: a page gives a name, no path. */
function nameOf(value: unknown): string {
  if (typeof value === "string" && /^[^\\/:*?"<>|\0]{1,120}$/.test(value) && !/^\.|[. ]$/.test(value))
    return value;
  throw new HttpError(
    400,
    "to is the name of a folder that is made beside that of the pictures; it has no / in it",
  );
}

function textOf(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpError(400, "the address is not well-formed");
  }
}
