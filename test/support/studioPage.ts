// What tests of the studio's pages in Chromium have in common: a browser, tabs whose complaints are kept, and no serious barrier.
import assert from "node:assert/strict";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { findChromium } from "../../scripts/chromium.ts";

/** Starts Chromium, with further arguments. */
export async function launchChromium(...args: string[]): Promise<Browser> {
  const executablePath = findChromium();
  assert.ok(executablePath, "no Chromium: install it, or set CHROMIUM_PATH");
  return chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu", ...args] });
}

/** What people with an English browser and such a window have; acts may take a minute, as others may compute on the machine. */
export async function openContext(browser: Browser, width: number): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: "en-US", viewport: { width, height: 900 } });
  context.setDefaultTimeout(60_000);
  return context;
}

/** A tab whose console messages and errors are added to `complaints`. */
export async function openTab(context: BrowserContext, complaints: string[]): Promise<Page> {
  const page = await context.newPage();
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  return page;
}

/** Holds that axe finds nothing serious on the page as it is. */
export async function assertAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const grave = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<import("axe-core").AxeResults> } };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  });
  assert.deepEqual(grave, []);
}
