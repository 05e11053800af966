// Files of weights in Chromium: by address, in ranges, and from a Blob, with the same values as in Node.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { findChromium } from "../../scripts/chromium.ts";
import { readWeights } from "../../src/interop/weights.ts";

const oracle = new URL("../../../test/oracle/weights/", import.meta.url);
const files = [
  "torch-views.pt",
  "torch-checkpoint-legacy.pth",
  "types.safetensors",
  "numpy-compressed.npz",
  "numpy-v3.npy",
  "paddle-4.pdparams",
];

declare const fovea: { readWeights: typeof readWeights };

let browser: Browser;
let tab: Page;
const ranges: string[] = [];

const server = http.createServer(({ url, headers }, response) => {
  if (url === "/")
    return void response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html>");
  // A browser asks for an icon as well.
  const name = url!.slice(1);
  if (!files.includes(name)) return void response.writeHead(404).end();
  const bytes = readFileSync(new URL(name, oracle));
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "")!;
  const end = Math.min(Number(last) + 1, bytes.length);
  ranges.push(headers.range!);
  response.writeHead(206, { "Content-Range": `bytes ${first}-${end - 1}/${bytes.length}` });
  response.end(bytes.subarray(Number(first), end));
});

before(async () => {
  const executablePath = findChromium();
  assert.ok(executablePath, "no Chromium: install it, or set CHROMIUM_PATH");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const [launched, { outputFiles }] = await Promise.all([
    chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu"] }),
    build({
      entryPoints: [fileURLToPath(new URL("../../src/entry/interop.js", import.meta.url))],
      bundle: true,
      format: "iife",
      globalName: "fovea",
      platform: "browser",
      conditions: ["browser"],
      target: "es2022",
      write: false,
      logLevel: "error",
    }),
  ]);
  browser = launched;
  tab = await browser.newPage();
  await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await tab.addScriptTag({ content: outputFiles[0]!.text });
});

after(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
});

for (const name of files) {
  test(`${name} in a browser`, async () => {
    const here = await readWeights(new URL(name, oracle));
    const expected = Array.from(here.tensors, ([key, { dtype, shape, data }]) => [
      key,
      dtype,
      shape,
      data.join(),
    ]);
    const bytes = Array.from(readFileSync(new URL(name, oracle)));
    const there = await tab.evaluate(
      async ([address, content]) => {
        const found = [];
        for (const source of [address as string, new Blob([Uint8Array.from(content as number[])])]) {
          const { tensors } = await fovea.readWeights(source);
          found.push(
            Array.from(tensors, ([key, { dtype, shape, data }]) => [key, dtype, shape, data.join()]),
          );
        }
        return found;
      },
      [name, bytes] as const,
    );
    assert.deepEqual(there, [expected, expected]);
    assert.ok(ranges.includes("bytes=0-65535"));
  });
}

test("what is no file of weights is refused in a browser", async () => {
  const message = await tab.evaluate(async () => {
    return fovea.readWeights(new File(["hello"], "model.pt")).catch((error: unknown) => String(error));
  });
  assert.match(String(message), /^FormatError: model\.pt: no format of weights begins with 68 65/);
});
