// How a kernel's outer index space is cut into units that threads share out, and the loop over a thread's units.
// Results must not depend on the cut; nothing here knows what a unit computes.
import type { FunctionBuilder, Local } from "./assembler.ts";
import { param } from "./codegen.ts";
import { product } from "./collapse.ts";

/** A cut: one unit is one index of the dims before `dim` with `block` consecutive indices of `dim`. */
export interface Cut {
  readonly dims: readonly number[];
  readonly dim: number;
  readonly block: number;
  readonly units: number;
}

/** A unit's work in nanoseconds: enough to drown its overhead, little enough to share a kernel out evenly. */
const unitNanoseconds = 2000;

/**
 * Cuts a space so that a unit takes about two microseconds.
 * @param cost nanoseconds for one element
 * @param granule blocks of the last dim are multiples of this many elements
 */
export function cutUnits(dims: readonly number[], cost: number, granule: number): Cut {
  const target = Math.max(1, unitNanoseconds / cost);
  let dim = 0;
  while (dim < dims.length - 1 && product(dims.slice(dim + 1)) > target) dim++;
  const below = product(dims.slice(dim + 1));
  const multiple = dim === dims.length - 1 ? granule : 1;
  const block = Math.max(1, Math.round(target / below / multiple)) * multiple;
  const size = dims[dim]!;
  const units = product(dims.slice(0, dim)) * Math.ceil(size / block);
  return { dims, dim, block: Math.min(block, size), units };
}

/** The indices of one unit, as `NestSpec` takes them. */
export interface UnitIndices {
  readonly outer: readonly Local[];
  readonly span?: { readonly from: Local; readonly to: Local };
}

/** Emits the loop over the units `lo … hi − 1` of the kernel function's parameters. */
export function emitUnits(f: FunctionBuilder, cut: Cut, body: (indices: UnitIndices) => void): void {
  const { dims, dim, block } = cut;
  const size = dims[dim]!;
  const blocks = Math.ceil(size / block);
  const spanOf = (pushLow: () => void, pushHigh: () => void) => {
    const from = f.local("i32");
    const to = f.local("i32");
    pushLow();
    f.i32(block).op("i32.mul").set(from);
    pushHigh();
    f.i32(block).op("i32.mul").set(to);
    f.lesser(to, size).set(to);
    return { from, to };
  };
  if (dim === 0) {
    // A thread's units are neighbours, so they make one span.
    const span = spanOf(
      () => f.get(param.lo),
      () => f.get(param.hi),
    );
    body({ outer: [], span });
    f.release(span.from, span.to);
    return;
  }
  const unit = f.local("i32");
  const rest = f.local("i32");
  const outer = dims.slice(0, dim).map(() => f.local("i32"));
  f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => {
    f.get(unit).i32(blocks).op("i32.div_u").set(rest);
    const indices = () => {
      for (let d = dim - 1; d > 0; d--) {
        f.get(rest).i32(dims[d]!).op("i32.rem_u").set(outer[d]!);
        f.get(rest).i32(dims[d]!).op("i32.div_u").set(rest);
      }
      f.get(rest).set(outer[0]!);
    };
    if (blocks === 1) {
      indices();
      body({ outer });
      return;
    }
    const span = spanOf(
      () => f.get(unit).i32(blocks).op("i32.rem_u"),
      () => f.get(unit).i32(blocks).op("i32.rem_u").i32(1).op("i32.add"),
    );
    indices();
    body({ outer, span });
    f.release(span.from, span.to);
  });
  f.release(unit, rest, ...outer);
}
