// Where a studio listens, kept in a file: its own user's alone, taken on by the next one after a sudden end, and the way in for runs.
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";
import type { Duplex } from "node:stream";
import { test } from "node:test";
import { JsonLine } from "../../src/studio/runs/jsonLine.ts";
import type { FromRun, ToRun } from "../../src/studio/runs/runLine.ts";
import { readAddress } from "../../src/studio/server/addressFile.ts";
import type { RunAnswer } from "../../src/studio/shared/protocol.ts";
import { type OpenStudio, openStudio, temporaryFolder, writeFiles } from "../support/studio.ts";

test("an address is its user's alone, and gone when the studio has closed", async () => {
  const file = path.join(temporaryFolder(), "studios/one.json");
  const { studio, port, token } = await openStudio(temporaryFolder(), { address: file });
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), { port, token });
  if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o777, 0o600);
  await studio.close();
  assert.equal(existsSync(file), false);
});

test("a studio that follows one which was killed has its address; one that follows a living one does not", async () => {
  const [file, project] = [path.join(temporaryFolder(), "one.json"), temporaryFolder()];
  const first = await openStudio(project, { address: file });
  const second = await openStudio(project, { address: file });
  assert.notEqual(second.token, first.token);
  assert.notEqual(second.port, first.port);
  await first.studio.close();
  assert.deepEqual(
    await readAddress(file),
    { port: second.port, token: second.token },
    "the file is another's",
  );
  const left = readFileSync(file);
  await second.studio.close();

  writeFileSync(file, left, { mode: 0o600 }); // as a kill would have left it
  const third = await openStudio(project, { address: file });
  assert.deepEqual([third.port, third.token], [second.port, second.token]);
  await third.studio.close();
});

test("addresses that are damaged, or that others may have written, count for nothing", async () => {
  const file = path.join(temporaryFolder(), "one.json");
  const token = "t".repeat(43);
  assert.equal(await readAddress(file), null);
  for (const text of ["", "{", "null", `{"port":0,"token":"${token}"}`, '{"port":80,"token":"short"}']) {
    writeFileSync(file, text, { mode: 0o600 });
    assert.equal(await readAddress(file), null, text);
  }
  writeFileSync(file, JSON.stringify({ port: 80, token }));
  assert.deepEqual(await readAddress(file), { port: 80, token });
  if (process.platform === "win32") return;
  chmodSync(file, 0o644);
  assert.equal(await readAddress(file), null);
});

/** Asks for a line; gives the socket, or the status of the refusal. */
function join(
  { port, own }: OpenStudio,
  headers: Readonly<Record<string, string>> = own,
  protocol = "fovea-run",
): Promise<Duplex | number> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: "127.0.0.1",
      port,
      path: "/api/join",
      headers: { ...headers, Connection: "Upgrade", Upgrade: protocol },
    });
    asked.once("upgrade", (_, socket) => resolve(socket));
    asked.once("response", ({ statusCode }) => resolve(statusCode!));
    asked.once("error", reject);
    asked.end();
  });
}

test("runs join with the token alone", async () => {
  const studio = await openStudio(temporaryFolder());
  const { own } = studio;
  assert.equal(await join(studio, {}), 401);
  assert.equal(await join(studio, { ...own, Origin: "http://evil.example" }), 403);
  assert.equal(await join(studio, { ...own, Host: "evil.example" }), 421);
  assert.equal(await join(studio, own, "websocket"), 426);
  await studio.studio.close();
});

test("a run that has joined is followed and steered, and only let go when the studio closes", async () => {
  const project = temporaryFolder();
  writeFiles(project, { "classify/far/args.yaml": "model: lenet\ndata: mnist\nepochs: 3\n" });
  const studio = await openStudio(project);
  const socket = (await join(studio)) as Duplex;
  const hands: ToRun[] = [];
  const line = new JsonLine<ToRun, FromRun>(socket, (message) => hands.push(message));
  line.send({ kind: "open", folder: path.join(project, "classify/far") });
  line.send({ kind: "events", events: [{ type: "status", status: "paused", message: null }] });
  const state = async () => {
    const { text } = await studio.ask("/api/run/classify/far");
    return (JSON.parse(text) as RunAnswer).state;
  };
  while ((await state()).status !== "paused") await new Promise((resolve) => setTimeout(resolve, 5));
  const { status } = await studio.ask("/api/hand/classify/far", {
    method: "POST",
    headers: { ...studio.own, "Content-Type": "application/json" },
    body: '{"action":"resume"}',
  });
  assert.equal(status, 200);
  while (hands.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(hands, [{ kind: "hand", hand: { action: "resume" } }]);
  await Promise.all([line.closed, studio.studio.close()]);
  assert.equal(hands.length, 1, "a run elsewhere is not stopped");
});

test("a run of another project, and what is no run, are shown the door", async () => {
  const project = temporaryFolder();
  const studio = await openStudio(project);
  for (const words of [
    `${JSON.stringify({ kind: "open", folder: path.join(project, "..") })}\n`,
    `${JSON.stringify({ kind: "open", folder: project })}\n`,
    "GET / HTTP/1.1\r\n\r\n",
  ]) {
    const socket = (await join(studio)) as Duplex;
    socket.resume();
    socket.on("error", () => {});
    socket.write(words);
    await once(socket, "close");
  }
  assert.equal(studio.studio.board.runs.length, 0);
  await studio.studio.close();
});
