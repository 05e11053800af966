// The page Data of Fovea Studio in Chromium, on a real folder with faults: walked, checked and augmented, in both languages, by mouse and by keyboard.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { openAugmentation } from "../../src/cli/augmenter.ts";
import { knownSets } from "../../src/cli/knownSets.ts";
import { Studio } from "../../src/studio/studio.ts";
import { photo, pngFile } from "../support/photos.ts";
import { writeShapes } from "../support/pictureFolder.ts";
import { noLauncher, temporaryFolder, writeFiles } from "../support/studio.ts";
import { assertAccessible, launchChromium, openContext, openTab } from "../support/studioPage.ts";

const root = temporaryFolder();
const photos = path.join(root, "photos");
const complaints: string[] = [];
let browser: Browser;
let studio: Studio;
let tab: Page;

before(async () => {
  writeShapes(path.join(photos, "train"), 60);
  writeShapes(path.join(photos, "val"), 6, 500);
  const twin = pngFile(photo(1));
  writeFiles(photos, {
    "train/disc/<b>cut.png": twin.subarray(0, 500),
    "train/disc/twin.png": twin,
    "train/square/twin.png": twin,
  });
  studio = new Studio({
    project: path.join(root, "runs"),
    launcher: noLauncher,
    sets: { folders: [photos], known: knownSets() },
    augment: openAugmentation,
  });
  await studio.listen(0);
  browser = await launchChromium();
  const context = await openContext(browser, 1280);
  tab = await openTab(context, complaints);
  await tab.goto(`${studio.url}#/data`);
});

after(async () => {
  await browser?.close();
  await studio?.close();
});

const hasText = (selector: string, text: string | RegExp) =>
  tab.locator(selector, { hasText: text }).first().waitFor();
const button = (name: string | RegExp) => tab.getByRole("button", { name, exact: true });
const grid = () => tab.getByRole("grid");

/** All thumbnails in sight are there. */
async function thumbnails(): Promise<void> {
  await tab.waitForFunction(() => {
    const pictures = [...document.querySelectorAll<HTMLElement>(".grid .picture")];
    const isThere = (one: HTMLElement) => one.style.backgroundImage !== "" || one.nextElementSibling !== null;
    return pictures.length > 0 && pictures.every(isThere);
  });
}

test("the pictures of a folder, their classes and parts", { timeout: 200_000 }, async () => {
  await thumbnails();
  await hasText(".filters", "201 shown");
  await hasText(".splits", "train 183");
  await hasText(".bars li", /disc\s*68/);
  const cells = await tab.getByRole("gridcell").count();
  assert.ok(cells > 20 && cells < 150, `${cells} of 201 pictures are drawn`);
  assert.equal(await grid().getAttribute("aria-multiselectable"), "true");
  await assertAccessible(tab);

  await tab.getByLabel("Search by name").fill("<b>");
  await hasText(".filters", "1 shown");
  await tab.locator(".grid .broken").waitFor();
  await button("Show all").click();
  await tab.getByLabel("Part", { exact: true }).selectOption("val");
  await button(/^square/).click();
  await hasText(".filters", "6 shown");
  await button("Show all").click();
});

test("keys walk the grid, choose pictures, and open one in large", { timeout: 200_000 }, async () => {
  await grid().focus();
  const isActive = (label: string) =>
    tab.waitForFunction((label) => {
      const id = document.querySelector(".grid")!.getAttribute("aria-activedescendant")!;
      return document.getElementById(id)?.getAttribute("aria-label")?.startsWith(label);
    }, label);
  await tab.keyboard.press("End");
  await isActive("val/stripes/5.png, stripes");
  await tab.keyboard.press("Home");
  await isActive("train/disc/0.png, disc");
  await tab.keyboard.press("ArrowRight");
  await tab.keyboard.press("Space");
  await hasText(".filters", "1 chosen");
  await tab.keyboard.press("Shift+ArrowRight");
  await hasText(".filters", "2 chosen");
  await tab.keyboard.press("Control+a");
  await hasText(".filters", "201 chosen");
  await tab.keyboard.press("Escape");

  await tab.keyboard.press("Enter");
  const viewer = tab.getByRole("dialog");
  await hasText(".viewer", /\d+ × \d+/);
  await assertAccessible(tab);
  const shown = await viewer.locator("strong").innerText();
  await tab.keyboard.press("ArrowRight");
  await tab.waitForFunction((name) => document.querySelector(".viewer strong")?.textContent !== name, shown);
  await tab.keyboard.press("Escape");
  await viewer.waitFor({ state: "detached" });
});

test("the check finds what is wrong, and shows it side by side", { timeout: 200_000 }, async () => {
  await tab.getByRole("tab", { name: "Check" }).click();
  await button("Check the set").click();
  await hasText(".findings", "One picture, two classes");
  await tab.getByRole("button", { name: /One picture, two classes/ }).click();
  await hasText(".findings article", "equal files");
  assert.equal(await tab.locator(".cases .picture-button").count(), 2);
  await assertAccessible(tab);
  await tab.locator(".cases .picture-button").first().click();
  await hasText(".viewer", "1 of 2");
  await button("Close").click();
  await tab.getByRole("button", { name: /Damaged files/ }).click();
  await tab.getByRole("button", { name: /^Show .* in the grid$/ }).click();
  await hasText(".filters", "1 shown");
  await hasText(".sign", "Damaged files");
  await button("Show all").click();
});

test("augmentation is tried with sliders and seeds, and says how to train so", {
  timeout: 200_000,
}, async () => {
  await tab.getByRole("tab", { name: "Augmentation" }).click();
  const command = tab.getByLabel("Command");
  const outcome = () => tab.locator(".outcomes .picture[role=img]").first().getAttribute("style");
  await tab.locator(".outcomes [role=img]").nth(11).waitFor();
  assert.match(await command.inputValue(), /^fovea train data=\S*photos augment=standard$/);
  await assertAccessible(tab);
  const before = await outcome();
  await button("Again, with another seed").click();
  await tab.waitForFunction(
    (old) => document.querySelector(".outcomes .picture[role=img]")?.getAttribute("style") !== old,
    before,
  );
  assert.match(await command.inputValue(), /augment=standard seed=1$/);
  await tab.getByLabel("RandomAffine degrees").fill("90");
  assert.match(await command.inputValue(), /augment=augment\.json seed=1$/);
  const file = JSON.parse(await tab.getByLabel("augment.json").inputValue());
  assert.deepEqual(file.transforms[1].degrees, [-90, 90]);
  await tab.getByLabel("Add a step…").selectOption("GaussianBlur");
  await hasText(".steps li", "GaussianBlur");
  await button("Back to standard").click();
  await tab.locator(".steps li", { hasText: "GaussianBlur" }).waitFor({ state: "detached" });
  assert.match(await command.inputValue(), /augment=standard seed=1$/);
});

test("in Chinese and dark, on a public set, from 1024 to 1920", { timeout: 200_000 }, async () => {
  await tab.getByLabel("Language").selectOption("zh");
  await tab.getByLabel("配色").selectOption("dark");
  await tab.getByRole("tab", { name: "检查" }).click();
  await hasText(".findings", "同一张图片，两个类别");
  await tab.getByLabel("图片集", { exact: true }).and(tab.locator("select")).selectOption("mnist");
  await tab.getByRole("tab", { name: "图片" }).click();
  await hasText(".filters", "显示 70,000 张");
  await thumbnails();
  await assertAccessible(tab);
  for (const width of [1024, 1920]) {
    await tab.setViewportSize({ width, height: 900 });
    const isWide = await tab.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(isWide, false, `${width}`);
  }
  await grid().focus();
  await tab.keyboard.press("End");
  await thumbnails();
  await hasText(".grid .tile.active", "6");
  assert.deepEqual(complaints, []);
});
