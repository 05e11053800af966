// doctor.json: what the doctor found in a run, as a list.
import fs from "node:fs/promises";
import { FormatError } from "../base/errors.ts";
import { isRunFinding, type RunFinding } from "../doctor/index.ts";
import type { RunFolder } from "../train/runFolder.ts";

/** Name of the file in a run's folder. */
export const findingFile = "doctor.json";

/** Replaces the list. */
export async function writeFindings(folder: RunFolder, findings: readonly RunFinding[]): Promise<void> {
  await folder.write(findingFile, `${JSON.stringify({ findings }, null, 2)}\n`);
}

/** The list; null where nobody watched. Throws FormatError for a file that is no such list. */
export async function readFindings(folder: RunFolder): Promise<readonly RunFinding[] | null> {
  const file = folder.file(findingFile);
  let text: string;
  try {
    text = await fs.readFile(file, "utf8");
  } catch {
    return null;
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new FormatError("no JSON; fovea train writes it anew", { file });
  }
  const findings = (content as { findings?: unknown } | null)?.findings;
  if (!Array.isArray(findings) || !findings.every(isRunFinding)) {
    throw new FormatError('expected { "findings": [ … ] } as fovea train writes it', { file });
  }
  return findings;
}
