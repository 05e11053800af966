// What one thread can do at most in WebAssembly SIMD128 on this machine, measured: multiply-adds on registers alone,
// and copies within each level of memory.
import type { FunctionBuilder } from "../backend/wasm/assembler.ts";
import { wasmFeatures } from "../backend/wasm/features.ts";
import { ModuleBuilder } from "../backend/wasm/moduleBuilder.ts";

/** A way to multiply and add. */
export type Flavour = "mul+add" | "relaxed madd";

/** The limits of one thread. */
export interface Roof {
  /** Billions of floating-point operations a second; a multiply-add is two. */
  readonly gflops: number;
  readonly flavour: Flavour;
  /** Of each kind of multiply-add; no entry where the engine does not have it. */
  readonly each: Partial<Record<Flavour, number>>;
  /** Gigabytes a second that are read and written when so many bytes are copied again and again. */
  bandwidth(bytes: number): number;
}

/**
 * Measures the roof; about a second's work, and a few milliseconds more for each size of copy that is asked for.
 * `relaxed: false` leaves fused multiply-add out, as a backend without it does.
 */
export function measureRoof({ relaxed = true } = {}): Roof {
  const each: Partial<Record<Flavour, number>> = {};
  const hasRelaxed = relaxed && wasmFeatures().relaxedSimd;
  for (const flavour of hasRelaxed ? (["mul+add", "relaxed madd"] as const) : (["mul+add"] as const)) {
    for (const chains of [8, 10, 12, 13]) {
      each[flavour] = Math.max(each[flavour] ?? 0, measureChains(flavour, chains));
    }
  }
  const plain = each["mul+add"] ?? 0;
  const fused = each["relaxed madd"] ?? 0;
  const copies = new Map<number, number>();
  return {
    gflops: Math.max(plain, fused),
    flavour: fused > plain ? "relaxed madd" : "mul+add",
    each,
    bandwidth(bytes) {
      const size = 2 ** Math.min(largestCopy, Math.max(smallestCopy, Math.ceil(Math.log2(bytes))));
      let rate = copies.get(size);
      if (rate === undefined) {
        rate = measureCopy(size);
        copies.set(size, rate);
      }
      return rate;
    },
  };
}

/** Sizes of copies, as powers of two: 8 KiB lie in a first-level cache, 128 MiB in no cache. */
const smallestCopy = 13;
const largestCopy = 27;

/**
 * A loop of `count` independent chains `a = a · x + y` on four lanes. The chains hide the latency of the multiply
 * and the add; more than 13 of them, x and y no longer fit the 15 vector registers that V8 hands out.
 */
function measureChains(flavour: Flavour, count: number): number {
  const write = (f: FunctionBuilder) => {
    const [x, y] = [f.local("v128"), f.local("v128")];
    const chains = Array.from({ length: count }, () => f.local("v128"));
    const counter = f.local("i32");
    // The fixed point y / (1 − x) = 1 keeps every value normal. From memory, so that nothing is a known constant.
    f.i32(0).mem("v128.load").set(x);
    f.i32(16).mem("v128.load").set(y);
    for (const a of chains) f.get(y).set(a);
    f.for(counter, 0, { local: 0 }, 1, () => {
      for (const a of chains) {
        f.get(a).get(x);
        if (flavour === "mul+add") f.op("f32x4.mul").get(y).op("f32x4.add");
        else f.get(y).op("f32x4.relaxed_madd");
        f.set(a);
      }
    });
    f.get(chains[0]!);
    for (const a of chains.slice(1)) f.get(a).op("f32x4.add");
    f.lane("f32x4.extract_lane", 0);
  };
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  new Float32Array(memory.buffer).set([0.75, 0.75, 0.75, 0.75, 0.25, 0.25, 0.25, 0.25]);
  const run = build(memory, 1, write) as (iterations: number) => number;
  const iterations = 400_000;
  const best = fastest(60, () => {
    const value = run(iterations);
    if (Math.abs(value / count - 1) > 1e-3) throw new Error(`roof: the probe computed ${value}`);
  });
  return (iterations * count * 8) / (best * 1e6);
}

/** GB/s of a copy between two halves of `bytes` bytes, read and written bytes counted. */
function measureCopy(bytes: number): number {
  const pages = Math.ceil(bytes / 65536) + 1;
  const half = bytes / 2;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  new Uint8Array(memory.buffer).fill(1);
  const copy = build(memory, pages, (f) => {
    const [round, at] = [f.local("i32"), f.local("i32")];
    f.for(round, 0, { local: 0 }, 1, () => {
      f.for(at, 0, half, 64, () => {
        for (let v = 0; v < 64; v += 16)
          f.get(at)
            .get(at)
            .mem("v128.load", v)
            .mem("v128.store", half + v);
      });
    });
    f.f32(0);
  });
  const rounds = Math.max(1, Math.round(2 ** 22 / bytes));
  const attempts = bytes > 2 ** 24 ? 6 : 30;
  return (rounds * bytes) / (fastest(attempts, () => copy(rounds)) * 1e6);
}

function build(memory: WebAssembly.Memory, pages: number, write: (f: FunctionBuilder) => void) {
  const module = new ModuleBuilder({ initial: pages, maximum: pages, shared: false });
  module.func(["i32"], ["f32"], write, "probe");
  const bytes = Uint8Array.from(module.encode());
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return exports.probe as (count: number) => number;
}

/** Milliseconds of the fastest attempt; the first ones run V8's baseline code until the optimised one is ready. */
function fastest(attempts: number, run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const begin = performance.now();
    run();
    best = Math.min(best, performance.now() - begin);
  }
  return best;
}
