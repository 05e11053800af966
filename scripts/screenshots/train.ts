// The pictures of the page Train: two runs that have ended, and one in progress.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { trainLauncher } from "../../src/cli/studioRuns.ts";
import { shoot, withFolder } from "./shot.ts";

const entry = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

/** Trains from the command line, for a run that has ended before the page is opened. */
function train(project: string, ...options: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [entry, "train", `project=${project}`, ...options], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
}

/** Draws them. */
export function shootTrain(): Promise<void> {
  return withFolder(async (folder) => {
    const project = path.join(folder, "digits/runs");
    mkdirSync(project, { recursive: true });
    train(project, "limit=12800", "epochs=6", "optimizer=sgd", "lr0=0.5", "name=sgd");
    train(project, "limit=12800", "epochs=6", "lr0=0.002", "name=adamw");
    await shoot({ project, launcher: trainLauncher(project) }, "#/train", async (page, store) => {
      await page.getByRole("button", { name: "New run" }).click();
      for (const [name, value] of Object.entries({
        limit: "12800",
        epochs: "12",
        lr0: "0.05",
        name: "live",
      })) {
        await page.getByLabel(name, { exact: true }).fill(value);
      }
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await page.locator(".head h2", { hasText: "classify/live" }).waitFor();
      await page.waitForFunction(
        () => document.querySelectorAll("section[aria-labelledby=epochs-title] tbody tr").length >= 4,
      );
      await page.waitForTimeout(500);
      await store("studio-train-light.webp");
      await page.getByRole("button", { name: "Stop and save" }).click();
      await page.locator(".head .status", { hasText: "interrupted" }).waitFor();
      await page.getByLabel("Colours").selectOption("dark");
      await page.getByRole("button", { name: /^classify\/adamw/ }).click();
      await page.getByLabel("Compare classify/sgd").check();
      await page.getByLabel("Language").selectOption("zh");
      await page.locator(".u-legend", { hasText: "classify/sgd" }).first().waitFor();
      await page.waitForTimeout(500);
      await store("studio-train-dark.webp");
    });
  });
}
