// The tab Mistakes of the page Inspect in Chromium: numbers of `fovea val`, cells that show their pictures, the plane of features; on a public set and on a folder.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { knownSets } from "../../src/cli/knownSets.ts";
import { Studio } from "../../src/studio/studio.ts";
import { writeShapes } from "../support/pictureFolder.ts";
import { noLauncher, temporaryFolder } from "../support/studio.ts";
import { assertAccessible, launchChromium, openContext, openTab } from "../support/studioPage.ts";
import { fovea } from "./cli.ts";

const project = temporaryFolder();
const photos = temporaryFolder();
const complaints: string[] = [];
let browser: Browser;
let context: BrowserContext;
let studio: Studio;
let page: Page;

/** What `fovea val --json` says. */
interface Validation {
  readonly samples: number;
  readonly loss: number;
  readonly top1: number;
  readonly top5: number;
  readonly confusion: readonly (readonly number[])[];
}

async function validationOf(...options: string[]): Promise<Validation> {
  const { code, out, err } = await fovea(["val", ...options, "--json"]);
  assert.equal(code, 0, err);
  return JSON.parse(out) as Validation;
}

async function train(...options: string[]): Promise<void> {
  const { code, err } = await fovea(["train", `project=${project}`, ...options]);
  assert.equal(code, 0, err);
}

before(async () => {
  writeShapes(photos, 24);
  await train("limit=1280", "epochs=1", "name=digits");
  await train(`data=${photos}`, "model=nin", "imgsz=32", "batch=8", "epochs=1", "name=photos");
  studio = new Studio({ project, launcher: noLauncher, sets: { folders: [], known: knownSets() } });
  await studio.listen(0);
  browser = await launchChromium();
  context = await openContext(browser, 1440);
  page = await openTab(context, complaints);
  await page.goto(`${studio.url}#/inspect/mistakes?model=run:classify/digits`);
});

after(async () => {
  await browser?.close();
  await studio?.close();
});

const button = (name: string) => page.getByRole("button", { name, exact: true });
const hasText = (selector: string, text: string) =>
  page.locator(selector, { hasText: text }).first().waitFor();

/** The page says what `fovea val` does. */
async function assertFigures({ samples, loss, top1, top5, confusion }: Validation): Promise<void> {
  const tiles = await page.locator(".mistakes .tiles dd").allInnerTexts();
  const wrong = samples - Math.round(top1 * samples);
  assert.deepEqual(tiles.slice(0, 4), [
    `${(100 * top1).toFixed(2)}%`,
    wrong.toLocaleString("en-US"),
    `${(100 * top5).toFixed(2)}%`,
    String(Number(loss.toPrecision(4))),
  ]);
  const cells = await page
    .locator("button.cell")
    .evaluateAll((all) => all.map((cell) => cell.firstChild!.textContent!.replaceAll(",", "")));
  assert.deepEqual(
    cells.map((text) => (text === "·" ? 0 : Number(text))),
    confusion.flat(),
  );
}

test("ten thousand pictures: the numbers of fovea val, and the pictures of a cell", {
  timeout: 200_000,
}, async () => {
  await hasText("#measured-title", "10,000 test pictures of mnist");
  const validation = await validationOf(path.join(project, "classify/digits"));
  await assertFigures(validation);
  await hasText("#pictures-title", "Worst mistakes");
  await page.locator(".mistakeGrid .tile").first().waitFor();

  // By keys to a cell, and its pictures come.
  await page.locator("[data-cell='0 0']").focus();
  for (const key of ["ArrowDown", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
  const found = validation.confusion[1]![2]!;
  await page.keyboard.press("Enter");
  await hasText("#pictures-title", `1 taken for 2 ${found}`);
  const right = validation.confusion.map((row, c) => row[c]!);
  const best = right.indexOf(Math.max(...right));
  await page.locator(`[data-cell='${best} ${best}']`).click();
  await hasText("#pictures-title", `${best} taken for ${best} ${right[best]!.toLocaleString("en-US")}`);
  await page.locator(".mistakeGrid .tile").first().click();
  await hasText(".looked", "Taken for");
  await assertAccessible(page);
});

test("the plane of features: components at once, points are pictures when near, a lasso chooses", {
  timeout: 200_000,
}, async () => {
  await hasText(".projection [role=status]", "of the variance");
  const canvas = page.locator(".scatter canvas");
  await canvas.scrollIntoViewIfNeeded();
  const box = (await canvas.boundingBox())!;
  await page.getByRole("button", { name: "Lasso" }).click();
  await page.mouse.move(box.x + 5, box.y + 5);
  await page.mouse.down();
  for (const [x, y] of [
    [box.width - 5, 5],
    [box.width - 5, box.height - 5],
    [5, box.height - 5],
  ] as const) {
    await page.mouse.move(box.x + x, box.y + y, { steps: 3 });
  }
  await page.mouse.up();
  await hasText("#pictures-title", "10,000 points 10,000");

  await page.getByRole("button", { name: "Move" }).click();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.keyboard.down("Control");
  for (let i = 0; i < 20; i++) await page.mouse.wheel(0, -40);
  await page.keyboard.up("Control");
  await page.locator(".scatter .points span").first().waitFor();
  await page.getByRole("button", { name: "Choose what is in sight" }).click();
  await hasText("#pictures-title", "points");
  await page.getByRole("button", { name: "t-SNE" }).click();
  await hasText(".projection [role=status]", "2,500 of 10,000 pictures");
  await hasText(".projection [role=status]", "of 1,000");
  await page.getByRole("button", { name: "Stop" }).click();
  await hasText(".projection button", "Start again");
});

test("a picture is looked at inside", { timeout: 200_000 }, async () => {
  await page.locator(".mistakeGrid .tile").first().dblclick();
  await hasText("[role=tab][aria-selected=true]", "Look inside");
  await hasText("#picture-title", "Picture");
  await page.locator(".samples").waitFor();
  await page.getByRole("tab", { selected: true }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("tab", { name: "Mistakes", selected: true }).waitFor();
  await hasText("#measured-title", "10,000 test pictures of mnist");
});

test("a folder's pictures, in Chinese and dark", { timeout: 200_000 }, async () => {
  await page.getByLabel("Model", { exact: true }).selectOption("run:classify/photos");
  await hasText("#measured-title", "test pictures of");
  await assertFigures(await validationOf(path.join(project, "classify/photos")));
  await page.locator(".mistakes label select").first().selectOption("val");
  await hasText("#measured-title", "validation pictures of");
  await assertFigures(await validationOf(path.join(project, "classify/photos"), "split=val"));
  await page.getByLabel("Language").selectOption("zh");
  await page.getByLabel("配色").selectOption("dark");
  await hasText("#confusion-title", "混淆矩阵");
  for (const width of [1024, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${width}: ${over} pixels too wide`);
  }
  await assertAccessible(page);
  assert.deepEqual(complaints, []);
});

test("networks without training have nothing to be wrong about", { timeout: 200_000 }, async () => {
  await page.locator("#model").selectOption("fresh:lenet");
  await hasText(".card", "这些权重没有训练过");
  assert.equal(await button("Measure").count(), 0);
});
