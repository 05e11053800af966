// The pictures of the page Inspect: a digit drawn on weights that come with the package.
import path from "node:path";
import { trainLauncher } from "../../src/cli/studioRuns.ts";
import { shoot, withFolder } from "./shot.ts";

/** Draws them. */
export function shootInspect(): Promise<void> {
  return withFolder(async (folder) => {
    const project = path.join(folder, "runs");
    const address = "#/inspect/look?model=package%3Alenet-mnist";
    await shoot({ project, launcher: trainLauncher(project) }, address, async (page, store) => {
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
    });
  });
}
