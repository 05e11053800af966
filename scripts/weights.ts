// Trains the weights that come with the package, or those that are named: `npm run weights -- lenet-mnist --out made`. The same
// machine makes the same bytes again, also when the run was stopped in between: `--state <file>` keeps where it stands after each epoch.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createWasmBackend, setBackend } from "../src/index.ts";
import { recipes } from "./weights/recipes.ts";
import { trained } from "./weights/trained.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string", default: fileURLToPath(new URL("../../weights/", import.meta.url)) },
    state: { type: "string" },
    threads: { type: "string" },
    revectorize: { type: "boolean", default: false },
  },
});
const { out, state, threads, revectorize } = values;
setBackend(createWasmBackend({ ...(threads && { threads: Number(threads) }), revectorize })); // neither changes a bit
mkdirSync(out, { recursive: true });
for (const name of positionals.length > 0 ? positionals : recipes.keys()) {
  const recipe = recipes.get(name);
  if (!recipe) throw new Error(`there is no recipe "${name}"; known: ${[...recipes.keys()].join(", ")}`);
  console.log(`${name}: ${recipe.epochs} epochs`);
  const file = path.join(out, `${name}.safetensors`);
  const bytes = await trained(recipe, {
    from: state && existsSync(state) ? readFileSync(state) : null,
    keep: (bytes) => state && writeFileSync(state, bytes),
    say: (line) => console.log(line),
  });
  writeFileSync(file, bytes);
  console.log(`${file}: ${bytes.length} bytes`);
}
