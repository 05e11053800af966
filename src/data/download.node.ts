// Downloads of whole, checked files: over HTTP with resumption, into a temporary name of the same folder, renamed only when the sum is right.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OptionError } from "../base/errors.ts";
import { DownloadError, type DownloadOptions, type RemoteFile } from "./download.ts";

const mostRedirects = 5;
/** An attempt that brings so much is progress, and does not count as one of the tries. */
const progressBytes = 2 ** 20;
/** Shortest time between two events of progress, ms. */
const progressEvery = 50;
/** Failures that another attempt would not change. */
const lasting: ReadonlySet<string> = new Set(["ENOTFOUND", "ECONNREFUSED", "ERR_INVALID_URL"]);

/** Downloads that are going on in this process, by the path of their file. */
const pending = new Map<string, Promise<string>>();

/** An attempt that failed, and whether another one at the same address may help. */
class Trouble extends Error {
  readonly again: boolean;

  constructor(reason: string, again: boolean) {
    super(reason);
    this.again = again;
  }
}

/**
 * The path of the file in `folder`, downloaded where it is not there with the right sum. Mirrors are tried in their order; cut and stalled
 * transfers go on where they ended. Throws DownloadError where no mirror gives the file; what came so far stays as `<name>.part`.
 */
export async function download(file: RemoteFile, options: DownloadOptions): Promise<string> {
  if (path.basename(file.name) !== file.name || file.name === "" || file.name.startsWith(".")) {
    throw new OptionError(`download: "${file.name}" is no name of a file`);
  }
  const target = path.resolve(options.folder, file.name);
  const running = pending.get(target);
  if (running) return running;
  const work = fetchFile(file, target, options).finally(() => pending.delete(target));
  pending.set(target, work);
  return work;
}

async function fetchFile(file: RemoteFile, target: string, options: DownloadOptions): Promise<string> {
  const { tries = 3, pauseSeconds = 0.5, onEvent = () => {}, signal } = options;
  const { name, bytes } = file;
  await mkdir(path.dirname(target), { recursive: true });
  if ((await sizeOf(target)) === bytes && (await wrongSum(target, file)) === null) {
    onEvent({ type: "done", file: name, path: target, bytes, isNew: false });
    return target;
  }
  const part = await claimPart(target);
  const reasons: string[] = [];
  let isDone = false;
  try {
    for (const [i, url] of file.urls.entries()) {
      for (let attempt = 1; ; ) {
        const before = await sizeOf(part);
        const trouble = await attemptOnce(url, part, file, options);
        if (trouble === null) {
          await rename(part, target);
          isDone = true;
          onEvent({ type: "done", file: name, path: target, bytes, isNew: true });
          return target;
        }
        if ((await sizeOf(part)) - before < progressBytes) attempt++;
        const again = trouble.again && attempt <= tries;
        const next = again ? "again" : i + 1 < file.urls.length ? "mirror" : "none";
        reasons.push(`${url}: ${trouble.message}`);
        onEvent({ type: "trouble", file: name, url, reason: trouble.message, next });
        if (!again) break;
        await sleep(1000 * pauseSeconds * 2 ** (attempt - 2), undefined, signal ? { signal } : {});
      }
    }
  } finally {
    if (!isDone) await leavePart(part, target);
  }
  const unique = reasons.filter((reason, i) => reasons.indexOf(reason) === i);
  throw new DownloadError(
    name,
    unique,
    `Put it into ${path.dirname(target)} by other means, or try again later:`,
  );
}

/** One attempt to complete the temporary file, checked at its end; null where it is whole and right. */
async function attemptOnce(
  url: string,
  part: string,
  file: RemoteFile,
  options: DownloadOptions,
): Promise<Trouble | null> {
  try {
    const start = await sizeOf(part);
    if (start < file.bytes) await receive(url, part, start, file, options);
    const wrong = await wrongSum(part, file);
    if (wrong === null) return null;
    await rm(part, { force: true });
    // What an earlier attempt had left may be the wrong part, so a resumed file gets another chance.
    return new Trouble(wrong, start > 0);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof Trouble) return error;
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    const isOfDisk = syscall !== undefined && ["open", "write", "fsync", "rename"].includes(syscall);
    if (isOfDisk) throw error;
    if (code === "ECONNRESET") return new Trouble("the connection was cut", true);
    return new Trouble(message || code || String(error), !lasting.has(code ?? ""));
  }
}

/** Receives what is missing of a file from `start` on. */
async function receive(
  url: string,
  part: string,
  start: number,
  file: RemoteFile,
  { onEvent = () => {}, stallSeconds = 30, signal }: DownloadOptions,
): Promise<void> {
  const { name, bytes } = file;
  const response = await request(url, start, stallSeconds, signal);
  try {
    const offset = await placeOf(response, part, start, bytes);
    const handle = await open(part, offset === 0 ? "w" : "r+");
    try {
      onEvent({ type: "start", file: name, url, bytes, resumedFrom: offset });
      let received = offset;
      let toldAt = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        if (received + chunk.length > bytes) {
          throw new Trouble(`sends more than the ${bytes} bytes of the file`, false);
        }
        for (let at = 0; at < chunk.length; ) {
          at += (await handle.write(chunk, at, chunk.length - at, received + at)).bytesWritten;
        }
        received += chunk.length;
        const now = performance.now();
        if (now - toldAt < progressEvery && received < bytes) continue;
        toldAt = now;
        onEvent({ type: "progress", file: name, received, bytes });
      }
      if (received < bytes) throw new Trouble(`ended after ${received} of ${bytes} bytes`, true);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } finally {
    response.destroy();
  }
}

/** Where in the file the response's bytes belong; throws Trouble for responses that are not this file. */
async function placeOf(
  response: http.IncomingMessage,
  part: string,
  start: number,
  bytes: number,
): Promise<number> {
  const { statusCode = 0, statusMessage = "", headers } = response;
  const offered = (total: number): Trouble =>
    new Trouble(`offers ${total} bytes; the file has ${bytes}`, false);
  if (statusCode === 206) {
    const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers["content-range"] ?? "") ?? [];
    if (total !== undefined && total !== "*" && Number(total) !== bytes) throw offered(Number(total));
    if (Number(from) === start) return start;
    await rm(part, { force: true });
    throw new Trouble(
      `sends another part than was asked for (${headers["content-range"] ?? "none named"})`,
      true,
    );
  }
  if (statusCode === 416) {
    await rm(part, { force: true });
    throw new Trouble("says that the file is shorter than what was received before", true);
  }
  if (statusCode !== 200) {
    const again = statusCode >= 500 || statusCode === 408 || statusCode === 429;
    // What a server says is shown on terminals, so nothing but plain characters of it.
    const status = statusMessage.replaceAll(/[^\x20-\x7e]/g, "?");
    throw new Trouble(`HTTP ${statusCode} ${status}`.trim(), again);
  }
  const length = headers["content-length"];
  if (length !== undefined && Number(length) !== bytes) throw offered(Number(length));
  return 0;
}

/** The response to a request for a file from `start` on, behind all redirects. */
async function request(
  url: string,
  start: number,
  stallSeconds: number,
  signal: AbortSignal | undefined,
): Promise<http.IncomingMessage> {
  let address = new URL(url);
  for (let redirects = 0; ; redirects++) {
    const response = await respond(address, start, stallSeconds, signal);
    const { statusCode = 0, headers } = response;
    if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) return response;
    response.destroy();
    if (redirects === mostRedirects) throw new Trouble(`redirects more than ${mostRedirects} times`, false);
    const next = new URL(headers.location, address);
    if (address.protocol === "https:" && next.protocol !== "https:") {
      throw new Trouble(`redirects from https to ${next.protocol}`, false);
    }
    address = next;
  }
}

function respond(
  address: URL,
  start: number,
  stallSeconds: number,
  signal: AbortSignal | undefined,
): Promise<http.IncomingMessage> {
  const client = { "http:": http, "https:": https }[address.protocol];
  if (!client) throw new Trouble(`an address of ${address.protocol}; expected http: or https:`, false);
  // Files are compressed already; a server that compresses them again would change their bytes.
  const headers = { "accept-encoding": "identity", ...(start > 0 && { range: `bytes=${start}-` }) };
  return new Promise((resolve, reject) => {
    let response: http.IncomingMessage | null = null;
    const query = client.get(address, { headers, agent: false, ...(signal && { signal }) }, (arrived) => {
      response = arrived;
      resolve(arrived);
    });
    query.setTimeout(1000 * stallSeconds, () => {
      (response ?? query).destroy(new Trouble(`sent nothing for ${stallSeconds} s`, true));
    });
    query.on("error", reject);
  });
}

/** What is wrong with a file, with both sums; null where its sum is right. */
async function wrongSum(file: string, { sum }: RemoteFile): Promise<string | null> {
  const hash = createHash(sum.algorithm);
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  const found = hash.digest("hex");
  return found === sum.value ? null : `${sum.algorithm} is ${found}; expected ${sum.value}`;
}

/** The file's size; 0 where there is none. */
async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0;
}

/**
 * This process's own temporary file for a target. What an earlier process has left is taken over by renaming it, which only
 * one of several processes can do.
 */
async function claimPart(target: string): Promise<string> {
  const folder = path.dirname(target);
  const own = `${target}.${process.pid}.part`;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(path.basename(target)) || !name.endsWith(".part")) continue;
    const [, pid] = /^\.(?:(\d+)\.)?part$/.exec(name.slice(path.basename(target).length)) ?? [null];
    if (pid === null || (pid !== undefined && isRunning(Number(pid)))) continue;
    const isClaimed = await rename(path.join(folder, name), own).then(
      () => true,
      () => false,
    );
    if (isClaimed) break;
  }
  return own;
}

/** Keeps what was received under a name that any later process takes over. */
async function leavePart(part: string, target: string): Promise<void> {
  if ((await sizeOf(part)) === 0) await rm(part, { force: true });
  else await rename(part, `${target}.part`);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
