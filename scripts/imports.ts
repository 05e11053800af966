// Checks that the imports of src keep to the order of the rooms, and those of the studio's page to the library's doors; prints each breach and fails where there is one.
import { readdirSync, readFileSync } from "node:fs";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type Breach, checkImports, checkPageImports } from "./rooms.ts";

/** The sources of a folder as text, by path with `/` between folders. */
function sourcesOf(folder: string): ReadonlyMap<string, string> {
  const root = fileURLToPath(new URL(`../../${folder}/`, import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.tsx?$/.test(file),
  );
  return new Map(files.sort().map((file) => [file.split(sep).join("/"), readFileSync(root + file, "utf8")]));
}

function report(folder: string, breaches: readonly Breach[]): void {
  for (const { file, specifier, rule } of breaches) {
    console.error(`${folder}/${file}: ${specifier ? `imports ${specifier}: ` : ""}${rule}`);
  }
  if (breaches.length > 0) process.exitCode = 1;
}

const [library, page] = [sourcesOf("src"), sourcesOf("studio")];
const [inLibrary, inPage] = [checkImports(library), checkPageImports(page)];
report("src", inLibrary);
report("studio", inPage);
console.log(`imports: ${library.size + page.size} files, ${inLibrary.length + inPage.length} breaches`);
