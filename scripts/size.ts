// Prints what pages load of the library, minified and gzipped, and fails where a page that trains is over the limit.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** KB of 1000 bytes that a page may load which trains LeNet: the core. */
const limit = 80;
const dist = new URL("../", import.meta.url);

/** What esbuild makes of an entry for browsers. */
async function sizeOf(entry: string): Promise<{ minified: number; gzipped: number }> {
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

const worker = await sizeOf("src/backend/wasm/worker.js");

/** Prints a row for an entry together with the script of its worker threads; gives its KB gzipped. */
async function report(what: string, entry: string): Promise<number> {
  const { minified, gzipped } = await sizeOf(entry);
  const [raw, packed] = [minified + worker.minified, gzipped + worker.gzipped];
  console.log(
    `${what.padEnd(36)}${raw.toFixed(1).padStart(8)} KB minified${packed.toFixed(1).padStart(8)} KB gzipped`,
  );
  return packed;
}

const core = await report("a page that trains LeNet", "test/support/trainingPage.js");
await report("all of fovea", "src/index.js");
console.log(`core bundle: ${core.toFixed(1)} KB minified and gzipped (limit ${limit} KB)`);
if (core > limit) {
  console.error(`size: ${(core - limit).toFixed(1)} KB over the limit`);
  process.exitCode = 1;
}
