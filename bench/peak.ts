// The speed limit that matmul is compared with: how many floating-point operations one thread does in WebAssembly
// SIMD128 when everything stays in registers.
import { ModuleBuilder } from "../src/backend/wasm/assembler.ts";
import { wasmFeatures } from "../src/backend/wasm/features.ts";

type Flavour = "mul+add" | "relaxed madd";

/** The best register-only loop found. */
export interface Peak {
  readonly gflops: number;
  readonly flavour: Flavour;
  /** Best of each kind of loop; no entry where the engine does not have it. */
  readonly each: Partial<Record<Flavour, number>>;
}

/**
 * A loop of `count` independent chains `a = a · x + y` on four lanes. The chains hide the latency of the multiply
 * and the add; more than 13 of them, x and y no longer fit the 15 vector registers that V8 hands out.
 */
function probe(flavour: Flavour, count: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder({ initial: 1, maximum: 1, shared: false });
  module.func(
    ["i32"],
    ["f32"],
    (f) => {
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
    },
    "probe",
  );
  return Uint8Array.from(module.encode());
}

function measure(bytes: Uint8Array<ArrayBuffer>, count: number): number {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  new Float32Array(memory.buffer).set([0.75, 0.75, 0.75, 0.75, 0.25, 0.25, 0.25, 0.25]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const run = exports.probe as (iterations: number) => number;
  const iterations = 400_000;
  let best = Number.POSITIVE_INFINITY;
  // The first calls run V8's baseline code until the optimised one is ready.
  for (let attempt = 0; attempt < 60; attempt++) {
    const begin = performance.now();
    const value = run(iterations);
    best = Math.min(best, performance.now() - begin);
    if (Math.abs(value / count - 1) > 1e-3) throw new Error(`bench: the peak probe computed ${value}`);
  }
  return (iterations * count * 8) / (best * 1e6);
}

/** Measures the peak of one thread, about a second's work. */
export function measurePeak(): Peak {
  const each: Partial<Record<Flavour, number>> = {};
  const flavours: Flavour[] = wasmFeatures().relaxedSimd ? ["mul+add", "relaxed madd"] : ["mul+add"];
  for (const flavour of flavours) {
    for (const count of [8, 10, 12, 13]) {
      each[flavour] = Math.max(each[flavour] ?? 0, measure(probe(flavour, count), count));
    }
  }
  const plain = each["mul+add"] ?? 0;
  const relaxed = each["relaxed madd"] ?? 0;
  return { gflops: Math.max(plain, relaxed), flavour: relaxed > plain ? "relaxed madd" : "mul+add", each };
}
