// The files that `fovea data labels` writes: JSON for programs, a table and a page for people.
import fs from "node:fs/promises";
import path from "node:path";
import { OptionError } from "../base/errors.ts";
import { labelPage } from "../review/labelPage.ts";
import { type LabelReport, suspectTable } from "../review/labelReport.ts";
import type { LabelledPictures } from "./labelledPictures.ts";
import { thumbnail } from "./thumbnail.ts";

/** Names of the files. */
const fileNames = ["label-errors.json", "label-errors.csv", "label-errors.html"] as const;

/** Throws OptionError where one of the files is in the folder already, unless it may be replaced. */
export async function checkFree(folder: string, existOk: boolean): Promise<void> {
  if (existOk) return;
  for (const name of fileNames) {
    const file = path.join(folder, name);
    const isThere = await fs.stat(file).then(
      () => true,
      () => false,
    );
    if (isThere)
      throw new OptionError(`${file} is there already; give out=<folder>, or exist-ok to replace it`);
  }
}

/** Writes the files; gives their paths. `facts` stand before the report in the JSON. */
export async function writeLabelFiles(
  folder: string,
  report: LabelReport,
  { pictures, names }: LabelledPictures,
  { name, root, facts }: { name: string; root: string | null; facts: object },
): Promise<readonly string[]> {
  const numbers = new Map(names.map((own, i) => [own, i]));
  const page = await labelPage(report, {
    name,
    root,
    thumbnail: (own) => thumbnail(() => pictures.picture(numbers.get(own)!)),
  });
  const contents = [`${JSON.stringify({ ...facts, ...report })}\n`, suspectTable(report), page];
  await fs.mkdir(folder, { recursive: true });
  const files = fileNames.map((own) => path.join(folder, own));
  for (const [i, file] of files.entries()) await fs.writeFile(file, contents[i]!);
  return files;
}
