// Weights of the package in Chromium: a bundled page fetches them from beside its script, or from where it says, and answers as Node does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { findChromium } from "../../scripts/chromium.ts";
import { createReferenceBackend } from "../../src/check/index.ts";
import { withBackend } from "../../src/index.ts";
import { pretrained } from "../../src/pretrained/index.ts";

declare const fovea: { pretrained: typeof pretrained };

const root = new URL("../../../", import.meta.url);
/** A bright bar on black, as a one is drawn. */
const picture = {
  width: 28,
  height: 28,
  channels: 1 as const,
  data: Uint8Array.from({ length: 784 }, (_, i) => {
    const [x, y] = [i % 28, Math.floor(i / 28)];
    return x >= 13 && x <= 15 && y >= 5 && y <= 22 ? 255 : 0;
  }),
};

let browser: Browser;
let server: Server;
let tab: Page;

before(async () => {
  const executablePath = findChromium();
  assert.ok(executablePath, "no Chromium: install it, or set CHROMIUM_PATH");
  const { outputFiles } = await build({
    stdin: {
      contents: 'import * as fovea from "./entry/pretrained.js"; globalThis.fovea = fovea;',
      resolveDir: fileURLToPath(new URL("../../src/", import.meta.url)),
    },
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["browser"],
    target: "es2022",
    write: false,
    logLevel: "error",
  });
  const weights = readFileSync(new URL("weights/lenet-mnist.safetensors", root));
  const answers: Record<string, readonly [type: string, content: string | Uint8Array]> = {
    "/": ["text/html", '<!doctype html><title>Fovea</title><script type="module" src="page.js"></script>'],
    "/page.js": ["text/javascript", outputFiles[0]!.text],
    "/weights/lenet-mnist.safetensors": ["application/octet-stream", weights],
    "/elsewhere/digits": ["application/octet-stream", weights],
  };
  server = createServer(({ url }, response) => {
    const [type, content] = answers[url ?? ""] ?? ["text/plain", null];
    response.writeHead(content === null ? 404 : 200, { "Content-Type": type }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  browser = await chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
  tab = await browser.newPage();
  await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await tab.waitForFunction("globalThis.fovea");
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** The page's logits for the picture, or the error. */
function logitsThere(options: { source?: string }): Promise<number[] | string> {
  return tab.evaluate(
    async ({ options, picture }) => {
      try {
        const { model, preprocess } = await fovea.pretrained("lenet-mnist", options);
        const x = preprocess({ ...picture, channels: 1, data: Uint8Array.from(picture.data) });
        return Array.from(await model.forward(x).data());
      } catch (error) {
        return String(error);
      }
    },
    { options, picture: { ...picture, data: Array.from(picture.data) } },
  );
}

test("a page answers as Node does, from the default place and from one of its own", async () => {
  const expected = await withBackend(createReferenceBackend(), async () => {
    const { model, preprocess } = await pretrained("lenet-mnist");
    return Array.from(await model.forward(preprocess(picture)).data());
  });
  assert.equal(expected.indexOf(Math.max(...expected)), 1);
  for (const options of [{}, { source: "elsewhere/digits" }]) {
    const logits = await logitsThere(options);
    assert.ok(Array.isArray(logits), String(logits));
    for (const [i, logit] of logits.entries()) assert.ok(Math.abs(logit - expected[i]!) < 1e-3, `${i}`);
  }
});

test("a file that is not served is named", async () => {
  assert.match(String(await logitsThere({ source: "nowhere" })), /FoveaError: .*nowhere.*404/);
});
