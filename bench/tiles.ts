// Measures register tiles one by one on one thread: GFLOP/s of the loop that the engine's choice of a family rests on. `n`, `m`
// and `w` mark the largest tile of each width in the families narrow, medium and wide; larger ones show why it ends there.
// Run: node dist/bench/tiles.js [--strict] [--revectorize]

import { wasmFeatures } from "../src/backend/wasm/features.ts";
import { ModuleBuilder } from "../src/backend/wasm/moduleBuilder.ts";
import { platform } from "../src/backend/wasm/platform.node.ts";
import { probedProducts, probeTiles, writeTileProbe } from "../src/backend/wasm/probe.ts";
import { maxRows, tileFamilies } from "../src/backend/wasm/tiles.ts";
import { measureRoof } from "../src/profile/roof.ts";

const relaxed = !process.argv.includes("--strict") && wasmFeatures().relaxedSimd;
if (process.argv.includes("--revectorize")) platform.enableRevectorization();

/** Rows beyond the largest tile of any family that are measured too. */
const beyond = 2;
const widths = [1, 2, 3, 4, 5, 6, 7, 8];
const rounds = 300;

interface Shape {
  readonly rows: number;
  readonly vectors: number;
  readonly run: () => void;
  best: number;
}

function shape(rows: number, vectors: number): Shape {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const module = new ModuleBuilder({ initial: 1, maximum: 1, shared: false });
  module.func([], [], (f) => writeTileProbe(f, relaxed, rows, vectors), "tile");
  const compiled = new WebAssembly.Module(Uint8Array.from(module.encode()));
  const run = new WebAssembly.Instance(compiled, { env: { memory } }).exports.tile as () => void;
  return { rows, vectors, run, best: Number.POSITIVE_INFINITY };
}

/** The most rows of a width in a family, whatever the engine. */
const limit = (family: (typeof tileFamilies)[number], vectors: number) =>
  maxRows({ family, relaxed }, vectors);
const rowsOf = (vectors: number) => Math.max(...tileFamilies.map((family) => limit(family, vectors)), 1);

const shapes = widths.flatMap((vectors) =>
  Array.from({ length: rowsOf(vectors) + beyond }, (_, i) => shape(i + 1, vectors)),
);
// Rounds over all shapes, so that a slow spell of the machine does not fall on one of them alone.
for (let round = 0; round < rounds; round++) {
  for (const one of shapes) {
    const begin = performance.now();
    one.run();
    one.best = Math.min(one.best, performance.now() - begin);
  }
}

const peak = measureRoof({ relaxed });
const chosen = probeTiles(relaxed).family;
console.log(
  `tiles: ${chosen}${relaxed ? ", relaxed" : ""}; SIMD128 peak ${peak.gflops.toFixed(1)} GFLOP/s; GFLOP/s by rows and vectors`,
);
const most = Math.max(...shapes.map(({ rows }) => rows));
console.log(`rows${widths.map((vectors) => `${vectors}`.padStart(9)).join("")}`);
for (let rows = 1; rows <= most; rows++) {
  const cells = widths.map((vectors) => {
    const one = shapes.find((shape) => shape.rows === rows && shape.vectors === vectors);
    if (!one) return "".padStart(9);
    const gflops = (2 * probedProducts(rows, vectors)) / (one.best * 1e6);
    const marks = tileFamilies.filter((family) => limit(family, vectors) === rows).map((family) => family[0]);
    return `${gflops.toFixed(1).padStart(6)}${marks.join("").padEnd(3)}`;
  });
  console.log(`${String(rows).padStart(4)}${cells.join("")}`);
}
