// Every public entry of the package can be bundled for browsers: none of its files asks for a module of Node.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = new URL("../../../", import.meta.url);
const { exports } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
  exports: Record<string, string>;
};

for (const [name, file] of Object.entries(exports)) {
  if (!file.endsWith(".js")) continue;
  test(`fovea${name.slice(1)} bundles for browsers`, async () => {
    const { warnings } = await build({
      entryPoints: [fileURLToPath(new URL(file, root))],
      bundle: true,
      format: "esm",
      platform: "browser",
      conditions: ["browser"],
      write: false,
      logLevel: "silent",
    });
    assert.deepEqual(warnings, []);
  });
}
