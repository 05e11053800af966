// Finds out which register tiles the engine runs well, by timing one tile of each family on registers and a first-level
// cache. What it finds is kept for the process.
import type { FunctionBuilder } from "./assembler.ts";
import { ModuleBuilder } from "./moduleBuilder.ts";
import { closeTile, openTile, outerProductStep } from "./tile.ts";
import type { TileFamilyName, Tiles } from "./tiles.ts";

/** The tile that tells a family from those before it, rows by vectors. */
const candidates: readonly (readonly [TileFamilyName, rows: number, vectors: number])[] = [
  ["narrow", 4, 2],
  ["medium", 6, 2],
  ["wide", 6, 4],
];

/** Steps of one tile, and tiles that are timed together: about ten microseconds. */
const steps = 64;
const repeats = 64;
/** Engines run a first version of new code until the optimised one is ready. */
const probeMs = 30;
/** A larger tile has to be so much faster than the one before to be worth its rest tiles. */
const margin = 1.02;

const found = new Map<boolean, TileFamilyName>();

/** The tiles for this engine, timed on the first call; about 30 ms. */
export function probeTiles(relaxed: boolean): Tiles {
  let family = found.get(relaxed);
  if (!family) {
    family = fastestFamily(relaxed);
    found.set(relaxed, family);
  }
  return { family, relaxed };
}

/** Forgets what was found, where a flag of the engine has changed since. */
export function forgetTiles(): void {
  found.clear();
}

/** Writes the work that a tile is timed with: `probedProducts(rows, vectors)` multiply-adds on a page of memory. */
export function writeTileProbe(f: FunctionBuilder, relaxed: boolean, rows: number, vectors: number): void {
  const [left, step, a, b] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
  f.for(left, 0, repeats, 1, () => {
    const tile = openTile(f, rows, vectors);
    f.i32(0).set(a).i32(16384).set(b);
    f.for(step, 0, steps, 1, () => {
      outerProductStep(
        f,
        relaxed,
        tile,
        (r) => f.get(a).mem("v128.load32_splat", r * 4),
        (v) => f.get(b).mem("v128.load", v * 16),
      );
      f.increment(a, rows * 4).increment(b, vectors * 16);
    });
    tile.acc.forEach((acc, i) => {
      f.i32(32768)
        .get(acc)
        .mem("v128.store", i * 16);
    });
    closeTile(f, tile);
  });
}

/** Multiply-adds of single floats in a tile's probe. */
export function probedProducts(rows: number, vectors: number): number {
  return repeats * steps * rows * vectors * 4;
}

function fastestFamily(relaxed: boolean): TileFamilyName {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const module = new ModuleBuilder({ initial: 1, maximum: 1, shared: false });
  for (const [family, rows, vectors] of candidates) {
    module.func([], [], (f) => writeTileProbe(f, relaxed, rows, vectors), family);
  }
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(module.encode())), {
    env: { memory },
  });
  const best = new Map<TileFamilyName, number>();
  for (const end = performance.now() + probeMs; performance.now() < end; ) {
    for (const [family, rows, vectors] of candidates) {
      const begin = performance.now();
      (exports[family] as () => void)();
      const rate = (rows * vectors) / (performance.now() - begin);
      best.set(family, Math.max(best.get(family) ?? 0, rate));
    }
  }
  let choice: TileFamilyName = "narrow";
  for (const [family] of candidates) {
    if (best.get(family)! > margin * best.get(choice)!) choice = family;
  }
  return choice;
}
