// A page that only prepares pictures loads little: no tensors, no random steps.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

test("fovea/transforms/evaluation is small and knows neither tensors nor random steps", async (t) => {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL("../../src/entry/evaluation.js", import.meta.url))],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const files = Object.keys(metafile.inputs).map((file) => file.slice(file.indexOf("src/")));
  for (const unwanted of [
    "tensor/tensor.js",
    "graph/",
    "backend/",
    "transforms/light.js",
    "transforms/angle.js",
  ]) {
    assert.deepEqual(
      files.filter((file) => file.includes(unwanted)),
      [],
    );
  }
  const kilobytes = gzipSync(outputFiles[0]!.contents, { level: 9 }).length / 1000;
  t.diagnostic(`${kilobytes.toFixed(1)} KB minified and gzipped`);
  assert.ok(kilobytes < 10, `${kilobytes} KB`);
});
