// The pictures of the tab Mistakes: MNIST's test pictures on weights that come with the package.
import path from "node:path";
import { knownSets } from "../../src/cli/knownSets.ts";
import { trainLauncher } from "../../src/cli/studioRuns.ts";
import { shoot, withFolder } from "./shot.ts";

/** Draws them. */
export function shootMistakes(): Promise<void> {
  return withFolder(async (folder) => {
    const project = path.join(folder, "runs");
    const options = { project, launcher: trainLauncher(project), sets: { folders: [], known: knownSets() } };
    const address = "#/inspect/mistakes?model=package%3Alenet-mnist";
    await shoot(options, address, async (page, store) => {
      await page.locator("#confusion-title").waitFor();
      await page.locator(".mistakeGrid .tile").first().click();
      await page.waitForTimeout(2000);
      await store("studio-mistakes-light.webp");
      await page.getByRole("button", { name: "t-SNE" }).click();
      await page.locator(".projection [role=status]", { hasText: "step 1,000 of" }).waitFor();
      await page.getByLabel("Colours").selectOption("dark");
      await page.getByLabel("Language").selectOption("zh");
      await page.locator(".legend").scrollIntoViewIfNeeded();
      await page.waitForTimeout(2000);
      await store("studio-mistakes-dark.webp");
    });
  });
}
