// The files of the page itself, as the build has made them: read once, and served from memory.
import { readdirSync, readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { extname } from "node:path";
import { gzipSync } from "node:zlib";
import { FoveaError } from "../../base/errors.ts";
import { HttpError, send } from "./http.ts";

/** Files by name. */
export type Assets = ReadonlyMap<string, { readonly type: string; readonly gzipped: Uint8Array }>;

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Reads the built page. Throws FoveaError where it was not built. */
export function readAssets(folder = new URL("../app/", import.meta.url)): Assets {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    throw new FoveaError("studio: the page was not built; run npm run build");
  }
  return new Map(
    names
      .filter((name) => extname(name) in types)
      .map((name) => [
        name,
        { type: types[extname(name)]!, gzipped: gzipSync(readFileSync(new URL(name, folder))) },
      ]),
  );
}

/** Answers with the page or one of its files. */
export function sendAsset(response: ServerResponse, assets: Assets, parts: readonly string[]): void {
  const name = parts.length === 1 ? parts[0] || "index.html" : "";
  const asset = assets.get(name);
  if (!asset) throw new HttpError(404, `there is no /${parts.join("/")}`);
  send(response, 200, asset.type, asset.gzipped, { "Content-Encoding": "gzip" });
}
