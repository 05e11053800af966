// The pictures of the page Data: a folder with faults after its check, and what augmentation makes of a digit.
import path from "node:path";
import { openAugmentation } from "../../src/cli/augmenter.ts";
import { knownSets } from "../../src/cli/knownSets.ts";
import { trainLauncher } from "../../src/cli/studioRuns.ts";
import { writeFaulty } from "../../test/support/faultyFolder.ts";
import { shoot, withFolder } from "./shot.ts";

/** Draws them. */
export function shootData(): Promise<void> {
  return withFolder(async (folder) => {
    const photos = path.join(folder, "photos");
    writeFaulty(photos);
    const project = path.join(folder, "runs");
    const options = {
      project,
      launcher: trainLauncher(project),
      sets: { folders: [photos], known: knownSets() },
      augment: openAugmentation,
    };
    await shoot(options, "#/data", async (page, store) => {
      await page.getByRole("tab", { name: "Check" }).click();
      await page.getByRole("button", { name: "Check the set" }).click();
      await page.getByRole("button", { name: /^warning Nearly equal pictures/ }).click();
      await page.waitForTimeout(2000);
      await store("studio-data-light.webp");
      await page.getByLabel("Set of pictures").selectOption("mnist");
      await page.getByRole("tab", { name: "Augmentation" }).click();
      await page.getByLabel("Preset").selectOption("digits");
      await page.getByLabel("Colours").selectOption("dark");
      await page.getByLabel("Language").selectOption("zh");
      await page.locator(".steps code", { hasText: "ElasticTransform" }).waitFor();
      await page.waitForTimeout(2000);
      await store("studio-data-dark.webp");
    });
  });
}
