// Opens a page that must stand for itself in Chromium: light and dark, on a telephone, without requests and complaints.
import assert from "node:assert/strict";
import { chromium, type Page } from "playwright-core";
import { findChromium } from "../../scripts/chromium.ts";

/** Hands the page to `look` in both colour schemes, and checks what holds for every offline page. */
export async function checkOfflinePage(
  html: string,
  title: string,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const executablePath = findChromium();
  assert.ok(executablePath, "no Chromium: install it, or set CHROMIUM_PATH");
  const browser = await chromium.launch({
    executablePath,
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  try {
    const papers = new Set<string>();
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await browser.newPage({ colorScheme, viewport: { width: 390, height: 800 } });
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.setContent(html);
      assert.equal(await page.title(), title);
      await look(page);
      assert.deepEqual(
        requests.filter((url) => !url.startsWith("data:")),
        [],
      );
      assert.deepEqual(complaints, []);
      const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert.ok((wide as number) <= 0, `the page is ${wide} pixels wider than a telephone`);
      papers.add((await page.evaluate("getComputedStyle(document.body).backgroundColor")) as string);
    }
    assert.equal(papers.size, 2, "one look for light and dark");
  } finally {
    await browser.close();
  }
}
