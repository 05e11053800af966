// The library in Chromium: LeNet trains in a page's worker with and without threads, as it does in Node.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright-core";
import { findChromium } from "../../scripts/chromium.ts";
import type { Page } from "./browser-page.ts";
import { type Training, trainLenet } from "./browser-training.ts";
import type { WorkerReport } from "./browser-worker.ts";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
const html =
  '<!doctype html><title>Fovea</title><link rel="icon" href="data:,"><script type="module" src="page.js"></script>';

/** What happened on one visit of the page. */
interface Visit {
  readonly report: WorkerReport;
  readonly mainThread: ReturnType<Page["threadsOnMainThread"]>;
  /** Console errors, uncaught errors and failed requests. */
  readonly complaints: readonly string[];
  /** How many scripts of library threads were loaded. */
  readonly threadScripts: number;
}

let browser: Browser;
let scripts: ReadonlyMap<string, string>;

before(async () => {
  const executablePath = findChromium();
  assert.ok(executablePath, "no Chromium: install it, or set CHROMIUM_PATH");
  [browser, scripts] = await Promise.all([
    chromium.launch({ executablePath, args: flags }),
    bundle({
      page: "./browser-page.js",
      worker: "./browser-worker.js",
      "worker.browser": "../../src/backend/wasm/worker.browser.js",
    }),
  ]);
});

after(async () => {
  await browser?.close();
});

/** One script for each entry, as a bundler makes them for browsers; by path on the server. */
async function bundle(entries: Record<string, string>): Promise<Map<string, string>> {
  const entryPoints = Object.fromEntries(
    Object.entries(entries).map(([name, file]) => [name, fileURLToPath(new URL(file, import.meta.url))]),
  );
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["browser"],
    target: "es2022",
    outdir: "/",
    write: false,
    logLevel: "error",
  });
  return new Map(outputFiles.map(({ path, text }) => [path, text]));
}

async function visit(headers: Record<string, string>): Promise<Visit> {
  let threadScripts = 0;
  const server = createServer(({ url }, response) => {
    if (url === "/worker.browser.js") threadScripts++;
    const text = url === "/" ? html : scripts.get(url ?? "");
    const type = url === "/" ? "text/html" : "text/javascript";
    response.writeHead(text === undefined ? 404 : 200, { ...headers, "Content-Type": type }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const context = await browser.newContext();
  try {
    const complaints: string[] = [];
    const tab = await context.newPage();
    tab.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    tab.on("pageerror", (error) => complaints.push(String(error)));
    tab.on("requestfailed", (request) => complaints.push(`${request.url()} was not loaded`));
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await tab.waitForFunction("globalThis.page");
    const mainThread = (await tab.evaluate("page.threadsOnMainThread()")) as Visit["mainThread"];
    const report = (await tab.evaluate("page.train()")) as WorkerReport;
    return { report, mainThread, complaints, threadScripts };
  } finally {
    await context.close();
    server.close();
  }
}

function assertNear(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[i]!) <= 1e-6, `step ${i}: ${value} instead of ${expected[i]}`);
  }
}

test("LeNet trains in a page's worker as in Node, with and without threads", {
  timeout: 120_000,
}, async (t) => {
  const standard = await trainLenet(1, true);
  const portable = await trainLenet(1, false);
  assert.ok(standard.losses.at(-1)! < standard.losses[0]!, `losses ${standard.losses.join(", ")}`);
  const withThreads = await visit(isolation);
  const withoutThreads = await visit({});

  const checkLosses = ({ report }: Visit) => {
    assertNear(report.standard.losses, standard.losses);
    assert.deepEqual(report.portable.losses, portable.losses);
  };

  await t.test("a page that is cross-origin isolated uses threads", () => {
    const { report, threadScripts, complaints } = withThreads;
    const used = (training: Training) => ({ threads: training.threads > 1, degraded: training.degraded });
    assert.equal(report.isolated, true);
    assert.deepEqual(used(report.standard), { threads: true, degraded: null });
    assert.deepEqual(used(report.portable), { threads: true, degraded: null });
    assert.equal(report.entered, report.standard.threads);
    assert.ok(threadScripts > 0, "no thread was started");
    assert.deepEqual(complaints, []);
    checkLosses(withThreads);
  });

  await t.test("a page that is not does without", () => {
    const { report, threadScripts, complaints } = withoutThreads;
    assert.equal(report.isolated, false);
    assert.equal(report.standard.threads, 1);
    assert.equal(report.entered, 1);
    assert.equal(threadScripts, 0);
    assert.deepEqual(complaints, []);
    checkLosses(withoutThreads);
  });

  await t.test("threads change no bit", () => {
    assert.deepEqual(withThreads.report.standard.losses, withoutThreads.report.standard.losses);
    assert.deepEqual(withThreads.report.portable.losses, withoutThreads.report.portable.losses);
  });

  await t.test("a page's main thread gets no threads, and is told the way out", () => {
    for (const { mainThread } of [withThreads, withoutThreads]) {
      assert.equal(mainThread?.name, "UnsupportedError");
      assert.match(mainThread.message, /Run in a Worker/);
    }
  });
});
