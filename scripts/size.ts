// Prints the size of the core's browser bundle, minified and gzipped, and fails where it is over the limit.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** KB of 1000 bytes. */
const limit = 80;
const dist = new URL("../src/", import.meta.url);

/** The files that a page loads: the library, and the script of its worker threads. */
const entries = ["index.js", "backend/wasm/worker.js"];

async function bundle(entry: string): Promise<{ minified: number; gzipped: number }> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, dist))],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    logLevel: "error",
  });
  const bytes = outputFiles[0]!.contents;
  return { minified: bytes.length / 1000, gzipped: gzipSync(bytes, { level: 9 }).length / 1000 };
}

let total = 0;
for (const entry of entries) {
  const { minified, gzipped } = await bundle(entry);
  total += gzipped;
  console.log(
    `${entry.padEnd(24)}${minified.toFixed(1).padStart(8)} KB minified${gzipped.toFixed(1).padStart(8)} KB gzipped`,
  );
}
console.log(`core bundle: ${total.toFixed(1)} KB minified and gzipped (limit ${limit} KB)`);
if (total > limit) {
  console.error(`size: ${(total - limit).toFixed(1)} KB over the limit`);
  process.exitCode = 1;
}
