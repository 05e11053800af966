// Checks that the imports of src keep to the order of the rooms; prints each breach and fails where there is one.
import { readdirSync, readFileSync } from "node:fs";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { checkImports } from "./rooms.ts";

const src = fileURLToPath(new URL("../../src/", import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .sort();
const sources = new Map(
  files.map((file) => [file.split(sep).join("/"), readFileSync(src + file, "utf8")] as const),
);
const breaches = checkImports(sources);
for (const { file, specifier, rule } of breaches) {
  console.error(`src/${file}: ${specifier ? `imports ${specifier}: ` : ""}${rule}`);
}
console.log(`imports: ${files.length} files, ${breaches.length} breaches`);
if (breaches.length > 0) process.exitCode = 1;
