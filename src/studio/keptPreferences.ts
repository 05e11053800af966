// Language and colours, kept in a file from one studio to the next. What is shown belongs to a project, and is not.
import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { changedPreferences, noPreferences } from "./preferences.ts";
import type { Preferences } from "./shared/protocol.ts";

/** What was kept; nothing chosen where the file is missing or says something else. */
export async function keptPreferences(file: string): Promise<Preferences> {
  try {
    const { language, theme } = JSON.parse(await fs.readFile(file, "utf8")) as Partial<Preferences>;
    return changedPreferences(noPreferences, { language, theme });
  } catch {
    return noPreferences;
  }
}

/** Keeps language and colours. Where the file can't be written they last as long as the studio, as a page should not fail for that. */
export async function keepPreferences(file: string, { language, theme }: Preferences): Promise<void> {
  const own = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(own, JSON.stringify({ language, theme }));
    await fs.rename(own, file);
  } catch {
    await fs.rm(own, { force: true });
  }
}
