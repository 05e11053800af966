// The pictures of the page Model: a residual network of the zoo with a block open, and LeNet with what a cell sees of a digit.
import path from "node:path";
import { knownSets } from "../../src/cli/knownSets.ts";
import { trainLauncher } from "../../src/cli/studioRuns.ts";
import { shoot, withFolder } from "./shot.ts";

/** Draws them. */
export function shootModel(): Promise<void> {
  return withFolder(async (folder) => {
    const project = path.join(folder, "runs");
    const options = { project, launcher: trainLauncher(project), sets: { folders: [], known: knownSets() } };
    await shoot(options, "#/model", async (page, store) => {
      const measured = async () => {
        await page.locator(".tiles [aria-live]", { hasText: "MiB" }).waitFor();
        await page.waitForTimeout(500);
      };
      await page.getByRole("button", { name: "By name" }).click();
      const network = page.getByLabel("Network");
      await network.selectOption("resnet20");
      await page.getByRole("button", { name: /^BasicBlock layer2\.0 / }).focus();
      await page.keyboard.press("f");
      await page.getByRole("button", { name: /^Conv2d 3×3 layer2\.0\.conv2/ }).focus();
      await page.keyboard.press("Enter");
      await page.getByLabel("Row", { exact: true }).fill("5");
      await page.getByLabel("Column", { exact: true }).fill("13");
      await measured();
      await store("studio-model-light.webp");
      await page.getByLabel("Colours").selectOption("dark");
      await page.getByLabel("Language").selectOption("zh");
      await page.getByLabel("网络").selectOption("lenet");
      await page.getByRole("button", { name: /^MaxPool2d 2×2 \/2 pool2/ }).click();
      await measured();
      await store("studio-model-dark.webp");
    });
  });
}
