// Windows of a pooling as tables and scalar loops: any size, stride, padding, dilation and overlap. Knows where
// windows lie, nothing of what is done with their elements beyond a walk and a search.
import type { PoolGeometry } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import type { CodegenEnv } from "./codegen.ts";
import { addScaled } from "./tile.ts";

/** Which divisor an average has. */
export interface Divisor {
  readonly countPadding: boolean;
  readonly padBottom: number;
  readonly padRight: number;
}

/** The part of a window inside its plane, in locals: its first element's address, and its rows and columns. */
export interface Window {
  readonly first: Local;
  readonly rows: Local;
  readonly columns: Local;
  /** f32: what the sum of an average is divided by. */
  readonly divisor: Local;
}

/** Per output index along one axis: byte offset of the first tap inside, taps inside, factor of the divisor. */
function axisTable(
  out: number,
  size: number,
  kernel: number,
  stride: number,
  pad: number,
  dilation: number,
  step: number,
  limit: number | null,
): Int32Array {
  const table = new Int32Array(out * 3);
  for (let o = 0; o < out; o++) {
    const taps = Array.from({ length: kernel }, (_, i) => o * stride - pad + i * dilation);
    const inside = taps.filter((t) => t >= 0 && t < size);
    const counted = limit === null ? inside.length : taps.filter((t) => t < limit).length;
    table.set([(inside[0] ?? 0) * step, inside.length, counted], o * 3);
  }
  return table;
}

/** Walks over the windows of planes of one geometry. */
export class WindowWalk {
  readonly #f: FunctionBuilder;
  readonly #geometry: PoolGeometry;
  readonly #rows: (f: FunctionBuilder) => void;
  readonly #columns: (f: FunctionBuilder) => void;

  constructor(
    f: FunctionBuilder,
    g: PoolGeometry,
    tables: { rows: (f: FunctionBuilder) => void; columns: (f: FunctionBuilder) => void },
  ) {
    this.#f = f;
    this.#geometry = g;
    this.#rows = tables.rows;
    this.#columns = tables.columns;
  }

  /** The tables that a walk needs, stored with the program. */
  static tables(env: CodegenEnv, g: PoolGeometry, divisor: Divisor) {
    const { countPadding, padBottom, padRight } = divisor;
    const rowLimit = countPadding ? g.inH + padBottom : null;
    const columnLimit = countPadding ? g.inW + padRight : null;
    const rows = axisTable(g.outH, g.inH, g.kernelH, g.strideH, g.padTop, g.dilationH, g.inW * 4, rowLimit);
    const columns = axisTable(g.outW, g.inW, g.kernelW, g.strideW, g.padLeft, g.dilationW, 4, columnLimit);
    return { rows: env.table(rows), columns: env.table(columns) };
  }

  /** Calls `body` for every window of the plane at `plane`, in the order of the outputs. */
  each(plane: Local, body: (window: Window) => void): void {
    const f = this.#f;
    const g = this.#geometry;
    const [y, x, entry, rowAddress] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
    const rowsCounted = f.local("i32");
    const window = {
      first: f.local("i32"),
      rows: f.local("i32"),
      columns: f.local("i32"),
      divisor: f.local("f32"),
    };
    f.for(y, 0, g.outH, 1, () => {
      this.#rows(f);
      addScaled(f, y, 12);
      f.tee(entry).mem("i32.load", 0).get(plane).op("i32.add").set(rowAddress);
      f.get(entry).mem("i32.load", 4).set(window.rows).get(entry).mem("i32.load", 8).set(rowsCounted);
      f.for(x, 0, g.outW, 1, () => {
        this.#columns(f);
        addScaled(f, x, 12);
        f.tee(entry).mem("i32.load", 0).get(rowAddress).op("i32.add").set(window.first);
        f.get(entry).mem("i32.load", 4).set(window.columns);
        f.get(entry).mem("i32.load", 8).get(rowsCounted).op("i32.mul").op("f32.convert_i32_s");
        f.set(window.divisor);
        body(window);
      });
    });
    f.release(y, x, entry, rowAddress, rowsCounted, ...Object.values(window));
  }

  /** Calls `body` with the address of each element of a window, row by row. */
  elements(window: Window, body: (address: Local) => void): void {
    const f = this.#f;
    const g = this.#geometry;
    const [i, j, row, at] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
    f.get(window.first).set(row);
    f.for(i, 0, { local: window.rows }, 1, () => {
      f.get(row).set(at);
      f.for(j, 0, { local: window.columns }, 1, () => {
        body(at);
        f.increment(at, g.dilationW * 4);
      });
      f.increment(row, g.dilationH * g.inW * 4);
    });
    f.release(i, j, row, at);
  }

  /** Sets `best` to the address of the window's first maximum; the first NaN beats every number. */
  firstMaximum(window: Window, best: Local): void {
    const f = this.#f;
    const largest = f.local("f32");
    const value = f.local("f32");
    f.get(window.first).set(best).f32(Number.NEGATIVE_INFINITY).set(largest);
    this.elements(window, (at) => {
      f.get(at).mem("f32.load").tee(value).get(largest).op("f32.le").op("i32.eqz");
      f.get(largest).get(largest).op("f32.eq").op("i32.and");
      f.if(() => f.get(at).set(best).get(value).set(largest));
    });
    f.release(largest, value);
  }
}
