// Pictures in Chromium: the files of the oracle give the same pixels as in Node, and what is damaged is refused by the same errors.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { findChromium } from "../../scripts/chromium.ts";
import type { decodeImage, encodePng, Picture } from "../../src/picture/index.ts";
import { readStored, stored } from "../oracle/harness.ts";

const { index, tensors } = readStored<{ cases: readonly string[] }>("pictures.safetensors");

declare const fovea: { decodeImage: typeof decodeImage; encodePng: typeof encodePng };

let browser: Browser;
let tab: Page;

before(async () => {
  const executablePath = findChromium();
  assert.ok(executablePath, "no Chromium: install it, or set CHROMIUM_PATH");
  const entry = fileURLToPath(new URL("../../src/entry/picture.js", import.meta.url));
  const [launched, { outputFiles }] = await Promise.all([
    chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu"] }),
    build({
      entryPoints: [entry],
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
  await tab.addScriptTag({ content: outputFiles[0]!.text });
});

after(async () => {
  await browser?.close();
});

/** What the page reads from a file: a picture, or an error. */
async function decodeThere(file: Uint8Array): Promise<Picture | { error: string }> {
  const result = await tab.evaluate(async (bytes) => {
    try {
      const picture = await fovea.decodeImage(Uint8Array.from(bytes), { file: "a file" });
      return { ...picture, data: [...picture.data] };
    } catch (error) {
      return { error: String(error) };
    }
  }, Array.from(file));
  return "data" in result ? { ...result, data: Uint8Array.from(result.data) } : result;
}

for (const name of index.cases) {
  test(`${name} in a browser`, async () => {
    const picture = await decodeThere(stored(tensors, `${name}.file`).data as Uint8Array);
    assert.ok("data" in picture, JSON.stringify(picture));
    const { shape, data } = stored(tensors, `${name}.pixels`);
    const { width, height, channels } = picture;
    assert.deepEqual([height, width, channels], shape);
    if (!name.startsWith("webp") || channels < 4) {
      assert.deepEqual(picture.data, data);
      return;
    }
    // The canvas rounds colours times alpha: half a level there is this much of the colour.
    for (let at = 0; at < data.length; at += 4) {
      const alpha = data[at + 3]! as number;
      assert.equal(picture.data[at + 3], alpha);
      for (let c = at; c < at + 3; c++)
        assert.ok(Math.abs(picture.data[c]! - (data[c] as number)) <= 1 + 128 / Math.max(alpha, 0.5));
    }
  });
}

test("damaged files are refused in a browser", async () => {
  for (const name of ["jpeg 420", "png RGB 8", "webp lossy"]) {
    const file = stored(tensors, `${name}.file`).data as Uint8Array;
    const short = await decodeThere(file.subarray(0, file.length - 30));
    assert.ok("error" in short, name);
    assert.match(short.error, /^FormatError: a file: .*cut short/);
  }
  // A whole container with nonsense inside.
  const broken = Uint8Array.from(stored(tensors, "webp lossless.file").data as Uint8Array).fill(0xa5, 40);
  const refused = await decodeThere(broken);
  assert.match("error" in refused ? refused.error : "none", /^FormatError: a file: WebP: /);
});

test("a browser writes PNG files", async () => {
  const [picture, back] = await tab.evaluate(async () => {
    const data = Uint8Array.from({ length: 7 * 5 * 3 }, (_, i) => i * 2);
    const file = await fovea.encodePng({ width: 7, height: 5, channels: 3, data });
    return [[...data], [...(await fovea.decodeImage(file)).data]];
  });
  assert.deepEqual(back, picture);
});
