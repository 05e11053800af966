// The compute worker of the studio's page in Chromium: models of a run and of the package, and the same numbers as in Node.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { findChromium } from "../../scripts/chromium.ts";
import { gradCam, occlusion, unitView } from "../../src/explain/index.ts";
import { nn, noGrad } from "../../src/index.ts";
import { trace } from "../../src/inspect/index.ts";
import { pretrained } from "../../src/pretrained/index.ts";
import { encodeWeights } from "../../src/train/checkpoint.ts";
import { LeNet } from "../../src/vision/index.ts";
import type { CancelledError, compute } from "../../studio/compute/client.ts";
import { lenetInfo } from "../support/savedLenet.ts";
import { type OpenStudio, openStudio, temporaryFolder, writeFiles } from "../support/studio.ts";

declare const client: { compute: typeof compute; CancelledError: typeof CancelledError };

const project = temporaryFolder();
const complaints: string[] = [];
let browser: Browser;
let open: OpenStudio;
let tab: Page;

before(async () => {
  writeFiles(project, {
    "classify/train/args.yaml": "model: lenet\ndata: mnist\nepochs: 2\n",
    "classify/train/weights/best.safetensors": await encodeWeights(new LeNet({ classes: 3 }), lenetInfo),
  });
  open = await openStudio(project);
  const executablePath = findChromium();
  assert.ok(executablePath, "no Chromium: install it, or set CHROMIUM_PATH");
  browser = await chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
  tab = await browser.newPage();
  tab.on("pageerror", (error) => complaints.push(String(error)));
  tab.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  const { outputFiles } = await build({
    stdin: {
      contents: 'import * as client from "./client.js"; globalThis.client = client;',
      resolveDir: fileURLToPath(new URL("../../studio/compute/", import.meta.url)),
    },
    bundle: true,
    format: "esm",
    write: false,
  });
  await tab.route("**/test.js", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      headers: { "Cross-Origin-Embedder-Policy": "require-corp" },
      body: outputFiles[0]!.text,
    }),
  );
  await tab.goto(open.studio.url);
  await tab.addScriptTag({ url: new URL("/test.js", open.studio.url).href, type: "module" });
  await tab.waitForFunction("globalThis.client");
});

after(async () => {
  await browser?.close();
  await open?.studio.close();
});

/** A seven, more or less, in grey on black. */
const pixels = Uint8Array.from({ length: 784 }, (_, i) => {
  const [x, y] = [i % 28, Math.floor(i / 28)];
  return (y > 5 && y < 9 && x > 7 && x < 20) || (y >= 9 && y < 23 && Math.abs(x - (22 - y / 2)) < 2)
    ? 230
    : 0;
});

test("the library in the worker gives what it gives in Node, step by step", {
  timeout: 200_000,
}, async () => {
  const there = await tab.evaluate(async (pixels) => {
    const model = { kind: "package", name: "lenet-mnist" } as const;
    const facts = await client.compute("open", { model });
    const picture = {
      kind: "pixels",
      ...{ width: 28, height: 28, channels: 1, data: Uint8Array.from(pixels), invert: false },
    } as const;
    const { steps, probabilities, input } = await client.compute("run", { model, picture, steps: null });
    return {
      facts,
      input: Array.from(input.data),
      probabilities: Array.from(probabilities),
      steps: steps.map(({ step, shape, data }) => ({ step, shape, data: Array.from(data) })),
    };
  }, Array.from(pixels));
  const { model, preprocess } = await pretrained("lenet-mnist");
  const here = noGrad(() => trace(model, preprocess({ width: 28, height: 28, channels: 1, data: pixels })));
  assert.deepEqual(
    there.facts.steps.map(({ path, kind, shape }) => `${path} ${kind} ${shape.join("×")}`),
    here.map(({ path, kind, output }) => `${path} ${kind} ${output.shape.slice(1).join("×")}`),
  );
  assert.equal(there.facts.steps[0]!.kind, "Conv2d");
  assert.deepEqual(there.input, Array.from(pixels));
  for (const [i, { output }] of here.entries()) near(there.steps[i]!.data, output.dataSync(), `step ${i}`);
  const probabilities = noGrad(() => nn.softmax(here.at(-1)!.output, 1)).dataSync();
  near(there.probabilities, probabilities, "probabilities");
});

test("explanations and a unit's gradient are the library's", { timeout: 200_000 }, async () => {
  const there = await tab.evaluate(async () => {
    const model = { kind: "package", name: "lenet-mnist" } as const;
    const shares: number[] = [];
    const cam = await client.compute("gradCam", { model, layer: "conv2", target: 3 });
    const covered = await client.compute(
      "occlusion",
      { model, target: 7, size: 6, stride: 3 },
      { onProgress: (share) => shares.push(share) },
    );
    const unit = await client.compute("unit", { model, step: 5, cell: [4, 1, 2] });
    const arrays = [cam.map.data, covered.map.data, unit.gradient.data].map((data) => Array.from(data));
    return {
      cam: arrays[0]!,
      covered: arrays[1]!,
      gradient: arrays[2]!,
      unit: [unit.rows, unit.columns],
      shares,
    };
  });
  const { model, preprocess } = await pretrained("lenet-mnist");
  const input = preprocess({ width: 28, height: 28, channels: 1, data: pixels });
  near(there.cam, gradCam(model, input, { layer: "conv2", target: 3 }).map.dataSync(), "Grad-CAM");
  const { map } = await occlusion(model, input, { target: 7, size: 6, stride: 3 });
  near(there.covered, map.dataSync(), "occlusion");
  assert.equal(there.shares.at(-1), 1);
  const view = unitView(model, input, { layer: "pool2", channel: 4, at: [1, 2] });
  near(there.gradient, view.gradient.dataSync(), "gradient");
  const { top, left, height, width } = view.box;
  assert.deepEqual(there.unit, [
    [top, top + height - 1],
    [left, left + width - 1],
  ]);
});

test("features come for several pictures, from a run's weights", { timeout: 200_000 }, async () => {
  const { probabilities, features, classes } = await tab.evaluate(async (pixels) => {
    const model = { kind: "run", id: "classify/train", changed: 1 } as const;
    const { classes } = await client.compute("open", { model });
    const picture = {
      kind: "pixels",
      ...{ width: 28, height: 28, channels: 1, data: Uint8Array.from(pixels), invert: false },
    } as const;
    const answer = await client.compute("features", { model, pictures: Array(70).fill(picture) });
    return { classes, probabilities: answer.probabilities.shape, features: answer.features.shape };
  }, Array.from(pixels));
  assert.deepEqual(classes, ["a", "b", "c"]);
  assert.deepEqual(probabilities, [70, 3]);
  assert.deepEqual(features, [70, 64]);
});

test("errors are the library's words, requests can be given up, and of stale ones the latest counts", {
  timeout: 200_000,
}, async () => {
  const said = await tab.evaluate(async () => {
    const model = { kind: "package", name: "lenet-mnist" } as const;
    const wordsOf = (asked: Promise<unknown>) =>
      asked.then(
        () => "answered",
        (error: Error) => `${error.name}: ${error.message}`,
      );
    const given = new AbortController();
    const picture = { kind: "file", bytes: new Uint8Array([1, 2, 3]), invert: true } as const;
    const drawing = (ink: number) =>
      ({ kind: "drawing", width: 8, height: 8, data: new Uint8Array(64).fill(ink), asDigit: true }) as const;
    const run = (ink: number) =>
      client.compute("run", { model, picture: drawing(ink), steps: [] }, { latest: "run" });
    const asked = [
      wordsOf(client.compute("run", { model, picture, steps: [] })),
      wordsOf(client.compute("open", { model: { kind: "package", name: "lenet-mnist.safetensors" } })),
      wordsOf(client.compute("open", { model: { kind: "run", id: "nowhere", changed: 0 } })),
      wordsOf(client.compute("features", { model, pictures: [drawing(1)] }, { signal: given.signal })),
      ...[1, 2, 3].map((ink) => wordsOf(run(ink))),
    ];
    given.abort();
    return Promise.all(asked);
  });
  assert.match(said[0]!, /^Error: .*(PNG|picture|image)/);
  assert.match(said[1]!, /^Error: no weights of that name come with the package; known are lenet-mnist, /);
  assert.match(said[2]!, /^Error: there is no nowhere/);
  assert.match(said[3]!, /^CancelledError/);
  assert.deepEqual(
    said.slice(4).map((words) => words.split(":")[0]),
    ["answered", "CancelledError", "answered"],
  );
});

test("the page's policy lets the worker and its threads in, and nothing complained but the refusals", async () => {
  const threads = await tab.evaluate(async () => {
    const { threads } = await client.compute("open", { model: { kind: "package", name: "lenet-mnist" } });
    return threads === Math.min(8, navigator.hardwareConcurrency);
  });
  assert.equal(threads, true);
  assert.deepEqual(
    complaints.filter((text) => !text.includes("status of 404")),
    [],
  );
});

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.equal(actual.length, expected.length, what);
  for (let i = 0; i < actual.length; i++) {
    const bound = 1e-5 + 1e-5 * Math.abs(expected[i]!);
    assert.ok(
      Math.abs(actual[i]! - expected[i]!) <= bound,
      `${what}: ${actual[i]} instead of ${expected[i]}`,
    );
  }
}
