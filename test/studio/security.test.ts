// What the studio's server refuses: strangers' pages, requests without its token, ways out of the project's folder, bodies without end.
import assert from "node:assert/strict";
import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import path from "node:path";
import { after, before, test } from "node:test";
import { trainLauncher } from "../../src/cli/studioRuns.ts";
import { type OpenStudio, openStudio, temporaryFolder, writeFiles } from "../support/studio.ts";

const root = temporaryFolder();
const project = path.join(root, "data");
let open: OpenStudio;

before(async () => {
  writeFiles(root, {
    "data/classify/train/args.yaml": "model: lenet\ndata: mnist\nepochs: 2\n",
    "data/classify/train/results.png": "pixels",
    "data/classify/train/report.html": "<script>alert(1)</script>",
    "data/classify/train/drawing.svg": '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "data-secret/key.txt": "secret",
    "outside.txt": "secret",
  });
  symlinkSync(path.join(root, "outside.txt"), path.join(project, "classify/train/link.png"));
  symlinkSync(path.join(root, "data-secret"), path.join(project, "classify/inside"));
  open = await openStudio(project, { launcher: trainLauncher(project) });
});
after(() => open.studio.close());

const json = { "Content-Type": "application/json" };

test("the page needs the token, and gives it on as a cookie that scripts can't read", async () => {
  const { ask, token, port } = open;
  const page = await ask(`/?token=${token}`, { headers: {} });
  assert.equal(page.status, 200);
  const [cookie] = page.headers["set-cookie"]!;
  assert.equal(cookie, `fovea-studio-${port}=${token}; HttpOnly; SameSite=Strict; Path=/`);
  assert.equal(token.length, 43);
  // 55: no token, a wrong one, one that is not in the page's own address
  for (const where of ["/", "/?token=wrong", `/api/events?token=${token}`, "/app.js", "/api/form"]) {
    assert.equal((await ask(where, { headers: {} })).status, 401, where);
  }
  const wrong = { Cookie: `fovea-studio-${port}=${"x".repeat(43)}` };
  assert.equal((await ask("/api/form", { headers: wrong })).status, 401);
});

test("every answer keeps the page to itself", async () => {
  const { ask } = open;
  for (const where of ["/", "/app.js", "/api/form", "/files/classify/train/results.png", "/nothing"]) {
    const { headers } = await ask(where);
    assert.equal(headers["cross-origin-opener-policy"], "same-origin", where);
    assert.equal(headers["cross-origin-embedder-policy"], "require-corp");
    assert.equal(headers["cross-origin-resource-policy"], "same-origin");
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["referrer-policy"], "no-referrer");
    assert.equal(headers["access-control-allow-origin"], undefined);
    const policy = headers["content-security-policy"] as string;
    assert.match(policy, /^default-src 'none'; /);
    assert.ok(!policy.includes("unsafe-inline") && !policy.includes("http"), policy);
  }
});

test("53: a foreign Host header is refused, whatever else is right", async () => {
  const { ask, own, port } = open;
  for (const host of ["evil.example", `evil.example:${port}`, `127.0.0.1:${port + 1}`, "127.0.0.1"]) {
    assert.equal((await ask("/api/form", { headers: { ...own, Host: host } })).status, 421, host);
  }
  const local = { Cookie: own.Cookie!, Host: `localhost:${port}` };
  assert.equal((await ask("/api/form", { headers: local })).status, 200);
});

test("54: a foreign, null or missing Origin is refused on writes, and a foreign one on upgrades", async () => {
  const { ask, own, port } = open;
  const { Cookie } = own as { Cookie: string };
  const write = (headers: Record<string, string>) =>
    ask("/api/preferences", { method: "PUT", headers: { ...json, Cookie, ...headers }, body: "{}" });
  for (const Origin of [
    "http://evil.example",
    "null",
    `http://localhost:${port}`,
    `https://127.0.0.1:${port}`,
  ]) {
    assert.equal((await write({ Origin })).status, 403, Origin);
  }
  assert.equal((await write({})).status, 403);
  assert.equal((await write({ Origin: own.Origin! })).status, 200);
  const upgrade = (Origin: string) =>
    ask("/api/events", { headers: { Cookie, Origin, Connection: "Upgrade", Upgrade: "websocket" } });
  assert.equal((await upgrade("http://evil.example")).status, 403);
  assert.equal((await upgrade("null")).status, 403);
});

test("56: addresses that would leave the folder are refused", async () => {
  const { ask } = open;
  const ways = [
    "/files/../outside.txt",
    "/files/classify/..%2f..%2f..%2foutside.txt",
    "/files/%2e%2e/outside.txt",
    "/files/%252e%252e/outside.txt",
    "/files/..\\outside.txt",
    "/files/..%5coutside.txt",
    "/files/classify/train/results.png%00.txt",
    "/files/../data-secret/key.txt",
    "/files/..data-secret/key.txt",
    "/files//etc/passwd",
    "/files/%2fetc%2fpasswd",
    "/files/C:/secret",
    "/files/%ff",
    "/api/run/../../outside.txt",
    "/api/run/classify%2f..%2f..",
  ];
  for (const way of ways) {
    const { status, text } = await ask(way);
    assert.ok(status === 400 || status === 404, `${way}: ${status}`);
    assert.ok(!text.includes("secret") || text.startsWith("{"), way);
  }
});

test("57: links out of the folder are not followed", async () => {
  const { ask } = open;
  assert.equal((await ask("/files/classify/train/link.png")).status, 404);
  assert.equal((await ask("/files/classify/inside/key.txt")).status, 404);
  assert.equal((await ask("/files/classify/train/results.png")).text, "pixels");
});

test("58: oversized and never-ending bodies end with 413", async () => {
  const { ask, own, port } = open;
  const headers = { ...own, ...json };
  const large = await ask("/api/preferences", {
    method: "PUT",
    headers,
    body: `{"a":"${"x".repeat(70_000)}"}`,
  });
  assert.equal(large.status, 413);
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const head = Object.entries({ ...headers, Host: `127.0.0.1:${port}`, "Transfer-Encoding": "chunked" });
  socket.write(`PUT /api/preferences HTTP/1.1\r\n${head.map(([k, v]) => `${k}: ${v}\r\n`).join("")}\r\n`);
  const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
  const pump = setInterval(() => socket.writable && socket.write(chunk), 5);
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  socket.on("error", () => {}); // the server cuts the line
  await once(socket, "close");
  clearInterval(pump);
  assert.match(answer, /^HTTP\/1\.1 413 /);
});

test("bodies are objects with known fields", async () => {
  const { ask, own } = open;
  const put = (body: string, type = "application/json") =>
    ask("/api/preferences", { method: "PUT", headers: { ...own, "Content-Type": type }, body });
  assert.equal((await put("{}", "text/plain")).status, 415);
  for (const body of ["", "[]", "null", "{", '{"__proto__":{}}', '{"language":"fr"}', '{"shown":"all"}']) {
    const { status, text } = await put(body);
    assert.equal(status, 400, body);
    assert.ok(typeof (JSON.parse(text) as { error: string }).error === "string");
  }
  assert.equal((await ask("/api/form", { method: "DELETE" })).status, 405);
  assert.equal((await ask("/api/start")).status, 405);
  const hand = await ask("/api/hand/classify/train", {
    method: "POST",
    headers: { ...own, ...json },
    body: '{"action":"stop"}',
  });
  assert.equal(hand.status, 409);
});

test("59: what users have is never run: HTML and SVG are handed out as bytes to be saved", async () => {
  const { ask } = open;
  for (const name of ["report.html", "drawing.svg", "args.yaml"]) {
    const { status, headers } = await ask(`/files/classify/train/${name}`);
    assert.equal(status, 200);
    assert.equal(headers["content-type"], "application/octet-stream");
    assert.equal(headers["content-disposition"], "attachment");
    assert.equal(headers["content-security-policy"], "default-src 'none'; sandbox");
  }
  const { headers } = await ask("/files/classify/train/results.png");
  assert.deepEqual([headers["content-type"], headers["content-disposition"]], ["image/png", undefined]);
});

test("60: nothing is fetched on a page's behalf: an address as data is a folder that is not there", async () => {
  const { ask, own } = open;
  let requests = 0;
  const other = createServer((_, response) => {
    requests++;
    response.end();
  }).listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = `http://127.0.0.1:${(other.address() as { port: number }).port}/photos`;
  const start = (options: object) =>
    ask("/api/start", { method: "POST", headers: { ...own, ...json }, body: JSON.stringify({ options }) });
  const { status, text } = await start({ data: address });
  assert.equal(status, 400);
  assert.ok(text.includes(address), text);
  assert.equal(requests, 0);
  other.close();
  // Where runs are kept is the studio's, and values are text.
  for (const options of [
    { project: "/tmp" },
    { resume: "x" },
    { epochs: 3 },
    { epochs: "0" },
    { epoch: "3" },
  ]) {
    const refused = await start(options);
    assert.equal(refused.status, 400, JSON.stringify(options));
  }
});

test("a port that is taken is told", async () => {
  const { Studio } = await import("../../src/studio/studio.ts");
  const second = new Studio({ project, launcher: trainLauncher(project) });
  await assert.rejects(second.listen(open.port), {
    message: `studio: can't listen at port ${open.port}: it is taken. Leave port out for a free one`,
  });
});
