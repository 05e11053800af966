// WebAssembly code for smooth random fields: noise, a blur along one axis, and the turn between its two passes. Fields are rows of float32 whose
// length is a multiple of four.
import type { FunctionBuilder, Local } from "../../backend/wasm/assembler.ts";
import type { ModuleBuilder } from "../../backend/wasm/moduleBuilder.ts";

/**
 * `noise(to, count, seed)`: uniform numbers in [−1, 1) with 24 bits, each a function of its index and the seed (the finaliser of
 * MurmurHash3, by Appleby, of the index times the golden ratio).
 */
export function writeNoise(module: ModuleBuilder): void {
  module.func(
    ["i32", "i32", "i32"],
    [],
    (f) => {
      const [to, count, seed] = [0, 1, 2] as const;
      const [i, counter, h] = [f.local("i32"), f.local("v128"), f.local("v128")];
      const golden = 0x9e3779b9;
      const mix = (shift: number) => f.set(h).get(h).get(h).i32(shift).op("i32x4.shr_u").op("v128.xor");
      f.get(seed).op("i32x4.splat");
      f.i32x4(0, golden, Math.imul(2, golden), Math.imul(3, golden)).op("i32x4.add").set(counter);
      f.for(i, 0, { local: count }, 4, () => {
        f.get(to).get(counter);
        mix(16).i32x4(0x85ebca6b).op("i32x4.mul");
        mix(13).i32x4(0xc2b2ae35).op("i32x4.mul");
        mix(16).i32(8).op("i32x4.shr_s").op("f32x4.convert_i32x4_s");
        f.f32x4(2 ** -23)
          .op("f32x4.mul")
          .mem("v128.store");
        f.get(counter).i32x4(Math.imul(4, golden)).op("i32x4.add").set(counter);
        f.increment(to, 16);
      });
    },
    "noise",
  );
}

/** `mirror(first, rows, stride, reach)`: writes `reach` rows before the first and after the last row, mirrored about each. */
export function writeMirror(module: ModuleBuilder): void {
  module.func(
    ["i32", "i32", "i32", "i32"],
    [],
    (f) => {
      const [first, rows, stride, reach] = [0, 1, 2, 3] as const;
      const [row, i, last, apart] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
      f.plus(rows, -1).get(stride).op("i32.mul").get(first).op("i32.add").set(last);
      f.i32(0).set(apart);
      f.for(row, 0, { local: reach }, 1, () => {
        f.get(apart).get(stride).op("i32.add").set(apart);
        f.for(i, 0, { local: stride }, 16, () => {
          f.get(first).get(apart).op("i32.sub").get(i).op("i32.add");
          f.get(first).get(apart).op("i32.add").get(i).op("i32.add").mem("v128.load").mem("v128.store");
          f.get(last).get(apart).op("i32.add").get(i).op("i32.add");
          f.get(last).get(apart).op("i32.sub").get(i).op("i32.add").mem("v128.load").mem("v128.store");
        });
      });
    },
    "mirror",
  );
}

/**
 * `blur(from, to, count, stride, weights, reach)`: `to[i] = Σ weights[k] · from[i + k · stride]`, k = 0 … 2 · reach, for `count` floats. The
 * weights are symmetric; their first reach + 1 are read. `from` is the row `reach` rows before that of the result.
 */
export function writeBlur(module: ModuleBuilder): void {
  module.func(
    ["i32", "i32", "i32", "i32", "i32", "i32"],
    [],
    (f) => {
      const [from, to, count, stride, weights, reach] = [0, 1, 2, 3, 4, 5] as const;
      const span = f.local("i32");
      f.get(reach).get(stride).op("i32.mul").set(span);
      const end = f.local("i32");
      f.get(weights).get(reach).i32(2).op("i32.shl").op("i32.add").set(end);
      const floats = (vectors: number) => vectors * 4;
      for (const vectors of [8, 4, 1]) {
        f.block(() => {
          f.loop(() => {
            f.get(count).i32(floats(vectors)).op("i32.lt_s").brIf(1);
            blurVectors(f, vectors, { from, stride, weights, span, end, to });
            f.increment(from, 4 * floats(vectors)).increment(to, 4 * floats(vectors));
            f.increment(count, -floats(vectors)).br(0);
          });
        });
      }
    },
    "blur",
  );
}

type BlurLocals = Readonly<Record<"from" | "stride" | "weights" | "span" | "end" | "to", Local>>;

/** So many vectors of the result side by side, so that a weight is read once for all of them. */
function blurVectors(f: FunctionBuilder, vectors: number, at: BlurLocals): void {
  const sums = Array.from({ length: vectors }, () => f.local("v128"));
  const weight = f.local("v128");
  const [upper, lower, k] = [f.local("i32"), f.local("i32"), f.local("i32")];
  f.get(at.end).mem("v128.load32_splat").set(weight);
  f.get(at.from).get(at.span).op("i32.add").set(upper);
  sums.forEach((sum, v) => {
    f.get(upper)
      .mem("v128.load", 16 * v)
      .get(weight)
      .op("f32x4.mul")
      .set(sum);
  });
  f.get(upper).get(at.span).op("i32.add").set(lower);
  f.get(at.from).set(upper);
  f.for(k, { local: at.weights }, { local: at.end }, 4, () => {
    f.get(k).mem("v128.load32_splat").set(weight);
    sums.forEach((sum, v) => {
      f.get(sum).get(weight);
      f.get(upper).mem("v128.load", 16 * v);
      f.get(lower).mem("v128.load", 16 * v);
      f.op("f32x4.add").op("f32x4.mul").op("f32x4.add").set(sum);
    });
    f.get(upper).get(at.stride).op("i32.add").set(upper);
    f.get(lower).get(at.stride).op("i32.sub").set(lower);
  });
  sums.forEach((sum, v) => {
    f.get(at.to)
      .get(sum)
      .mem("v128.store", 16 * v);
  });
  f.release(...sums, weight, upper, lower, k);
}

/**
 * `transpose(from, fromStride, to, toStride, rows, columns)`: rows become columns, in squares of four: rows and columns up to the next
 * multiples of four are read and written.
 */
export function writeTranspose(module: ModuleBuilder): void {
  module.func(
    ["i32", "i32", "i32", "i32", "i32", "i32"],
    [],
    (f) => {
      const [from, fromStride, to, toStride, rows, columns] = [0, 1, 2, 3, 4, 5] as const;
      const [row, column, read, written] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
      const lines = Array.from({ length: 4 }, () => f.local("v128"));
      const halves = Array.from({ length: 4 }, () => f.local("v128"));
      f.for(row, 0, { local: rows }, 4, () => {
        f.get(to).set(written);
        f.for(column, 0, { local: columns }, 4, () => {
          f.get(column).i32(2).op("i32.shl").get(from).op("i32.add").set(read);
          for (const line of lines) {
            f.get(read).mem("v128.load").set(line);
            f.get(read).get(fromStride).op("i32.add").set(read);
          }
          const [a, b, c, d] = lines as [Local, Local, Local, Local];
          const pairs = [
            [a, b, 0],
            [c, d, 0],
            [a, b, 2],
            [c, d, 2],
          ] as const;
          pairs.forEach(([p, q, lane], k) => {
            f.get(p)
              .get(q)
              .shuffle32(lane, 4 + lane, lane + 1, 5 + lane)
              .set(halves[k]!);
          });
          for (let k = 0; k < 4; k++) {
            const [p, q] = [halves[k & 2]!, halves[(k & 2) + 1]!];
            const lane = (k & 1) * 2;
            f.get(written)
              .get(p)
              .get(q)
              .shuffle32(lane, lane + 1, 4 + lane, 5 + lane)
              .mem("v128.store");
            f.get(written).get(toStride).op("i32.add").set(written);
          }
        });
        f.get(from).get(fromStride).i32(2).op("i32.shl").op("i32.add").set(from);
        f.increment(to, 16);
      });
    },
    "transpose",
  );
}
