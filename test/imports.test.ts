// The check of imports finds what it is there to find.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { checkImports, checkPageImports, rooms } from "../scripts/rooms.ts";

function breaches(sources: Record<string, string>): string[] {
  const found = checkImports(new Map(Object.entries(sources)));
  return found.map(({ file, specifier, rule }) => `${file} | ${specifier} | ${rule}`);
}

test("imports of lower rooms, of the own room and of the host's files pass", () => {
  const sources = {
    "tensor/tensor.ts": 'import { Node } from "../graph/node.ts";\nimport type { Shape } from "./shape.ts";',
    "backend/wasm/threads.ts":
      'import { platform } from "#platform";\nimport type { Program } from "../../kernel/kernel.ts";',
    "backend/wasm/platform.node.ts": 'import { availableParallelism } from "node:os";',
    "data/mnist.ts": 'import { files } from "#files";',
    "cli/main.ts": 'import { parseArgs } from "node:util";\nimport { tensor } from "../index.ts";',
  };
  assert.deepEqual(breaches(sources), []);
});

test("an import of a higher room is a breach, also of a type alone, over several lines, and as export", () => {
  const rule = "kernel is below tensor and must not know it";
  const statements = [
    'import type { Tensor } from "../tensor/tensor.ts";',
    'import {\n  type Shape,\n  Tensor,\n} from "../tensor/tensor.ts";',
    'export * from "../tensor/tensor.ts";',
    'import "../tensor/tensor.ts";',
    'const late = await import("../tensor/tensor.ts");',
  ];
  for (const statement of statements) {
    const found = breaches({ "kernel/expr.ts": `// A comment.\n${statement}\n` });
    assert.deepEqual(found, [`kernel/expr.ts | ../tensor/tensor.ts | ${rule}`], statement);
  }
});

test("comments and strings are no imports", () => {
  const source =
    '/**\n * import { fail } from "../cli/main.ts";\n */\n// import "node:fs";\nconst url = "https://example.org"; // import "node:os";';
  assert.deepEqual(breaches({ "kernel/expr.ts": source }), []);
});

test("Node's modules and other packages stay out of what runs in browsers", () => {
  const rule = "runs in browsers, which have no node:fs; go through a `#…` import of package.json";
  assert.deepEqual(breaches({ "ops/unary.ts": 'const fs = await import("node:fs");' }), [
    `ops/unary.ts | node:fs | ops ${rule}`,
  ]);
  assert.deepEqual(breaches({ "data/idx.ts": 'import { readFileSync } from "node:fs";' }), [
    `data/idx.ts | node:fs | data ${rule}`,
  ]);
  assert.deepEqual(breaches({ "nn/module/module.ts": 'import sharp from "sharp";' }), [
    "nn/module/module.ts | sharp | nn has no dependencies on other packages",
  ]);
});

test("folders that import each other, strays and imports from outside src are breaches", () => {
  const circle = breaches({
    "backend/backend.ts": 'import { heap } from "./wasm/heap.ts";',
    "backend/wasm/heap.ts": 'import { align } from "./threads/align.ts";',
    "backend/wasm/threads/align.ts": 'import type { Backend } from "../../backend.ts";',
  });
  assert.deepEqual(circle, [
    "backend/wasm/threads/align.ts | ../../backend.ts | folders import in a circle: backend → backend/wasm → backend/wasm/threads → backend",
  ]);
  assert.match(breaches({ "misc/tools.ts": "" })[0]!, /every file of src lies in a room/);
  assert.match(
    breaches({ "nn/init.ts": 'import { x } from "../../test/x.ts";' })[0]!,
    /imports stay inside src/,
  );
});

test("the studio's page knows the library by its doors alone", () => {
  const found = (source: string) =>
    checkPageImports(new Map([["train/page.tsx", source]])).map(({ specifier }) => specifier);
  assert.deepEqual(
    found(`import { signal } from "@preact/signals";
import { en } from "../i18n/en.ts";
import { Series } from "../../src/studio/shared/series.ts";
import type { RunFinding } from "../../src/entry/doctor.ts";
const late = () => import("./form.tsx");`),
    [],
  );
  for (const closed of ["../../src/studio/runs/board.ts", "../../src/train/fit.ts", "node:fs", "react"]) {
    assert.deepEqual(found(`import { x } from "${closed}";`), [closed]);
  }
});

test("docs/architecture.md shows the rooms in their order", () => {
  const text = readFileSync(new URL("../../docs/architecture.md", import.meta.url), "utf8");
  const shown = Array.from(text.matchAll(/^\| `([\w.]+)` \|/gm), ([, name]) => name);
  assert.deepEqual(
    shown,
    rooms.map(({ name }) => name),
  );
});
