// Draws the pictures of Fovea Studio for docs/images: trains in a folder of its own, opens the page in Chromium, light in English and dark in Chinese,
// and stores what it shows as WebP. Needs Chromium and a font with Chinese characters.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { trainLauncher } from "../src/cli/studioRuns.ts";
import { Studio } from "../src/studio/studio.ts";
import { findChromium } from "./chromium.ts";
import { inspectPage } from "./screenshots/inspect.ts";

const images = new URL("../../docs/images/", import.meta.url);
const entry = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const size = { width: 1440, height: 1080 };
/** Of WebP, from 0 to 1. */
const quality = 0.8;

/** Trains from the command line, for a run that has ended before the page is opened. */
function train(project: string, ...options: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [entry, "train", `project=${project}`, ...options], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
}

/** What a page shows, as WebP. */
async function store(browser: Browser, page: Page, name: string): Promise<void> {
  const shot = (await page.screenshot()).toString("base64");
  const encoder = await browser.newPage();
  const address = await encoder.evaluate(
    async ([png, quality]) => {
      const picture = new Image();
      picture.src = `data:image/png;base64,${png}`;
      await picture.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [picture.width, picture.height];
      canvas.getContext("2d")!.drawImage(picture, 0, 0);
      return canvas.toDataURL("image/webp", quality);
    },
    [shot, quality] as const,
  );
  await encoder.close();
  const bytes = Buffer.from(address.slice(address.indexOf(",") + 1), "base64");
  writeFileSync(new URL(name, images), bytes);
  console.log(`${name}: ${Math.round(bytes.length / 1000)} KB`);
}

const folder = mkdtempSync(path.join(tmpdir(), "fovea-screenshots-"));
const project = path.join(folder, "digits/runs");
mkdirSync(project, { recursive: true });
const executablePath = findChromium();
if (!executablePath) throw new Error("no Chromium: install it, or set CHROMIUM_PATH");
const studio = new Studio({ project, launcher: trainLauncher(project) });
let browser: Browser | null = null;
try {
  train(project, "limit=12800", "epochs=6", "optimizer=sgd", "lr0=0.5", "name=sgd");
  train(project, "limit=12800", "epochs=6", "lr0=0.002", "name=adamw");
  await studio.listen(0);
  browser = await chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage({ viewport: size, locale: "en-US", colorScheme: "light" });
  page.setDefaultTimeout(120_000);
  await page.goto(studio.url);
  await page.getByRole("button", { name: "New run" }).click();
  for (const [name, value] of Object.entries({ limit: "12800", epochs: "12", lr0: "0.05", name: "live" })) {
    await page.getByLabel(name, { exact: true }).fill(value);
  }
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.locator(".head h2", { hasText: "classify/live" }).waitFor();
  await page.waitForFunction(
    () => document.querySelectorAll("section[aria-labelledby=epochs-title] tbody tr").length >= 4,
  );
  await page.waitForTimeout(500);
  await store(browser, page, "studio-light.webp");
  await page.getByRole("button", { name: "Stop and save" }).click();
  await page.locator(".head .status", { hasText: "interrupted" }).waitFor();
  await page.getByLabel("Colours").selectOption("dark");
  await page.getByRole("button", { name: /^classify\/adamw/ }).click();
  await page.getByLabel("Compare classify/sgd").check();
  await page.getByLabel("Language").selectOption("zh");
  await page.locator(".u-legend", { hasText: "classify/sgd" }).first().waitFor();
  await page.waitForTimeout(500);
  await store(browser, page, "studio-dark.webp");
  const here = (name: string) => store(browser!, page, name);
  await inspectPage(page, here);
} finally {
  await browser?.close();
  await studio.close();
  rmSync(folder, { recursive: true, force: true });
}
