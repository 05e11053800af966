// Fovea Studio in Chromium on real runs: started, steered and ended from the page, in both languages and colours, in two tabs.
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { trainLauncher } from "../../src/cli/studioRuns.ts";
import { readAssets } from "../../src/studio/server/assets.ts";
import { Studio } from "../../src/studio/studio.ts";
import { temporaryFolder } from "../support/studio.ts";
import { assertAccessible, launchChromium, openContext, openTab } from "../support/studioPage.ts";

const project = temporaryFolder();
const complaints: string[] = [];
const requests = new Set<string>();
let browser: Browser;
let context: BrowserContext;
let studio: Studio;
let tab: Page;

async function newTab(): Promise<Page> {
  const page = await openTab(context, complaints);
  page.on("request", (request) => requests.add(new URL(request.url()).host));
  return page;
}

before(async () => {
  studio = new Studio({ project, launcher: trainLauncher(project) });
  await studio.listen(0);
  browser = await launchChromium();
  context = await openContext(browser, 1280);
  tab = await newTab();
  await tab.goto(studio.url);
});

after(async () => {
  await browser?.close();
  await studio?.close();
});

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const hasText = (page: Page, selector: string, text: string) =>
  page.locator(selector, { hasText: text }).first().waitFor();

test("a run is started, steered and stopped from the page", { timeout: 200_000 }, async () => {
  assert.equal(new URL(tab.url()).search, "", "the token leaves the address");
  await hasText(tab, ".runs", "No run yet.");
  await button(tab, "New run").click();
  await tab.getByLabel("limit", { exact: true }).fill("6400");
  await tab.getByLabel("epochs", { exact: true }).fill("0");
  await assertAccessible(tab);
  await button(tab, "Start").click();
  await hasText(tab, ".form [role=alert]", 'epochs must be a whole number of at least 1; got "0"');
  await tab.getByLabel("epochs", { exact: true }).fill("500");
  await tab.getByLabel("lr0", { exact: true }).fill("0.05"); // far too high, which the doctor sees within an epoch
  await button(tab, "Start").click();

  await hasText(tab, ".head .status", "running");
  await hasText(tab, ".head h2", "classify/train");
  await tab.waitForFunction(() => (document.querySelector("progress")?.value ?? 0) > 20);
  const before = Number(await tab.getByLabel("First learning rate").getAttribute("placeholder"));
  await button(tab, "Double").click();
  await tab.waitForFunction(
    (doubled) => Number(document.querySelector<HTMLInputElement>("#rate")?.placeholder) === doubled,
    2 * before,
  );
  await button(tab, "Pause").click();
  await hasText(tab, ".head .status", "paused");

  // A second tab and a reload show the same.
  const second = await newTab();
  await second.goto(new URL("/", studio.url).href);
  await hasText(second, ".head .status", "paused");
  await tab.reload();
  await hasText(tab, ".head .status", "paused");
  await tab.waitForTimeout(500); // for the step that was in progress
  const tiles = await tab.locator(".tiles").innerText();
  assert.match(tiles, /Step\s+\d+ \/ 100/);
  assert.equal(await second.locator(".tiles").innerText(), tiles);

  // The language is chosen in one and taken on by both.
  await second.getByLabel("Language").selectOption("zh");
  await hasText(tab, ".head .status", "已暂停");
  assert.equal(await tab.evaluate(() => document.documentElement.lang), "zh-CN");
  await button(tab, "继续").click();
  await hasText(second, ".head .status", "进行中");
  await hasText(second, "tbody th", "conv1.weight");
  await hasText(second, ".finding", "有的层得不到梯度");
  await button(second, "停止并保存").click();
  await hasText(tab, ".head .status", "已中断");
  await second.close();
});

test("a learning rate is looked for, drawn and taken", { timeout: 200_000 }, async () => {
  await button(tab, "新训练").click();
  await tab.getByLabel("data", { exact: true }).fill("nowhere");
  await button(tab, "找学习率").click();
  await hasText(tab, ".rate-search [role=alert]", "nowhere");
  await tab.getByLabel("data", { exact: true }).fill("mnist");
  await button(tab, "找学习率").click();
  await button(tab, "取消").first().click();
  await button(tab, "找学习率").click();
  await tab.locator(".rate-search .chart canvas").waitFor();
  const take = tab.getByRole("button", { name: /^采用/ });
  const rate = Number((await take.innerText()).replace("采用", ""));
  assert.ok(rate > 1e-6 && rate < 1, String(rate));
  await take.click();
  assert.equal(await tab.getByLabel("lr0", { exact: true }).inputValue(), String(rate));
  assert.equal(await tab.getByLabel("schedule", { exact: true }).inputValue(), "onecycle");
  await assertAccessible(tab);
  await button(tab, "取消").click();
});

test("an interrupted run is taken up again, and ends after its epoch", { timeout: 200_000 }, async () => {
  await button(tab, "接着训练").click();
  await hasText(tab, ".head .status", "进行中");
  await button(tab, "本轮后结束").click();
  await hasText(tab, ".head .status", "已完成");
  await hasText(tab, "figcaption", "混淆矩阵");
  assert.ok((await tab.locator("section[aria-labelledby=epochs-title] tbody tr").count()) >= 1);
  const loaded = await tab
    .locator(".pictures img")
    .first()
    .evaluate(async (image: HTMLImageElement) => {
      image.loading = "eager";
      await image.decode();
      return image.naturalWidth;
    });
  assert.ok(loaded > 0);
  await tab.locator(".histograms summary").click();
  await tab.getByRole("img", { name: /^conv1\.weight：/ }).waitFor();
  const weights = await tab.locator(".ridges figure").count();
  await tab.getByRole("radio", { name: "梯度" }).check();
  await tab.getByRole("img", { name: /^conv1\.weight：/ }).waitFor();
  assert.equal(await tab.locator(".ridges figure").count(), weights);
  await assertAccessible(tab);
  await tab.getByLabel("语言").selectOption("en");
  await hasText(tab, ".head .status", "ended");
});

test("runs that others have written are found, and laid over each other", { timeout: 200_000 }, async () => {
  cpSync(path.join(project, "classify/train"), path.join(project, "classify/again"), { recursive: true });
  const again = tab.getByLabel("Compare classify/again");
  await again.check();
  await hasText(tab, ".u-legend", "classify/again validation");
  await tab.getByRole("button", { name: /^classify\/again/ }).click();
  await hasText(tab, ".head h2", "classify/again");
  assert.equal(await tab.locator(".chart canvas").count(), 5);
  await tab.getByLabel("Colours").selectOption("dark");
  await tab.waitForFunction(() => getComputedStyle(document.body).backgroundColor === "rgb(20, 23, 26)");
  await assertAccessible(tab);
});

test("the page is within the window from 1024 to 1920, and reachable by keyboard", {
  timeout: 200_000,
}, async () => {
  for (const width of [1024, 1920]) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
  }
  await tab.reload();
  await hasText(tab, ".head h2", "classify/again");
  const reached: string[] = [];
  for (let i = 0; i < 14; i++) {
    await tab.keyboard.press("Tab");
    reached.push(await tab.evaluate(() => document.activeElement?.textContent ?? ""));
  }
  assert.equal(reached[0], "To the content");
  assert.ok(reached.includes("Train") && reached.includes("New run"), reached.join(" | "));
});

test("the first load is small, and all of the page is bounded", () => {
  const assets = readAssets();
  const bytesOf = (names: Iterable<string>) =>
    Array.from(names, (name) => assets.get(name)!.gzipped.length).reduce((sum, size) => sum + size, 0);
  const first = new Set(["index.html", "style.css", "app.js"]);
  for (const name of first) {
    if (!name.endsWith(".js")) continue;
    const script = gunzipSync(assets.get(name)!.gzipped).toString();
    for (const [, part] of script.matchAll(/\b(?:from|import)\s*"\.\/(part-\w+\.js)"/g)) first.add(part!);
  }
  assert.ok(first.size > 3, "the parts that the app imports are found");
  assert.ok(bytesOf(first) < 300_000, `${bytesOf(first)} bytes gzipped at first`);
  assert.ok(bytesOf(assets.keys()) < 600_000, `${bytesOf(assets.keys())} bytes gzipped in all`);
});

test("the page asks nobody else, complains about nothing, and is isolated", async () => {
  assert.deepEqual([...requests], [new URL(studio.url).host]);
  // The refused form is the one answer that is no success.
  assert.deepEqual(
    complaints.filter((text) => !text.includes("status of 400")),
    [],
  );
  assert.equal(await tab.evaluate(() => crossOriginIsolated), true);
});
