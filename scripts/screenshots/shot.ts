// What every picture of a page has in common: a browser on a studio, and WebP in docs/images.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { Studio, type StudioOptions } from "../../src/studio/studio.ts";
import { findChromium } from "../chromium.ts";

const images = new URL("../../../docs/images/", import.meta.url);
const size = { width: 1440, height: 1080 };
/** Of WebP, from 0 to 1. */
const quality = 0.8;

/** Stores what a page shows. */
export type Store = (name: string) => Promise<void>;

/** Opens a studio and its page, English and light, for as long as `use` takes. */
export async function shoot(
  options: StudioOptions,
  address: string,
  use: (page: Page, store: Store) => Promise<void>,
): Promise<void> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("no Chromium: install it, or set CHROMIUM_PATH");
  const studio = new Studio(options);
  let browser: Browser | null = null;
  try {
    await studio.listen(0);
    browser = await chromium.launch({
      executablePath,
      args: ["--headless", "--no-sandbox", "--disable-gpu"],
    });
    const opened = browser;
    const page = await opened.newPage({ viewport: size, locale: "en-US", colorScheme: "light" });
    page.setDefaultTimeout(120_000);
    await page.goto(`${studio.url}${address}`);
    await use(page, (name) => store(opened, page, name));
  } finally {
    await browser?.close();
    await studio.close();
  }
}

/** A temporary folder for as long as `use` takes. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "fovea-screenshots-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

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
