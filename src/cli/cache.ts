// Where downloaded data sets and the studio's choices are kept: the one place that reads the environment for it.
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** `fovea` in $XDG_CACHE_HOME (freedesktop.org's base directory specification), by default in ~/.cache. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const base = env.XDG_CACHE_HOME;
  // The specification has relative paths ignored.
  return path.join(base && path.isAbsolute(base) ? base : path.join(os.homedir(), ".cache"), "fovea");
}

/** The file in which the studio keeps language and colours. */
export function studioMemory(): string {
  return path.join(cacheFolder(), "studio.json");
}

/** The file in which a studio that is open on a project says where. */
export function studioAddress(project: string): string {
  const folder = path.resolve(project);
  let real = folder;
  try {
    real = realpathSync(folder);
  } catch {
    // A folder that is still to be made is what it is called.
  }
  const name = createHash("sha256").update(real).digest("hex").slice(0, 32);
  return path.join(cacheFolder(), "studios", `${name}.json`);
}
