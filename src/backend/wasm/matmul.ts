// Matrix products: packed panels and register tiles over blocks of rows and columns. Knows strides, nothing of
// where the operands come from.
import type { MatmulKernel } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, type KernelCode, param } from "./codegen.ts";
import { type MatmulPlan, planMatmul } from "./matmulPlan.ts";
import { type PanelShape, packPanel, panelBytes } from "./pack.ts";
import { applyEpilogue, product, rawTarget, setOutputPointer } from "./result.ts";
import {
  addScaled,
  closeTile,
  openTile,
  outerProductStep,
  settleBytes,
  settleTile,
  storeLanes,
} from "./tile.ts";
import { isPaired } from "./tiles.ts";

/** Code of a batched matrix product; a unit is one block of one product. */
export function matmulKernel(kernel: MatmulKernel, env: CodegenEnv): KernelCode {
  const { m, n, k } = kernel;
  const plan = planMatmul(kernel, env.tiles);
  const dims = [...kernel.batch, m, n];
  const empty = product(dims) === 0;
  const target = rawTarget(env, kernel.epilogue, dims);
  const align = (bytes: number) => Math.ceil(bytes / 64) * 64;
  const bBytes = plan.packB ? align(panelBytes(plan.columnBlock, plan.depth)) : 0;
  const aBytes = plan.packA ? align(panelBytes(plan.rowBlock, plan.depth)) : 0;
  const rawBytes = target.direct ? 0 : align(plan.rowBlock * Math.min(plan.columnBlock, n) * 4 + 64);
  return {
    units: empty ? 0 : plan.batches * plan.columnBlocks * plan.rowBlocks,
    cost: plan.batches * ((m * n * k) / 14 + m * n),
    scratchBytes: aBytes + bBytes + rawBytes + settleBytes,
    write(f) {
      if (!empty)
        new MatmulWriter(f, env, kernel, plan, {
          a: bBytes,
          raw: aBytes + bBytes,
          tile: aBytes + bBytes + rawBytes,
        }).write();
    },
  };
}

/** Places of the parts of scratch memory behind the packed columns. */
interface Places {
  readonly a: number;
  readonly raw: number;
  readonly tile: number;
}

/** Writes the function; its fields are the locals that the nested loops share. */
class MatmulWriter {
  readonly #f: FunctionBuilder;
  readonly #env: CodegenEnv;
  readonly #kernel: MatmulKernel;
  readonly #plan: MatmulPlan;
  readonly #scratch: Places;
  readonly #direct: boolean;
  readonly #final: boolean;
  readonly #dims: readonly number[];
  /** Floats from one raw row to the next. */
  readonly #pitch: number;
  readonly #aRow: number;
  readonly #aStep: number;
  readonly #bStep: number;
  readonly #bColumn: number;
  readonly #row: Local;
  readonly #rowEnd: Local;
  readonly #column: Local;
  readonly #columnEnd: Local;
  readonly #start: Local;
  readonly #steps: Local;
  /** Addresses of A at the block's first row, of B at its first column, both at the present k; of its raw results. */
  readonly #aBlock: Local;
  readonly #bBlock: Local;
  readonly #raw: Local;
  /** Address and number of the columns that are packed now (with broadcast columns the address says too little). */
  readonly #packed: Local;
  readonly #packedColumn: Local;

  constructor(f: FunctionBuilder, env: CodegenEnv, kernel: MatmulKernel, plan: MatmulPlan, scratch: Places) {
    this.#f = f;
    this.#env = env;
    this.#kernel = kernel;
    this.#plan = plan;
    this.#scratch = scratch;
    this.#dims = [...kernel.batch, kernel.m, kernel.n];
    const target = rawTarget(env, kernel.epilogue, this.#dims);
    this.#direct = target.direct;
    this.#final = target.final;
    this.#pitch = target.direct ? kernel.n : Math.min(plan.columnBlock, kernel.n);
    [this.#aRow, this.#aStep] = kernel.a.strides.slice(-2) as [number, number];
    [this.#bStep, this.#bColumn] = kernel.b.strides.slice(-2) as [number, number];
    this.#row = f.local("i32");
    this.#rowEnd = f.local("i32");
    this.#column = f.local("i32");
    this.#columnEnd = f.local("i32");
    this.#start = f.local("i32");
    this.#steps = f.local("i32");
    this.#aBlock = f.local("i32");
    this.#bBlock = f.local("i32");
    this.#raw = f.local("i32");
    this.#packed = f.local("i32");
    this.#packedColumn = f.local("i32");
  }

  write(): void {
    const f = this.#f;
    const { m, n, k } = this.#kernel;
    const plan = this.#plan;
    const unit = f.local("i32");
    const rest = f.local("i32");
    const indices = this.#kernel.batch.map(() => f.local("i32"));
    f.i32(-1).set(this.#packed).i32(-1).set(this.#packedColumn);
    f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => {
      f.get(unit).set(rest);
      this.#takeIndex(rest, plan.rowBlocks, this.#row);
      this.#takeIndex(rest, plan.columnBlocks, this.#column);
      for (let d = indices.length - 1; d >= 0; d--)
        this.#takeIndex(rest, this.#kernel.batch[d]!, indices[d]!);
      this.#blockStart(this.#row, this.#rowEnd, plan.rowBlock, m);
      this.#blockStart(this.#column, this.#columnEnd, plan.columnBlock, n);
      this.#setRaw(indices);
      if (plan.depths === 1) {
        f.i32(0).set(this.#start).i32(k).set(this.#steps);
        this.#block(indices, false);
      } else {
        f.i32(0).set(this.#start).i32(plan.depth).set(this.#steps);
        this.#block(indices, false);
        f.for(this.#start, plan.depth, k, plan.depth, () => {
          f.i32(k).get(this.#start).op("i32.sub").set(this.#steps);
          f.lesser(this.#steps, plan.depth).set(this.#steps);
          this.#block(indices, true);
        });
      }
      if (!this.#final) this.#epilogue(indices);
    });
  }

  /** `index = rest mod size; rest = ⌊rest / size⌋`. */
  #takeIndex(rest: Local, size: number, index: Local): void {
    const f = this.#f;
    if (size === 1) {
      f.i32(0).set(index);
      return;
    }
    f.get(rest).i32(size).op("i32.rem_u").set(index);
    f.get(rest).i32(size).op("i32.div_u").set(rest);
  }

  /** Turns a block's number into its first and last index. */
  #blockStart(start: Local, end: Local, size: number, limit: number): void {
    const f = this.#f;
    f.get(start).i32(size).op("i32.mul").tee(start).i32(size).op("i32.add").set(end);
    f.lesser(end, limit).set(end);
  }

  #setRaw(indices: readonly Local[]): void {
    const f = this.#f;
    if (!this.#direct) {
      f.plus(param.scratch, this.#scratch.raw).set(this.#raw);
      return;
    }
    const { m, n } = this.#kernel;
    let stride = m * n;
    const terms: [Local, number][] = [
      [this.#row, n],
      [this.#column, 1],
    ];
    for (let d = indices.length - 1; d >= 0; d--) {
      terms.push([indices[d]!, stride]);
      stride *= this.#kernel.batch[d]!;
    }
    setOutputPointer(f, this.#env, this.#kernel.epilogue, this.#raw, terms);
  }

  /** The block's products over the steps `start … start + steps − 1`, added to the raw results if `more`. */
  #block(indices: readonly Local[], more: boolean): void {
    const f = this.#f;
    const { a, b } = this.#kernel;
    const plan = this.#plan;
    this.#env.pushAddress(f, a.buffer, a.offset);
    indices.forEach((index, d) => {
      addScaled(f, index, a.strides[d]! * 4);
    });
    addScaled(f, this.#row, this.#aRow * 4);
    addScaled(f, this.#start, this.#aStep * 4);
    f.set(this.#aBlock);
    this.#env.pushAddress(f, b.buffer, b.offset);
    indices.forEach((index, d) => {
      addScaled(f, index, b.strides[d]! * 4);
    });
    addScaled(f, this.#column, this.#bColumn * 4);
    addScaled(f, this.#start, this.#bStep * 4);
    f.set(this.#bBlock);
    if (plan.packB) {
      f.get(this.#bBlock).get(this.#packed).op("i32.ne");
      f.get(this.#column).get(this.#packedColumn).op("i32.ne").op("i32.or");
      f.if(() => {
        this.#packColumns();
        f.get(this.#bBlock).set(this.#packed).get(this.#column).set(this.#packedColumn);
      });
    }
    if (plan.packA) this.#packRows();
    this.#panels((shape, column, panel) => this.#rowTiles(shape, column, panel, more));
  }

  /**
   * Calls `body` in a loop over the block's panels, then once more for a narrower last one. `panel` holds the
   * panel's address: packed, or in B itself; `column` its first column.
   */
  #panels(body: (shape: PanelShape, column: Local, panel: Local) => void): void {
    const f = this.#f;
    const { n } = this.#kernel;
    const { width, tailWidth, packB, depth } = this.#plan;
    const column = f.local("i32");
    const panel = f.local("i32");
    const last = f.local("i32");
    const whole = n - (n % width);
    if (packB) f.get(param.scratch).set(panel);
    else f.get(this.#bBlock).set(panel);
    f.get(this.#column).set(column);
    if (whole > 0) {
      f.lesser(this.#columnEnd, whole).set(last);
      f.for(column, { local: this.#column }, { local: last }, width, () => {
        body({ width, valid: width }, column, panel);
        f.increment(panel, (packB ? Math.ceil(depth / 4) * 4 * width : this.#bColumn * width) * 4);
      });
    }
    if (tailWidth > 0) {
      f.get(this.#columnEnd).i32(n).op("i32.eq");
      f.if(() => body({ width: tailWidth, valid: n % width }, column, panel));
    }
    f.release(column, panel, last);
  }

  #packColumns(): void {
    const f = this.#f;
    const source = f.local("i32");
    f.get(this.#bBlock).set(source);
    const matrix = { pointer: source, along: this.#bStep, across: this.#bColumn };
    this.#panels((shape, _column, panel) => {
      packPanel(f, matrix, panel, shape, { local: this.#steps });
      f.increment(source, shape.width * this.#bColumn * 4);
    });
    f.release(source);
  }

  /** Packs the block's rows of A as `[tile][k][rows]`. */
  #packRows(): void {
    const f = this.#f;
    const source = f.local("i32");
    const target = f.local("i32");
    f.get(this.#aBlock).set(source);
    f.plus(param.scratch, this.#scratch.a).set(target);
    this.#tiles((rows) => {
      packPanel(
        f,
        { pointer: source, along: this.#aStep, across: this.#aRow },
        target,
        { width: rows, valid: rows },
        { local: this.#steps },
      );
      f.increment(source, rows * this.#aRow * 4).increment(target, this.#aTileBytes(rows));
    });
    f.release(source, target);
  }

  #aTileBytes(rows: number): number {
    return Math.ceil(this.#plan.depth / 4) * 4 * rows * 4;
  }

  /** Calls `body` in a loop over the block's full row tiles, then for the product's last, lower one. */
  #tiles(body: (rows: number) => void): void {
    const f = this.#f;
    const { m } = this.#kernel;
    const { size, full, rest } = this.#plan.rows;
    const row = f.local("i32");
    const last = f.local("i32");
    const whole = full * size;
    if (full > 0) {
      f.lesser(this.#rowEnd, whole).set(last);
      f.for(row, { local: this.#row }, { local: last }, size, () => body(size));
    }
    if (rest > 0) {
      f.get(this.#rowEnd).i32(m).op("i32.eq");
      f.if(() => body(rest));
    }
    f.release(row, last);
  }

  /** All row tiles of one panel. */
  #rowTiles({ width, valid }: PanelShape, column: Local, panel: Local, more: boolean): void {
    const f = this.#f;
    const { packA, packB } = this.#plan;
    const vectors = width / 4;
    const a = f.local("i32");
    const aTile = f.local("i32");
    const b = f.local("i32");
    const c = f.local("i32");
    const left = f.local("i32");
    if (packA) f.plus(param.scratch, this.#scratch.a).set(aTile);
    else f.get(this.#aBlock).set(aTile);
    f.get(column).get(this.#column).op("i32.sub").i32(4).op("i32.mul").get(this.#raw).op("i32.add").set(c);
    this.#tiles((rows) => {
      const tile = openTile(
        f,
        rows,
        vectors,
        more ? (r, v) => f.get(c).mem("v128.load", (r * this.#pitch + v * 4) * 4, 2) : undefined,
      );
      const aStep = packA ? rows : this.#aStep;
      const bStep = packB ? width : this.#bStep;
      const rowStep = packA ? 1 : this.#aRow;
      f.get(aTile).set(a).get(panel).set(b).get(this.#steps).set(left);
      const loop = () =>
        f.loop(() => {
          outerProductStep(
            f,
            this.#env.relaxed,
            tile,
            (r) => f.get(a).mem("v128.load32_splat", r * rowStep * 4),
            (v) => f.get(b).mem("v128.load", v * 16, 2),
          );
          f.increment(a, aStep * 4).increment(b, bStep * 4);
          f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
        });
      if (this.#kernel.k > 0) loop();
      if (isPaired(this.#env.tiles) && valid % 8 !== 0) {
        f.plus(param.scratch, this.#scratch.tile).set(b);
        settleTile(f, tile, b);
      }
      tile.acc.forEach((acc, i) => {
        const r = Math.floor(i / vectors);
        const v = i % vectors;
        storeLanes(f, c, acc, Math.min(4, valid - v * 4), (r * this.#pitch + v * 4) * 4);
      });
      closeTile(f, tile);
      f.increment(c, rows * this.#pitch * 4);
      f.increment(aTile, packA ? this.#aTileBytes(rows) : rows * this.#aRow * 4);
    });
    f.release(a, aTile, b, c, left);
  }

  #epilogue(indices: readonly Local[]): void {
    const f = this.#f;
    const { epilogue } = this.#kernel;
    const pointer = f.local("i32");
    f.get(this.#raw).set(pointer);
    if (this.#plan.columnBlocks === 1) {
      const span = { from: this.#row, to: this.#rowEnd };
      applyEpilogue(f, this.#env, epilogue, this.#dims, pointer, indices, span);
    } else {
      const row = f.local("i32");
      const span = { from: this.#column, to: this.#columnEnd };
      f.for(row, { local: this.#row }, { local: this.#rowEnd }, 1, () => {
        applyEpilogue(f, this.#env, epilogue, this.#dims, pointer, [...indices, row], span);
        f.increment(pointer, this.#pitch * 4);
      });
      f.release(row);
    }
    f.release(pointer);
  }
}
