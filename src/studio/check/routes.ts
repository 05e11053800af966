// What pages ask for about the check of a set: how it stands, its start, its end before it is done.
import { fieldsOf, HttpError, readJson, sendJson } from "../server/http.ts";
import type { Route } from "../server/server.ts";
import type { Checks } from "./checks.ts";

/** The routes. */
export function checkRoutes(checks: Checks): Route[] {
  return [
    {
      method: "GET",
      path: ["api", "check", "*"],
      answer: async (_, response, parts) => sendJson(response, await checks.answer(parts[2]!)),
    },
    {
      method: "POST",
      path: ["api", "check", "*"],
      answer: async (request, response, parts) => {
        const { action } = fieldsOf(await readJson(request), ["action"]);
        if (action !== "start" && action !== "cancel") {
          throw new HttpError(400, "action is start or cancel");
        }
        sendJson(response, await checks[action](parts[2]!));
      },
    },
  ];
}
