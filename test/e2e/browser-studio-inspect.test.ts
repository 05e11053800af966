// The page Inspect in Chromium: a digit drawn by mouse, and everything that is shown of it held against the library and `fovea predict` in Node.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { nn, noGrad } from "../../src/index.ts";
import { type TracedStep, trace } from "../../src/inspect/index.ts";
import { encodePng } from "../../src/picture/index.ts";
import { pretrained } from "../../src/pretrained/index.ts";
import { Studio } from "../../src/studio/studio.ts";
import { encodeWeights } from "../../src/train/checkpoint.ts";
import { LeNet } from "../../src/vision/index.ts";
import { mapLayout } from "../../studio/inspect/mapLayout.ts";
import { paintMaps } from "../../studio/inspect/paintMaps.ts";
import { scaleOf } from "../../studio/inspect/scale.ts";
import { writeShapes } from "../support/pictureFolder.ts";
import { lenetInfo } from "../support/savedLenet.ts";
import { noLauncher, temporaryFolder, writeFiles } from "../support/studio.ts";
import { assertAccessible, launchChromium, openContext, openTab } from "../support/studioPage.ts";
import { fovea } from "./cli.ts";

const root = temporaryFolder();
const project = path.join(root, "runs");
const complaints: string[] = [];
let browser: Browser;
let studio: Studio;
let tab: Page;

before(async () => {
  writeFiles(project, {
    "classify/train/args.yaml": "model: lenet\ndata: shapes\nepochs: 4\n",
    "classify/train/weights/best.safetensors": await encodeWeights(new LeNet({ classes: 3 }), lenetInfo),
  });
  mkdirSync(path.join(root, "shapes"));
  writeShapes(path.join(root, "shapes"), 4);
  studio = new Studio({
    project,
    launcher: noLauncher,
    sets: { folders: [path.join(root, "shapes")], known: [] },
  });
  await studio.listen(0);
  browser = await launchChromium();
  const context = await openContext(browser, 1440);
  tab = await openTab(context, complaints);
  await tab.goto(studio.url);
  await tab.evaluate(() => {
    location.hash = "#/inspect/look?model=package%3Alenet-mnist";
  });
  await tab.waitForSelector('canvas[data-step="9"][data-drawn="true"]');
});

after(async () => {
  await browser?.close();
  await studio?.close();
});

/** A seven, by mouse. */
async function drawSeven(): Promise<void> {
  const box = (await tab.locator(".pad").boundingBox())!;
  const to = (x: number, y: number, steps = 1) => tab.mouse.move(box.x + x, box.y + y, { steps });
  await to(80, 60);
  await tab.mouse.down();
  await to(200, 60, 15);
  await to(130, 230, 20);
  await tab.mouse.up();
  await settled();
}

/** Waits until the picture that was asked for last is drawn. */
async function settled(): Promise<void> {
  let before = "";
  await tab.waitForTimeout(150);
  for (;;) {
    const now = await tab.locator(".answers").innerText();
    if (now === before) return;
    before = now;
    await tab.waitForTimeout(150);
  }
}

/** The network's input as it is shown: with nothing in focus its pixels are bytes. */
async function shownInput(): Promise<Uint8Array> {
  const bytes = await tab.locator("canvas.input").evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const zoom = canvas.width / 28;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: 784 }, (_, i) => {
      const [x, y] = [(i % 28) * zoom, Math.floor(i / 28) * zoom];
      return data[4 * (y * canvas.width + x)]!;
    });
  });
  return Uint8Array.from(bytes);
}

async function stepsOf(pixels: Uint8Array): Promise<readonly TracedStep[]> {
  const { model, preprocess } = await pretrained("lenet-mnist");
  return noGrad(() => trace(model, preprocess({ width: 28, height: 28, channels: 1, data: pixels })));
}

test("a drawn digit is answered as fovea predict answers it, with every layer's maps", {
  timeout: 200_000,
}, async (t) => {
  await drawSeven();
  const pixels = await shownInput();
  const steps = await stepsOf(pixels);
  const expected = noGrad(() => nn.softmax(steps.at(-1)!.output, 1)).dataSync();
  const shares = await tab.locator(".answers .share").allInnerTexts();
  assert.deepEqual(
    shares,
    Array.from(expected, (share) => `${(100 * share).toFixed(1)}%`),
  );
  assert.equal(expected.indexOf(Math.max(...expected)), 7);

  const file = path.join(root, "seven.png");
  writeFileSync(file, await encodePng({ width: 28, height: 28, channels: 1, data: pixels }));
  const said = await fovea(["predict", "lenet-mnist", file, "invert=no", "top=10", "--json"]);
  const [{ top }] = JSON.parse(said.out).results;
  for (const { class: name, probability } of top)
    assert.ok(Math.abs(probability - expected[Number(name)]!) < 1e-5);

  for (const [i, { output, path: at, kind }] of steps.entries()) {
    const shown = await tab.locator(`canvas[data-step="${i}"]`).evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      const room = element.parentElement!.parentElement!.clientWidth;
      const { data } = (element as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height);
      return { width, height, room, data: Array.from(data) };
    });
    const layout = mapLayout(output.shape.slice(1), shown.room);
    assert.deepEqual([shown.width, shown.height], [layout.width, layout.height], `${at} ${kind}`);
    const painted = new Uint32Array(layout.width * layout.height);
    paintMaps(painted, layout, output.dataSync() as Float32Array, scaleOf("light"), "step");
    const bytes = new Uint8Array(painted.buffer);
    const worst = shown.data.reduce((most, value, j) => Math.max(most, Math.abs(value - bytes[j]!)), 0);
    assert.ok(worst <= 2, `${at} ${kind}: colours are up to ${worst} apart`);
  }
  const median = await tab.locator(".time").getAttribute("data-median");
  assert.ok(Number(median) > 0);
  t.diagnostic(`median time from the pointer's event to all maps: ${Number(median).toFixed(1)} ms`);
});

test("a number that is pointed at is spelled out, and adds up", { timeout: 200_000 }, async () => {
  const steps = await stepsOf(await shownInput());
  const numbers = async () => ({
    title: await tab.locator(".spelled p[aria-live] strong").innerText(),
    cell: JSON.parse(
      /\[[\d, ]+\]/.exec(await tab.locator(".spelled p[aria-live]").innerText())![0],
    ) as number[],
    value: Number(await tab.locator(".spelled [data-value]").getAttribute("data-value")),
    total: Number(
      (await tab.locator(".spelled [data-total]").count()) > 0
        ? await tab.locator(".spelled [data-total]").getAttribute("data-total")
        : Number.NaN,
    ),
  });
  for (const [step, at] of [
    [0, [100, 40]],
    [4, [75, 30]],
    [2, [20, 22]],
    [9, [40, 8]],
  ] as const) {
    await tab.locator(`canvas[data-step="${step}"]`).click({ position: { x: at[0], y: at[1] } });
    const name = `${steps[step]!.path} ${steps[step]!.kind}`.trim();
    await tab.locator(".spelled strong", { hasText: name }).waitFor();
    const { cell, value, total } = await numbers();
    const { output } = steps[step]!;
    const index = cell.reduce((offset, i, d) => offset * output.shape[d + 1]! + i, 0);
    assert.ok(Math.abs(value - output.dataSync()[index]!) < 1e-5, `${name} ${cell}`);
    assert.ok(
      Math.abs(total - value) < 1e-5 * Math.max(1, Math.abs(value)),
      `${name}: ${total} and ${value}`,
    );
  }
  // A convolution over sixteen channels shows those that weigh most, or all.
  await tab.locator('canvas[data-step="6"]').click({ position: { x: 60, y: 6 } });
  await tab.locator(".spelled", { hasText: "10 other channels" }).waitFor();
  await tab.getByRole("button", { name: "All 16 channels" }).click();
  await tab.waitForFunction(() => document.querySelectorAll(".spelled .channel").length === 16);
  const whole = await numbers();
  assert.ok(Math.abs(whole.total - whole.value) < 1e-4);
  // What the keyboard does: from number to number, from map to map, and away.
  await tab.locator('canvas[data-step="0"]').focus();
  await tab.keyboard.press("Escape");
  await tab.keyboard.press("ArrowRight");
  for (const key of ["ArrowRight", "ArrowDown", "PageDown"]) await tab.keyboard.press(key);
  await tab.locator(".spelled p[aria-live]", { hasText: "[1, 1, 1]" }).waitFor();
  await tab.locator(".spelled", { hasText: "first tap at row 1, column 1" }).waitFor();
  await tab.locator('article[aria-label="conv2 Conv2d"] summary').click();
  await tab.locator('article[aria-label="conv2 Conv2d"] figure canvas').waitFor();
  await assertAccessible(tab);
  await tab.locator('canvas[data-step="0"]').focus();
  await tab.keyboard.press("Escape");
  await tab.locator(".spelled", { hasText: "Point at a number" }).waitFor();
});

test("what the answer rests on is laid over the input, in both languages", { timeout: 200_000 }, async () => {
  const plain = await shownInput();
  await tab.getByLabel("Method").selectOption("gradCam");
  await tab.locator("[data-explained=gradCam]", { hasText: "Grad-CAM of pool2 for “7”" }).waitFor();
  assert.notDeepEqual(await shownInput(), plain);
  await tab.getByRole("combobox", { name: "Layer" }).selectOption("conv1");
  await tab.locator("[data-explained=gradCam]", { hasText: "Grad-CAM of conv1" }).waitFor();
  await tab.getByLabel("Language").selectOption("zh");
  await tab.getByLabel("方法").selectOption("occlusion");
  await tab.getByLabel("遮块").fill("5");
  await tab.keyboard.press("Tab");
  await tab.getByRole("combobox", { name: "类别" }).selectOption("1");
  await tab
    .locator("[data-explained=occlusion]", { hasText: "用 5 像素的方块每隔 2 像素遮一次：“1”" })
    .waitFor();
  await tab.getByLabel("配色", { exact: true }).selectOption("dark");
  await tab.waitForFunction(() => getComputedStyle(document.body).backgroundColor === "rgb(20, 23, 26)");
  await assertAccessible(tab);
  await tab.getByLabel("方法").selectOption("none");
  await tab.getByLabel("配色", { exact: true }).selectOption("");
  await tab.getByLabel("语言").selectOption("en");
});

test("files and pictures of sets are looked at, and what was done to them is said", {
  timeout: 200_000,
}, async () => {
  const paper = new Uint8Array(60 * 40).fill(255);
  for (let y = 5; y < 35; y++) paper.fill(0, y * 60 + 28, y * 60 + 32);
  const png = await encodePng({ width: 60, height: 40, channels: 1, data: paper });
  await tab.getByRole("button", { name: "File", exact: true }).click();
  await tab
    .getByLabel("Choose a picture")
    .setInputFiles({ name: "one.png", mimeType: "image/png", buffer: Buffer.from(png) });
  await tab.getByText("It came with 60 × 40 pixels. Dark and bright were turned round").waitFor();
  await tab
    .getByLabel("Choose a picture")
    .setInputFiles({ name: "broken.png", mimeType: "image/png", buffer: Buffer.from("nothing") });
  await tab.locator(".picture [role=alert]").waitFor();
  await tab.getByRole("button", { name: "Data set", exact: true }).click();
  await tab.locator(".samples .tile").nth(1).click();
  await tab.getByText(/It came with \d\d × \d\d pixels\. Grayscale/).waitFor();
  assert.equal(await tab.locator(".picture [role=alert]").count(), 0);
});

test("runs and networks without training are looked into, and the address remembers which", {
  timeout: 200_000,
}, async () => {
  await tab.getByLabel("Model").selectOption("run:classify/train");
  await tab.locator(".answers li", { hasText: "c" }).waitFor();
  assert.equal(await tab.locator(".answers li").count(), 3);
  await tab.reload();
  await tab.waitForSelector('canvas[data-step="9"][data-drawn="true"]');
  assert.equal(await tab.getByLabel("Model").inputValue(), "run:classify/train");
  const shares = () => tab.locator(".answers").innerText();
  const before = await shares();
  writeFiles(project, {
    "classify/train/args.yaml": "model: lenet\ndata: shapes\nepochs: 5\n",
    "classify/train/weights/best.safetensors": await encodeWeights(new LeNet({ classes: 3 }), lenetInfo),
  });
  await tab.getByRole("button", { name: "The run has newer weights" }).click();
  await tab.waitForFunction(
    (before) => !document.querySelector<HTMLElement>(".answers")?.innerText.startsWith(before),
    before,
  );
  await settled();
  assert.notEqual(await shares(), before);
  await tab.getByLabel("Model").selectOption("fresh:resnet20");
  await tab.getByText("This network has more than 400 maps").waitFor();
  await tab.waitForSelector('canvas[data-step="0"][data-drawn="true"]');
  assert.equal(await tab.locator("canvas[data-step]").count(), 2);
  await tab.getByRole("button", { name: "Maps of layer1.0 add" }).click();
  await tab.waitForSelector('article[aria-label="layer1.0 add"] canvas[data-drawn="true"]');
  await tab.locator('article[aria-label="conv1 Conv2d"] summary').click();
  await tab.getByText("Grey is 0; full red, green and blue are").waitFor();
  for (const width of [1024, 1920]) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
  }
  // The one note is on how often this test reads canvases.
  assert.deepEqual(
    complaints.filter((text) => !text.includes("getImageData")),
    [],
  );
});
