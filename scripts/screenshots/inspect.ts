// The pictures of the page Inspect: a digit drawn on weights that come with the package.
import type { Page } from "playwright-core";

/** Opens the page, draws, and stores it light in English and dark in Chinese. */
export async function inspectPage(page: Page, store: (name: string) => Promise<void>): Promise<void> {
  await page.getByLabel("Language").selectOption("en");
  await page.getByLabel("Colours").selectOption("light");
  await page.evaluate(() => {
    location.hash = "#/inspect/look?model=package%3Alenet-mnist";
  });
  await page.waitForSelector('canvas[data-step="9"][data-drawn="true"]');
  const box = (await page.locator(".pad").boundingBox())!;
  const to = (x: number, y: number, steps = 1) => page.mouse.move(box.x + x, box.y + y, { steps });
  await to(70, 70);
  await page.mouse.down();
  await to(205, 65, 20);
  await to(120, 230, 25);
  await page.mouse.up();
  await page.waitForTimeout(500);
  await page.locator('canvas[data-step="4"]').click({ position: { x: 75 + 27, y: 28 } });
  await page.locator(".spelled strong", { hasText: "conv2" }).waitFor();
  await page.waitForTimeout(300);
  await store("studio-inspect-light.webp");
  await page.getByLabel("Method").selectOption("occlusion");
  await page.locator("[data-explained=occlusion]").waitFor();
  await page.getByLabel("Colours").selectOption("dark");
  await page.getByLabel("Language").selectOption("zh");
  await page.waitForTimeout(500);
  await store("studio-inspect-dark.webp");
}
