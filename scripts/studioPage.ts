// Builds the page of Fovea Studio from what the compiler made of it: scripts in parts that are loaded when a page needs them, one style sheet.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const root = new URL("../../", import.meta.url);
const target = new URL("dist/src/studio/app/", root);
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
/** Puts the sheet of a page, which lies beside its component, below the class that the frame gives that page. */
const sheetsOfPages: Plugin = {
  name: "sheets-of-pages",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.css$/ }, async ({ path: file }) => {
      const folder = path.dirname(file);
      if (!existsSync(path.join(folder, "page.tsx"))) return null;
      const contents = `.page-${path.basename(folder)} {\n${await readFile(file, "utf8")}}\n`;
      return { contents, loader: "css" };
    }),
};
await build({
  plugins: [sheetsOfPages],
  entryPoints: {
    app: fileURLToPath(new URL("dist/studio/main.js", root)),
    style: fileURLToPath(new URL("studio/style.css", root)),
  },
  outdir: fileURLToPath(target),
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  platform: "browser",
  conditions: ["browser"],
  target: "es2022",
  chunkNames: "part-[hash]",
  logLevel: "warning",
});
// Threads of their own, each with a part of the library. Errors and the page name classes, so their names stay.
await build({
  entryPoints: {
    compute: fileURLToPath(new URL("dist/studio/compute/worker.js", root)),
    projection: fileURLToPath(new URL("dist/studio/mistakes/projection/worker.js", root)),
    "worker.browser": fileURLToPath(new URL("dist/src/backend/wasm/worker.browser.js", root)),
  },
  outdir: fileURLToPath(target),
  bundle: true,
  minify: true,
  keepNames: true,
  format: "esm",
  platform: "browser",
  conditions: ["browser"],
  target: "es2022",
  logLevel: "warning",
});
const bundled = ["preact", "@preact/signals", "@preact/signals-core", "uplot"];
const licenses = bundled.map((name) => {
  const text = readFileSync(new URL(`node_modules/${name}/LICENSE`, root), "utf8");
  return `${name}\n\n${text.trim()}\n`;
});
writeFileSync(new URL("licenses.txt", target), licenses.join("\n\n"));
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="14" fill="#0b6bcb"/><circle cx="16" cy="16" r="8" fill="#fff"/><circle cx="16" cy="16" r="4" fill="#0b2d52"/></svg>\n`;
writeFileSync(new URL("icon.svg", target), icon);
writeFileSync(
  new URL("index.html", target),
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fovea Studio</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
<script type="module" src="/app.js"></script>
</head>
<body></body>
</html>
`,
);
