// Selection along an axis and its transpose. Units are rows of the result, or outer positions, cut again along the inner
// axis, so that no two units write the same element.

import { byteSize } from "../../base/dtype.ts";
import type { GatherKernel, ScatterAddKernel } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, type KernelCode, param } from "./codegen.ts";
import { addScaled, takeLocals } from "./tile.ts";

/** Elements along the inner axis that one unit takes at least. */
const innerBlock = 1024;

/** Locals of one unit: its outer position and its part of the inner axis. */
interface Unit {
  readonly outer: Local;
  readonly from: Local;
  readonly to: Local;
}

function eachUnit(f: FunctionBuilder, blocks: number, inner: number, body: (unit: Unit) => void): void {
  const unit = f.local("i32");
  const [outer, from, to] = [f.local("i32"), f.local("i32"), f.local("i32")];
  f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => {
    f.get(unit).i32(blocks).op("i32.div_u").set(outer);
    f.get(unit).i32(blocks).op("i32.rem_u").i32(innerBlock).op("i32.mul").tee(from);
    f.i32(innerBlock).op("i32.add").set(to);
    f.lesser(to, inner).set(to);
    body({ outer, from, to });
  });
  f.release(unit, outer, from, to);
}

/** Sets `pointer` to the address of element `outer · perOuter + from` of a buffer. */
function setPointer(
  f: FunctionBuilder,
  env: CodegenEnv,
  access: { readonly buffer: number; readonly offset: number },
  pointer: Local,
  unit: Unit,
  perOuter: number,
  size: number,
): void {
  env.pushAddress(f, access.buffer, access.offset);
  addScaled(f, unit.outer, perOuter * size);
  addScaled(f, unit.from, size);
  f.set(pointer);
}

/** Code of a selection along one axis; a unit is part of a row. */
export function gatherKernel(kernel: GatherKernel, env: CodegenEnv): KernelCode {
  const { outer, size, count, inner, dtype } = kernel;
  const bytes = byteSize(dtype);
  const rows = outer * count;
  const blocks = Math.max(1, Math.ceil(inner / innerBlock));
  return {
    units: rows * inner === 0 ? 0 : rows * blocks,
    // A row that is picked at random has to be fetched from afar.
    cost: rows * (inner * bytes * 0.05 + blocks * 100),
    scratchBytes: 0,
    write(f) {
      const [row, j, index, from, to, end] = takeLocals(f, "i32", 6);
      eachUnit(f, blocks, inner, (unit) => {
        f.get(unit.outer).i32(count).op("i32.div_u").set(row);
        f.get(unit.outer).i32(count).op("i32.rem_u").set(j);
        pushIndex(f, env, kernel.index, j);
        f.set(index);
        setPointer(f, env, kernel.output, to, unit, inner, bytes);
        f.get(to).get(unit.to).get(unit.from).op("i32.sub").i32(bytes).op("i32.mul").op("i32.add").set(end);
        env.pushAddress(f, kernel.source.buffer, kernel.source.offset);
        f.get(row).i32(size).op("i32.mul").get(index).op("i32.add");
        f.i32(inner).op("i32.mul").get(unit.from).op("i32.add").i32(bytes).op("i32.mul").op("i32.add");
        f.set(from);
        f.get(index).i32(size).op("i32.lt_u");
        f.if(
          () => copyBytes(f, from, to, end, bytes),
          () => fillMissing(f, to, end, dtype === "float32", bytes),
        );
      });
    },
  };
}

function pushIndex(f: FunctionBuilder, env: CodegenEnv, access: GatherKernel["index"], j: Local): void {
  const bytes = byteSize(env.dtype(access.buffer));
  env.pushAddress(f, access.buffer, access.offset);
  addScaled(f, j, bytes);
  f.mem(bytes === 1 ? "i32.load8_u" : "i32.load");
}

/** Copies from `from` up to `end`, sixteen bytes at a time and then one element at a time. */
function copyBytes(f: FunctionBuilder, from: Local, to: Local, end: Local, bytes: number): void {
  const step = (size: number, copy: () => void) =>
    f.block(() => {
      f.loop(() => {
        f.plus(to, size).get(end).op("i32.gt_u").brIf(1);
        copy();
        f.increment(from, size).increment(to, size).br(0);
      });
    });
  step(16, () => f.get(to).get(from).mem("v128.load", 0, 0).mem("v128.store", 0, 0));
  if (bytes === 4) step(4, () => f.get(to).get(from).mem("i32.load").mem("i32.store"));
  else step(1, () => f.get(to).get(from).mem("i32.load8_u").mem("i32.store8"));
}

function fillMissing(f: FunctionBuilder, to: Local, end: Local, float: boolean, bytes: number): void {
  f.loop(() => {
    f.get(to).i32(float ? 0x7fc00000 : 0);
    f.mem(bytes === 4 ? "i32.store" : "i32.store8");
    f.increment(to, bytes).get(to).get(end).op("i32.lt_u").brIf(0);
  });
}

/** Code of a selection's transpose: adds each row to the one that its index names. */
export function scatterAddKernel(kernel: ScatterAddKernel, env: CodegenEnv): KernelCode {
  const { outer, size, count, inner, dtype } = kernel;
  const bytes = byteSize(dtype);
  const blocks = Math.max(1, Math.ceil(inner / innerBlock));
  const elements = outer * size * inner;
  return {
    units: elements === 0 ? 0 : outer * blocks,
    cost: elements * 0.5 + outer * count * inner,
    scratchBytes: 0,
    write(f) {
      const [source, target, index, j] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
      const [from, to, end] = [f.local("i32"), f.local("i32"), f.local("i32")];
      const setEnd = (unit: Unit) => {
        f.get(to).get(unit.to).get(unit.from).op("i32.sub").i32(bytes).op("i32.mul").op("i32.add").set(end);
      };
      eachUnit(f, blocks, inner, (unit) => {
        setPointer(f, env, kernel.source, source, unit, count * inner, bytes);
        setPointer(f, env, kernel.output, target, unit, size * inner, bytes);
        f.for(j, 0, size, 1, () => {
          f.get(target);
          addScaled(f, j, inner * bytes);
          f.set(to);
          setEnd(unit);
          fillMissing(f, to, end, false, bytes);
        });
        f.for(j, 0, count, 1, () => {
          pushIndex(f, env, kernel.index, j);
          f.tee(index).i32(size).op("i32.lt_u");
          f.if(() => {
            f.get(target)
              .get(index)
              .i32(inner * bytes);
            f.op("i32.mul").op("i32.add").set(to);
            f.get(source);
            addScaled(f, j, inner * bytes);
            f.set(from);
            setEnd(unit);
            f.loop(() => {
              f.get(to).get(to);
              if (bytes === 1) {
                f.mem("i32.load8_u").get(from).mem("i32.load8_u").op("i32.add").mem("i32.store8");
              } else if (dtype === "float32") {
                f.mem("f32.load").get(from).mem("f32.load").op("f32.add").mem("f32.store");
              } else {
                f.mem("i32.load").get(from).mem("i32.load").op("i32.add").mem("i32.store");
              }
              f.increment(from, bytes).increment(to, bytes).get(to).get(end).op("i32.lt_u").brIf(0);
            });
          });
        });
      });
    },
  };
}
