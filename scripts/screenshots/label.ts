// The pictures of the page Label: half of a folder labelled, with a model's suggestions; and a label in doubt.
import { spawnSync } from "node:child_process";
import { renameSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { labelHelper } from "../../src/cli/studioLabels.ts";
import { trainLauncher } from "../../src/cli/studioRuns.ts";
import { shapes, writeShapes } from "../../test/support/pictureFolder.ts";
import { shoot, withFolder } from "./shot.ts";

const entry = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
const settings = "model=lenet5 imgsz=28 augment=none epochs=12 batch=16 lr0=0.002 name=shapes".split(" ");

/** Draws them. */
export function shootLabel(): Promise<void> {
  return withFolder(async (folder) => {
    const [photos, project] = [path.join(folder, "photos"), path.join(folder, "runs")];
    writeShapes(photos, 40);
    for (const [s, shape] of shapes.entries()) {
      for (let i = 20; i < 40; i++) {
        const name = `IMG_${String(400 + ((i * 7 + s * 13) % 60) * 3 + s)}.png`;
        renameSync(path.join(photos, shape, `${i}.png`), path.join(photos, name));
      }
    }
    renameSync(path.join(photos, "disc/3.png"), path.join(photos, "square/3b.png"));
    renameSync(path.join(photos, "stripes/8.png"), path.join(photos, "disc/8b.png"));
    const args = [entry, "train", `data=${photos}`, `project=${project}`, ...settings];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    const sets = { folders: [photos], known: [] };
    const options = { project, launcher: trainLauncher(project), sets, helper: labelHelper };
    await shoot(options, "#/label", async (page, store) => {
      const press = async (keys: string) => {
        for (const key of keys) await page.keyboard.press(key);
      };
      await page.getByRole("button", { name: "Suggest labels" }).click();
      await page.locator(".models", { hasText: "suggestions, the least certain first" }).waitFor();
      await page.getByLabel("Show").selectOption("all");
      await press("s");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Enter");
      await press("x");
      for (let i = 0; i < 4; i++) await page.keyboard.press("Enter");
      await page.locator(".saved[data-waiting='0']").waitFor();
      await page.waitForTimeout(1500);
      await store("studio-label-light.webp");
      await page.getByRole("button", { name: "Find labels in doubt" }).click();
      await page.locator(".models", { hasText: "labels in doubt, the most certain first" }).waitFor();
      await page.getByLabel("Colours").selectOption("dark");
      await page.getByLabel("Language").selectOption("zh");
      await page.waitForTimeout(1500);
      await store("studio-label-dark.webp");
    });
  });
}
