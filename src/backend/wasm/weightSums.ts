// Sums of a weight gradient, whose vectors run along output channels, put where the gradient has its taps side by side.
import type { FunctionBuilder, Local } from "./assembler.ts";
import type { PanelShape } from "./pack.ts";
import { storeLanes, takeLocals, transpose4 } from "./tile.ts";

/** Emits the copy of a panel's sums at `sums`, `[tap][channel]`, to `[channel][tap]` at the address that `pushTarget` pushes. */
export function storeSums(
  f: FunctionBuilder,
  { width, valid }: PanelShape,
  taps: number,
  sums: Local,
  pushTarget: () => void,
): void {
  const [from, to, k] = takeLocals(f, "i32", 3);
  for (let first = 0; first < valid; first += 4) {
    f.plus(sums, first * 4).set(from);
    pushTarget();
    f.i32(first * taps * 4)
      .op("i32.add")
      .set(to);
    const block = (lanes: number) => {
      const rows = takeLocals(f, "v128", 4);
      rows.forEach((row, i) => {
        f.get(from)
          .mem("v128.load", Math.min(i, lanes - 1) * width * 4)
          .set(row);
      });
      transpose4(f, rows);
      rows.forEach((row, i) => {
        if (first + i < valid) storeLanes(f, to, row, lanes, i * taps * 4);
      });
      f.release(...rows);
    };
    f.for(k, 0, taps - (taps % 4), 4, () => {
      block(4);
      f.increment(from, width * 16).increment(to, 16);
    });
    if (taps % 4 > 0) block(taps % 4);
  }
  f.release(from, to, k);
}
