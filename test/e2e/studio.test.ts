// `fovea studio` and `fovea train --studio` as processes: addresses, a run that streams, and tidy ends.
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { openerOf } from "../../src/cli/openBrowser.ts";
import type { RunAnswer, RunStatus } from "../../src/studio/shared/protocol.ts";
import { Studio } from "../../src/studio/studio.ts";
import { noLauncher } from "../support/studio.ts";
import { emptyFolder, fovea } from "./cli.ts";

const cwd = emptyFolder();
const env = { XDG_CACHE_HOME: emptyFolder() };

/** Where a studio that is open on a project says so. */
function addressOf(project: string): string {
  const name = createHash("sha256").update(realpathSync(project)).digest("hex").slice(0, 32);
  return path.join(env.XDG_CACHE_HOME, "fovea/studios", `${name}.json`);
}

/** The first line of output, which says the address. */
function addressIn(out: string): { url: string; port: number } | null {
  const end = out.indexOf("\n");
  return end < 0 ? null : (JSON.parse(out.slice(0, end)) as { url: string; port: number });
}

test("fovea studio says its address, serves, and ends at Ctrl-C", { timeout: 60_000 }, async () => {
  let status = 0;
  const { code, out, err } = await fovea(["studio", "--json", "open=false"], {
    cwd,
    env,
    onOutput: async (out, child) => {
      const address = addressIn(out);
      if (address === null || status > 0) return;
      status = 1;
      status = (await fetch(address.url)).status;
      child.kill("SIGINT");
    },
  });
  assert.deepEqual([code, err, status], [0, "", 200]);
  assert.match(
    out,
    /^\{"event":"studio","url":"http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}","port":\d+,"project":"runs"\}\n$/,
  );
  assert.ok(existsSync(path.join(cwd, "runs")));
});

test("folders that are not there, too many of them and ports that are none are refused", async () => {
  const missing = await fovea(["studio", "nowhere"], { cwd, env });
  assert.deepEqual(
    [missing.code, missing.err],
    [
      1,
      "error: studio: there is no folder nowhere; give a folder with runs, one with pictures, or a run's own\n",
    ],
  );
  const wrong = ["studio a b", "studio port=0", "studio prot=1", "train --studio --dry-run"];
  const outcomes = await Promise.all(wrong.map((line) => fovea(line.split(" "), { cwd, env })));
  assert.deepEqual(
    outcomes.map(({ code }) => code),
    [2, 2, 2, 2],
  );
});

test("fovea train --studio streams the run, and keeps the page until Ctrl-C", {
  timeout: 60_000,
}, async () => {
  const seen = new Set<RunStatus>();
  let state: RunAnswer["state"] | null = null;
  let isAsked = false;
  const { code, out, err } = await fovea(
    ["train", "limit=640", "epochs=3", "batch=32", "--studio", "--json", "report=false"],
    {
      cwd,
      env,
      onOutput: async (out, child) => {
        const address = addressIn(out);
        if (address === null || isAsked) return;
        isAsked = true;
        const token = new URL(address.url).searchParams.get("token");
        const headers = { Cookie: `fovea-studio-${address.port}=${token}` };
        const deadline = Date.now() + 30_000;
        while (state?.status !== "ended" && Date.now() < deadline) {
          const answer = await fetch(`http://127.0.0.1:${address.port}/api/run/classify/train`, { headers });
          if (answer.ok) {
            state = ((await answer.json()) as RunAnswer).state;
            seen.add(state.status);
          }
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        child.kill("SIGINT");
      },
    },
  );
  assert.deepEqual([code, err], [0, ""]);
  assert.equal(state!.status, "ended");
  assert.equal(state!.facts!.stepsPerEpoch, 20);
  // Every step came over the line, where the files have a point for each as well.
  assert.deepEqual(
    state!.steps.steps,
    Array.from({ length: 60 }, (_, i) => i + 1),
  );
  assert.ok(state!.steps.columns.accuracy!.every((value) => value !== null));
  assert.deepEqual(
    state!.epochs.map(({ epoch }) => epoch),
    [1, 2, 3],
  );
  assert.ok(Object.keys(state!.ratios.columns).includes("conv1.weight"));
  const events = out
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { event: string }).event);
  assert.deepEqual(
    events.filter((event) => event !== "finding"),
    ["studio", "start", "epoch", "epoch", "epoch", "end"],
  );
});

test("fovea train --studio joins the studio that is open, is steered from there, and goes on when it is killed", {
  timeout: 60_000,
}, async () => {
  const project = path.join(cwd, "joined");
  mkdirSync(project);
  let address: { url: string; port: number } | null = null;
  let host: ChildProcess | null = null;
  let trainer: ChildProcess | null = null;
  const hosting = fovea(["studio", "joined", "--json", "open=false"], {
    cwd,
    env,
    onOutput: (out, child) => {
      host = child;
      address = addressIn(out);
    },
  });
  while (!address) await new Promise((resolve) => setTimeout(resolve, 10));
  const { url, port } = address as { url: string; port: number };
  const own = { Cookie: `fovea-studio-${port}=${new URL(url).searchParams.get("token")}` };
  const ask = (where: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${where}`, {
      ...init,
      headers: { ...own, Origin: `http://127.0.0.1:${port}`, "Content-Type": "application/json" },
    });
  const training = fovea(
    [
      "train",
      "limit=640",
      "epochs=5000",
      "project=joined",
      "--studio",
      "--json",
      "report=false",
      "doctor=false",
    ],
    {
      cwd,
      env,
      onOutput: (_, child) => {
        trainer = child;
      },
    },
  );
  const run = "/api/run/classify/train";
  const state = async (): Promise<RunAnswer["state"] | null> => {
    const answer = await ask(run);
    return answer.ok ? ((await answer.json()) as RunAnswer).state : null;
  };
  while (((await state())?.now?.epoch ?? 0) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  const hand = { method: "POST", body: '{"action":"finish"}' };
  const rate = { method: "POST", body: '{"action":"rate","rate":0.0005}' };
  assert.equal((await ask("/api/hand/classify/train", rate)).status, 200);
  while ((await state())?.now?.firstRate !== 0.0005) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await ask("/api/start", { method: "POST", body: '{"options":{}}' })).status, 409);

  // Another one takes the place of a studio that was killed; the run goes on alone, and is seen by its files.
  host!.kill("SIGKILL");
  await hosting;
  const again = new Studio({ project, launcher: noLauncher, address: addressOf(project) });
  assert.equal(await again.listen(0), port);
  const before = (await state())!;
  assert.equal(before.status, "unfinished");
  const later = async () => ((await state())?.epochs.length ?? 0) > before.epochs.length;
  while (!(await later())) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal((await ask("/api/hand/classify/train", hand)).status, 409);
  await again.close();
  trainer!.kill("SIGINT");
  const { code, out, err } = await training;
  assert.deepEqual([code, err], [130, "stopping after this step; press Ctrl-C again to quit at once\n"]);
  assert.equal((JSON.parse(out.slice(0, out.indexOf("\n"))) as { url: string }).url, url);
});

test("a browser is opened where there is a desktop", () => {
  assert.deepEqual(openerOf({}, "darwin"), ["open"]);
  assert.deepEqual(openerOf({ DISPLAY: ":0" }, "linux"), ["xdg-open"]);
  assert.equal(openerOf({}, "linux"), null);
});
