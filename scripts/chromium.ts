// Finds the Chromium that the browser tests drive, or installs Debian's. Knows nothing of the tests.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** Path of the browser: that of CHROMIUM_PATH where it is set, else the first known name on PATH; null for none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.CHROMIUM_PATH) return isExecutable(env.CHROMIUM_PATH) ? env.CHROMIUM_PATH : null;
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find(isExecutable) ?? null;
}

/** Installs the package `chromium` where this is Debian and we are root; gives what stands in the way, or null. */
export function installChromium(): string | null {
  if (process.env.CHROMIUM_PATH)
    return `CHROMIUM_PATH is ${process.env.CHROMIUM_PATH}, which can't be executed`;
  if (!existsSync("/etc/debian_version") || process.getuid?.() !== 0) {
    return "install Chromium or Google Chrome (on Debian: apt-get install chromium), or set CHROMIUM_PATH to its executable";
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
    const { status, error, stderr } = spawnSync("apt-get", ["-qq", ...args], {
      env,
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
    });
    if (status !== 0) {
      return `apt-get ${args[0]} failed: ${error?.message ?? stderr.trim().split("\n").at(-1)}`;
    }
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
