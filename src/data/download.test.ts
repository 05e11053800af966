import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { OptionError } from "../base/errors.ts";
import { download } from "./download.node.ts";
import { DownloadError, type DownloadEvent, type RemoteFile } from "./download.ts";

const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * i + (i >> 8)) & 255));
const sha256 = createHash("sha256").update(content).digest("hex");
const md5 = createHash("md5").update(content).digest("hex");

/** What the server does with the n-th request for a path, from 0. */
type Answer = (request: http.IncomingMessage, response: http.ServerResponse, n: number) => void;

const answers = new Map<string, Answer>();
const requests = new Map<string, string[]>();
const server = http.createServer((request, response) => {
  const name = request.url!;
  const seen = requests.get(name) ?? [];
  requests.set(name, [...seen, request.headers.range ?? "whole"]);
  const answer = answers.get(name);
  if (answer) answer(request, response, seen.length);
  else response.writeHead(404).end("nothing here");
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const folders: string[] = [];
after(() => {
  server.closeAllConnections();
  server.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Sends the file as a good server does, with ranges. */
const whole: Answer = ({ headers }, response) => {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  if (from > 0) response.setHeader("content-range", `bytes ${from}-${content.length - 1}/${content.length}`);
  response.writeHead(from > 0 ? 206 : 200, { "content-length": content.length - from });
  response.end(content.subarray(from));
};

/** Sends the first bytes, and then cuts the connection. */
const cutAfter =
  (length: number, headers: http.OutgoingHttpHeaders = { "content-length": content.length }): Answer =>
  (_, response) => {
    response.writeHead(200, headers);
    response.write(content.subarray(0, length), () => setTimeout(() => response.destroy(), 20));
  };

/** A corrupted copy of the right length. */
const corrupt: Answer = (_, response) => {
  const wrong = Buffer.from(content);
  wrong[1000]! ^= 1;
  response.writeHead(200, { "content-length": wrong.length }).end(wrong);
};

interface Trial {
  readonly folder: string;
  readonly events: DownloadEvent[];
  readonly result: Promise<string>;
  /** Files in the folder. */
  readonly left: () => string[];
}

function emptyFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "fovea-download-"));
  folders.push(folder);
  return folder;
}

let made = 0;

/** Downloads from a server with one mirror for each of the answers. */
function attempt(
  mirrors: readonly Answer[],
  {
    folder = emptyFolder(),
    file = {},
    ...options
  }: { folder?: string; file?: Partial<RemoteFile>; stallSeconds?: number; signal?: AbortSignal } = {},
): Trial {
  const events: DownloadEvent[] = [];
  const urls = mirrors.map((answer) => {
    const name = `/${made++}`;
    answers.set(name, answer);
    return base + name;
  });
  const remote: RemoteFile = {
    name: "data.bin",
    bytes: content.length,
    sum: { algorithm: "sha256", value: sha256 },
    urls,
    ...file,
  };
  const onEvent = (event: DownloadEvent) => events.push(event);
  const result = download(remote, { folder, onEvent, pauseSeconds: 0.01, ...options });
  return { folder, events, result, left: () => readdirSync(folder).sort() };
}

function requestsOf(url: string): string[] {
  return requests.get(new URL(url).pathname) ?? [];
}

async function isWhole({ result, left }: Trial): Promise<void> {
  assert.deepEqual(readFileSync(await result), content);
  assert.deepEqual(left(), ["data.bin"]);
}

async function fails(trial: Trial, message: RegExp, left: string[] = []): Promise<DownloadError> {
  let caught: unknown;
  await assert.rejects(trial.result, (error) => {
    caught = error;
    return true;
  });
  assert.ok(caught instanceof DownloadError, String(caught));
  assert.match(caught.message, message);
  assert.match(caught.message, /^data\.bin could not be downloaded\. Put it into .*fovea-download-/);
  assert.deepEqual(trial.left(), left);
  return caught;
}

test("a whole file arrives with its events, and is not fetched again", async () => {
  const trial = attempt([whole]);
  await isWhole(trial);
  const [start, ...rest] = trial.events;
  assert.ok(start?.type === "start" && start.resumedFrom === 0 && start.bytes === content.length);
  const last = rest.pop();
  assert.ok(last?.type === "done" && last.isNew && last.path === path.join(trial.folder, "data.bin"));
  assert.ok(rest.length >= 1 && rest.every(({ type }) => type === "progress"));
  assert.ok(rest.at(-1)!.type === "progress");
  const again = attempt([whole], { folder: trial.folder });
  await isWhole(again);
  assert.deepEqual(
    again.events.map(({ type }) => type),
    ["done"],
  );
  assert.ok(again.events[0]?.type === "done" && !again.events[0].isNew);
});

test("MD5 is checked where that is the sum that is known", async () => {
  await isWhole(attempt([whole], { file: { sum: { algorithm: "md5", value: md5 } } }));
  const value = "0".repeat(32);
  const trial = attempt([whole], { file: { sum: { algorithm: "md5", value } } });
  await fails(trial, new RegExp(`md5 is ${md5}; expected ${value}`));
});

test("a cut connection goes on where it ended", async () => {
  const cut: Answer = (request, response, n) =>
    n === 0 ? cutAfter(100_000)(request, response, n) : whole(request, response, n);
  const trial = attempt([cut]);
  await isWhole(trial);
  const [start] = trial.events;
  assert.ok(start?.type === "start");
  assert.deepEqual(requestsOf(start.url), ["whole", "bytes=100000-"]);
  const trouble = trial.events.find(({ type }) => type === "trouble");
  assert.ok(trouble?.type === "trouble" && trouble.next === "again", JSON.stringify(trouble));
  assert.equal(trouble.reason, "the connection was cut");
  const resumed = trial.events.findLast(({ type }) => type === "start");
  assert.ok(resumed?.type === "start" && resumed.resumedFrom === 100_000);
});

test("an answer without a length that ends early is noticed too", async () => {
  const short: Answer = (request, response, n) => {
    if (n > 0) return whole(request, response, n);
    response.writeHead(200).end(content.subarray(0, 50_000));
  };
  const trial = attempt([short]);
  await isWhole(trial);
  const trouble = trial.events.find(({ type }) => type === "trouble");
  assert.ok(trouble?.type === "trouble" && trouble.reason === "ended after 50000 of 300000 bytes");
});

test("what was received stays as .part, and the next download takes it over", async () => {
  const folder = emptyFolder();
  const cut = attempt([cutAfter(120_000)], { folder });
  await fails(cut, /the connection was cut/, ["data.bin.part"]);
  assert.ok(readFileSync(path.join(folder, "data.bin.part")).length <= 120_000);
  const resumed = attempt([whole], { folder });
  await isWhole(resumed);
  const [start] = resumed.events;
  assert.ok(start?.type === "start" && start.resumedFrom > 0);
});

test("a process that was killed leaves its part to the next one; one that runs keeps it", async () => {
  const folder = emptyFolder();
  // No process has a number so high; this test's own parent runs.
  writeFileSync(path.join(folder, "data.bin.99999999.part"), content.subarray(0, 70_000));
  const other = `data.bin.${process.ppid}.part`;
  writeFileSync(path.join(folder, other), content.subarray(0, 90_000));
  const trial = attempt([whole], { folder });
  assert.deepEqual(readFileSync(await trial.result), content);
  assert.deepEqual(trial.left(), ["data.bin", other].sort());
  const [start] = trial.events;
  assert.ok(start?.type === "start" && start.resumedFrom === 70_000);
});

test("a server that ignores ranges starts the file anew", async () => {
  const folder = emptyFolder();
  writeFileSync(path.join(folder, "data.bin.part"), Buffer.alloc(1000, 7));
  const ignorant: Answer = (_, response) => {
    response.writeHead(200, { "content-length": content.length }).end(content);
  };
  const trial = attempt([ignorant], { folder });
  await isWhole(trial);
  assert.ok(trial.events[0]?.type === "start" && trial.events[0].resumedFrom === 0);
});

test("a part that is wrong, too long or of another file is given up, and the file fetched whole", async () => {
  for (const left of [Buffer.alloc(1000, 7), Buffer.alloc(content.length, 7), Buffer.alloc(400_000, 7)]) {
    const folder = emptyFolder();
    writeFileSync(path.join(folder, "data.bin.part"), left);
    await isWhole(attempt([whole], { folder }));
  }
  const elsewhere: Answer = ({ headers }, response, n) => {
    if (headers.range === undefined) return whole({ headers } as http.IncomingMessage, response, n);
    response.writeHead(206, { "content-range": `bytes 0-99/${content.length}` });
    response.end(content.subarray(0, 100));
  };
  const refusing: Answer = (request, response, n) => {
    if (request.headers.range === undefined) whole(request, response, n);
    else response.writeHead(416).end();
  };
  for (const answer of [elsewhere, refusing]) {
    const folder = emptyFolder();
    writeFileSync(path.join(folder, "data.bin.part"), content.subarray(0, 1000));
    await isWhole(attempt([answer], { folder }));
  }
});

test("corrupt bytes are never used, and named with both sums", async () => {
  const trial = attempt([corrupt]);
  const error = await fails(trial, new RegExp(`sha256 is [0-9a-f]{64}; expected ${sha256}`));
  assert.equal(error.reasons.length, 1);
  const second = attempt([corrupt, whole]);
  await isWhole(second);
  const trouble = second.events.find(({ type }) => type === "trouble");
  assert.ok(trouble?.type === "trouble" && trouble.next === "mirror");
});

test("a wrong file under the real name is kept until the right one is there", async () => {
  const folder = emptyFolder();
  const old = path.join(folder, "data.bin");
  writeFileSync(old, "older");
  await fails(attempt([corrupt], { folder }), /expected/, ["data.bin"]);
  assert.equal(readFileSync(old, "utf8"), "older");
  await isWhole(attempt([whole], { folder }));
});

test("a stalled server is given up, in the middle of a file and before it", async () => {
  const stalling: Answer = (_, response) => {
    response.writeHead(200, { "content-length": content.length }).write(content.subarray(0, 5000));
  };
  const silent: Answer = () => {};
  await fails(attempt([stalling], { stallSeconds: 0.15 }), /sent nothing for 0\.15 s/, ["data.bin.part"]);
  await fails(attempt([silent], { stallSeconds: 0.1 }), /sent nothing for 0\.1 s/);
  await isWhole(attempt([silent, stalling, whole], { stallSeconds: 0.1 }));
});

test("statuses: 404 goes to the next mirror at once, 500 is tried again", async () => {
  const status =
    (code: number): Answer =>
    (_, response) =>
      response.writeHead(code).end("sorry");
  const missing = attempt([status(404)]);
  const { reasons } = await fails(missing, /HTTP 404 Not Found/);
  assert.match(reasons[0]!, /^http:\/\/127\.0\.0\.1:\d+\/\d+: HTTP 404/);
  assert.equal(missing.events.length, 1);
  const broken = attempt([status(500)]);
  await fails(broken, /HTTP 500 Internal Server Error/);
  assert.equal(broken.events.filter(({ type }) => type === "trouble").length, 3);
  await isWhole(attempt([status(404), status(503), whole]));
  const soonWell: Answer = (request, response, n) => (n < 2 ? status(500) : whole)(request, response, n);
  await isWhole(attempt([soonWell]));
});

test("redirects are followed, but not for ever, and not to other protocols", async () => {
  const to =
    (location: string): Answer =>
    (_, response) =>
      response.writeHead(302, { location }).end();
  answers.set("/real", whole);
  await isWhole(attempt([to("/real")]));
  answers.set("/loop", to("/loop"));
  await fails(attempt([to("/loop")]), /redirects more than 5 times/);
  await fails(attempt([to("ftp://127.0.0.1/x")]), /an address of ftp:; expected http: or https:/);
  await fails(attempt([to("file:///etc/passwd")]), /an address of file:/);
});

test("a file of another size is refused before it is received; one without end too", async () => {
  const larger: Answer = (_, response) => {
    response.writeHead(200, { "content-length": 10 ** 12 }).write("x");
  };
  await fails(attempt([larger]), /offers 1000000000000 bytes; the file has 300000/);
  const endless: Answer = (_, response) => {
    response.writeHead(200);
    const more = (): void => {
      if (!response.destroyed) response.write(Buffer.alloc(65_536), more);
    };
    more();
  };
  const trial = attempt([endless]);
  await assert.rejects(trial.result, /sends more than the 300000 bytes of the file/);
  assert.ok(!existsSync(path.join(trial.folder, "data.bin")));
});

test("nobody listens, or there is no such host", async () => {
  const refused = attempt([], { file: { urls: ["http://127.0.0.1:1/data.bin"] } });
  await fails(refused, /ECONNREFUSED/);
  assert.equal(refused.events.length, 1);
});

test("two requests for one file in a process are one download; a signal ends it", async () => {
  const folder = emptyFolder();
  const first = attempt([whole], { folder });
  const second = attempt([cutAfter(0)], { folder });
  assert.equal(await first.result, await second.result);
  assert.deepEqual(second.events, []);
  const controller = new AbortController();
  const slow: Answer = (_, response) => {
    response.writeHead(200, { "content-length": content.length }).write(content.subarray(0, 5000));
    setTimeout(() => controller.abort(), 50);
  };
  const stopped = attempt([slow], { signal: controller.signal });
  await assert.rejects(stopped.result, { name: "AbortError" });
  assert.deepEqual(stopped.left(), ["data.bin.part"]);
});

test("a name that leads out of the folder is refused", async () => {
  for (const name of ["../data.bin", "a/b", "", ".hidden"]) {
    await assert.rejects(attempt([whole], { file: { name } }).result, OptionError);
  }
});
