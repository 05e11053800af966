// Files of a folder as a browser may ask for them: nothing outside of it is read, and nothing in it is run.
import fs from "node:fs/promises";
import type { ServerResponse } from "node:http";
import path from "node:path";
import { HttpError, send } from "./http.ts";

/** Types that a browser only draws. Whatever else there is goes out as bytes to be saved. */
const drawn: ReadonlyMap<string, string> = new Map([
  [".png", "image/png"],
  [".jpg", "image/jpeg"],
  [".jpeg", "image/jpeg"],
  [".webp", "image/webp"],
]);

/** Bytes of the largest file that is served. */
const mostBytes = 256 * 1024 * 1024;

/**
 * The real path of a file or folder below `root`, given by its parts as they stand in a URL. Throws HttpError 400 for parts that are no names (`..`, separators, NUL, also
 * written with %), and 404 for what is not there or lies outside, by way of a link too.
 */
export async function pathWithin(root: string, parts: readonly string[]): Promise<string> {
  const names = parts.map(nameOf);
  const base = await fs.realpath(root).catch(() => null);
  const real = base === null ? null : await fs.realpath(path.join(base, ...names)).catch(() => null);
  if (base === null || real === null || (real !== base && !real.startsWith(base + path.sep))) {
    throw new HttpError(404, `there is no ${names.join("/")}`);
  }
  return real;
}

/** Answers with a file below `root`. */
export async function sendFile(
  response: ServerResponse,
  root: string,
  parts: readonly string[],
): Promise<void> {
  const file = await pathWithin(root, parts);
  const stat = await fs.stat(file);
  if (!stat.isFile()) throw new HttpError(404, "there is no such file");
  if (stat.size > mostBytes) throw new HttpError(413, `files of at most ${mostBytes} bytes are served`);
  const type = drawn.get(path.extname(file).toLowerCase());
  const content = await fs.readFile(file);
  send(response, 200, type ?? "application/octet-stream", content, {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    ...(type === undefined && { "Content-Disposition": "attachment" }),
  });
}

function nameOf(part: string): string {
  let name: string;
  try {
    name = decodeURIComponent(part);
  } catch {
    throw new HttpError(400, "the address is not well-formed");
  }
  if (name === "" || name === "." || name === ".." || /[/\\\0:]|%2e|%2f|%5c/i.test(name)) {
    throw new HttpError(400, `${JSON.stringify(name)} is no file's name`);
  }
  return name;
}
