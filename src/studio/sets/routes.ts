// What pages ask for about sets: which there are, their pictures by number, one picture, a sheet of thumbnails.
import fs from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pictureInfo } from "../../picture/image.ts";
import { HttpError, send, sendJson } from "../server/http.ts";
import type { Route } from "../server/server.ts";
import { tilesHeader } from "../shared/sets.ts";
import type { SetShelf } from "./shelf.ts";

/** Bytes of the largest picture that is handed out. */
const mostBytes = 256 * 1024 * 1024;

/** The routes. */
export function setRoutes(shelf: SetShelf): Route[] {
  return [
    {
      method: "GET",
      path: ["api", "sets"],
      answer: async (_, response) => sendJson(response, await shelf.list()),
    },
    {
      method: "GET",
      path: ["api", "sets", "*"],
      answer: async (_, response, parts) => sendJson(response, await shelf.answer(parts[2]!)),
    },
    {
      method: "GET",
      path: ["api", "sets", "*", "parts"],
      answer: async (_, response, parts) => sendJson(response, await shelf.parts(parts[2]!)),
    },
    {
      method: "GET",
      path: ["api", "sets", "*", "picture", "*"],
      answer: async (request, response, parts) => {
        const found = await shelf.picture(parts[2]!, numberOf(parts[4]!));
        if ("file" in found) await sendPicture(request, response, found.file);
        else await sendKept(request, response, found.tag, async () => ["image/png", found.png]);
      },
    },
    {
      method: "GET",
      path: ["api", "sets", "*", "sheet", "*", "*"],
      answer: async (request, response, parts) => {
        const [from, count] = [numberOf(parts[4]!), numberOf(parts[5]!)];
        const version = new URL(request.url!, "http://127.0.0.1").searchParams.get("version");
        const { tag, draw } = await shelf.sheet(parts[2]!, from, count, version ?? undefined);
        const gone = new AbortController();
        response.on("close", () => gone.abort());
        await sendKept(request, response, tag, async () => {
          const { bytes, type, tiles } = await draw(gone.signal);
          response.setHeader(tilesHeader, tiles.map((sides) => sides.join("x")).join(" "));
          return [type, bytes];
        });
      },
    },
  ];
}

function numberOf(part: string): number {
  if (/^\d{1,9}$/.test(part)) return Number(part);
  throw new HttpError(400, `${JSON.stringify(part)} is no number of a picture`);
}

/** Answers with a picture file as it is; what is none goes out as bytes to be saved. */
async function sendPicture(request: IncomingMessage, response: ServerResponse, file: string): Promise<void> {
  const { size, mtimeMs } = await fs.stat(file);
  if (size > mostBytes) throw new HttpError(413, `pictures of at most ${mostBytes} bytes are served`);
  await sendKept(request, response, `${size}-${mtimeMs}`, async () => {
    const bytes = await fs.readFile(file);
    return [typeOf(bytes), bytes];
  });
}

function typeOf(bytes: Uint8Array): string {
  try {
    return `image/${pictureInfo(bytes).format}`;
  } catch {
    return "application/octet-stream";
  }
}

/** Answers with bytes that the browser may keep as long as it asks whether they are still the same. */
async function sendKept(
  request: IncomingMessage,
  response: ServerResponse,
  tag: string,
  read: () => Promise<readonly [type: string, bytes: Uint8Array]>,
): Promise<void> {
  const headers = {
    ETag: `"${tag}"`,
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'; sandbox",
  };
  if (request.headers["if-none-match"] === headers.ETag) {
    response.writeHead(304, headers).end();
    return;
  }
  const [type, bytes] = await read();
  send(response, 200, type, bytes, headers);
}
