// Draws the plots of docs: runs `draw` of every file in scripts/plots that has one and writes what it gives to docs/plots.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";

const folder = new URL("plots/", import.meta.url);
const target = new URL("../../docs/plots/", import.meta.url);
mkdirSync(target, { recursive: true });
for (const file of readdirSync(folder).filter((name) => name.endsWith(".js"))) {
  const { draw } = (await import(new URL(file, folder).href)) as { draw?: () => Map<string, string> };
  if (!draw) continue;
  for (const [name, svg] of draw()) writeFileSync(new URL(name, target), svg);
  console.log(`${file.replace(/\.js$/, "")} drawn`);
}
