// Max pooling of 2 × 2 windows with stride 2 on vectors: four windows at a time. Knows one plane only.
import type { PoolGeometry } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { storeLanes, takeLocals } from "./tile.ts";

/** The four elements of four windows: top left, top right, bottom left, bottom right. */
type Corners = readonly [Local, Local, Local, Local];

/** Takes locals with the corners of four windows whose first element is at `address`. */
function loadCorners(f: FunctionBuilder, address: Local, rowBytes: number): Corners {
  const corners = takeLocals(f, "v128", 4);
  const low = f.local("v128");
  const high = f.local("v128");
  for (const row of [0, 1]) {
    f.get(address)
      .mem("v128.load", row * rowBytes, 2)
      .set(low);
    f.get(address)
      .mem("v128.load", row * rowBytes + 16, 2)
      .set(high);
    f.get(low).get(high).shuffle32(0, 2, 4, 6);
    f.set(corners[row * 2]!);
    f.get(low).get(high).shuffle32(1, 3, 5, 7);
    f.set(corners[row * 2 + 1]!);
  }
  f.release(low, high);
  return corners;
}

/**
 * Walks a plane's output rows four windows at a time. `pointers` are addresses in it with the bytes that they
 * move on by for one output row and for one output column; `body` gets copies of them at the present windows.
 * A row's last four windows may overlap the four before; a row of fewer has `lanes` windows.
 */
function eachFour(
  f: FunctionBuilder,
  g: PoolGeometry,
  pointers: readonly { start: Local; row: number; column: number }[],
  body: (at: readonly Local[], lanes: number) => void,
): void {
  const rows = takeLocals(f, "i32", pointers.length);
  const at = takeLocals(f, "i32", pointers.length);
  const [y, x] = [f.local("i32"), f.local("i32")];
  const whole = Math.floor(g.outW / 4);
  pointers.forEach(({ start }, i) => {
    f.get(start).set(rows[i]!);
  });
  f.for(y, 0, g.outH, 1, () => {
    pointers.forEach((_, i) => {
      f.get(rows[i]!).set(at[i]!);
    });
    f.for(x, 0, whole, 1, () => {
      body(at, 4);
      pointers.forEach(({ column }, i) => {
        f.increment(at[i]!, column * 4);
      });
    });
    if (g.outW % 4 !== 0) {
      const back = whole > 0 ? 4 - (g.outW % 4) : 0;
      pointers.forEach(({ column }, i) => {
        f.increment(at[i]!, -column * back);
      });
      body(at, whole > 0 ? 4 : g.outW % 4);
    }
    pointers.forEach(({ row }, i) => {
      f.increment(rows[i]!, row);
    });
  });
  f.release(...rows, ...at, y, x);
}

/**
 * Sets `a` to the larger of `a` and `b`, to NaN if one of them is. Each order of comparison gives the first operand where one is
 * NaN: together their bits are NaN then, and else twice the same. WebAssembly's own max takes three times as many instructions.
 */
function setLarger(f: FunctionBuilder, a: Local, b: Local): void {
  f.get(a).get(b).op("f32x4.pmax").get(b).get(a).op("f32x4.pmax").op("v128.or").set(a);
}

/** Largest element of every window. */
export function maxPlane2x2(f: FunctionBuilder, g: PoolGeometry, input: Local, raw: Local): void {
  const pointers = [
    { start: input, row: g.inW * 8, column: 8 },
    { start: raw, row: g.outW * 4, column: 4 },
  ];
  eachFour(f, g, pointers, ([from, to], lanes) => {
    const corners = loadCorners(f, from!, g.inW * 4);
    const [a, b, c, d] = corners;
    setLarger(f, a, b);
    setLarger(f, c, d);
    setLarger(f, a, c);
    storeLanes(f, to!, a, lanes, 0);
    f.release(...corners);
  });
}

/** Pushes a mask of the lanes where `value` beats `best`: it is larger, or the first NaN. */
function pushBeats(f: FunctionBuilder, value: Local, best: Local): void {
  f.get(best).get(best).op("f32x4.eq").get(value).get(best).op("f32x4.le").op("v128.andnot");
}

/** Element of `values` at the place of every window's first maximum of `input`. */
export function pickPlane2x2(
  f: FunctionBuilder,
  g: PoolGeometry,
  input: Local,
  values: Local,
  raw: Local,
): void {
  const pointers = [
    { start: input, row: g.inW * 8, column: 8 },
    { start: values, row: g.inW * 8, column: 8 },
    { start: raw, row: g.outW * 4, column: 4 },
  ];
  eachFour(f, g, pointers, ([from, picked, to], lanes) => {
    const corners = loadCorners(f, from!, g.inW * 4);
    const candidates = loadCorners(f, picked!, g.inW * 4);
    const mask = f.local("v128");
    const best = corners[0];
    const pick = candidates[0];
    for (let i = 1; i < 4; i++) {
      pushBeats(f, corners[i]!, best);
      f.set(mask);
      f.get(corners[i]!).get(best).get(mask).op("v128.bitselect").set(best);
      f.get(candidates[i]!).get(pick).get(mask).op("v128.bitselect").set(pick);
    }
    storeLanes(f, to!, pick, lanes, 0);
    f.release(mask, ...corners, ...candidates);
  });
}

/** Sends each window's gradient to the place of its first maximum; all other places get 0. */
export function gradPlane2x2(f: FunctionBuilder, g: PoolGeometry, input: Local, dy: Local, raw: Local): void {
  const rowBytes = g.inW * 4;
  const pointers = [
    { start: input, row: rowBytes * 2, column: 8 },
    { start: dy, row: g.outW * 4, column: 4 },
    { start: raw, row: rowBytes * 2, column: 8 },
  ];
  clearRest(f, g, raw);
  eachFour(f, g, pointers, ([from, gradients, to], lanes) => {
    const corners = loadCorners(f, from!, rowBytes);
    const [best, ...others] = corners;
    const gradient = f.local("v128");
    const masks = takeLocals(f, "v128", 3);
    others.forEach((value, i) => {
      pushBeats(f, value, best);
      f.set(masks[i]!);
      f.get(value).get(best).get(masks[i]!).op("v128.bitselect").set(best);
    });
    f.get(gradients!).mem("v128.load", 0, 2).set(gradient);
    // The last corner that beat the ones before it takes the gradient; what it takes is gone for the others.
    for (let i = 2; i >= 0; i--) {
      const taken = corners[i + 1]!;
      f.get(gradient).get(masks[i]!).op("v128.and").set(taken);
      f.get(gradient).get(masks[i]!).op("v128.andnot").set(gradient);
    }
    f.get(gradient).set(best);
    for (const row of [0, 1]) {
      const [left, right] = [corners[row * 2]!, corners[row * 2 + 1]!];
      f.get(left).get(right).shuffle32(0, 4, 1, 5).set(masks[0]!);
      f.get(left).get(right).shuffle32(2, 6, 3, 7).set(masks[1]!);
      storeLanes(f, to!, masks[0]!, Math.min(4, lanes * 2), row * rowBytes);
      if (lanes > 2) storeLanes(f, to!, masks[1]!, lanes * 2 - 4, row * rowBytes + 16);
    }
    f.release(gradient, ...masks, ...corners);
  });
}

/** Zeros where no window lies: the columns and rows left over on the right and at the bottom. */
function clearRest(f: FunctionBuilder, g: PoolGeometry, raw: Local): void {
  const [at, i, j] = [f.local("i32"), f.local("i32"), f.local("i32")];
  const columns = g.inW - g.outW * 2;
  if (columns > 0) {
    f.plus(raw, g.outW * 8).set(at);
    f.for(i, 0, g.outH * 2, 1, () => {
      f.for(j, 0, columns, 1, () => {
        f.get(at).f32(0).mem("f32.store").increment(at, 4);
      });
      f.increment(at, g.outW * 8);
    });
  }
  f.plus(raw, g.outH * 2 * g.inW * 4).set(at);
  f.for(i, 0, (g.inH - g.outH * 2) * g.inW, 1, () => {
    f.get(at).f32(0).mem("f32.store").increment(at, 4);
  });
  f.release(at, i, j);
}
