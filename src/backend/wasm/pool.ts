// Pooling and its gradient: planes are the units; 2 × 2 windows with stride 2 run on vectors, everything else on
// scalar loops over window tables. Knows planes, nothing of batches or channels.
import type { Epilogue, PoolGeometry, PoolGradKernel, PoolKernel } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, type KernelCode, param } from "./codegen.ts";
import { gradPlane2x2, maxPlane2x2, pickPlane2x2 } from "./pool2x2.ts";
import { applyEpilogue, product, rawTarget, setOutputPointer } from "./result.ts";
import { addScaled } from "./tile.ts";
import { WindowWalk } from "./windows.ts";

/** Raw floats after which the epilogue is applied, while they are in the first-level cache. */
const blockFloats = 4096;

/** Code of a pooling. */
export function poolKernel(kernel: PoolKernel, env: CodegenEnv): KernelCode {
  const g = kernel.geometry;
  const tables = WindowWalk.tables(env, g, kernel);
  const windows = g.planes * g.outH * g.outW;
  const cost = isHalving(g) && kernel.mode !== "avg" ? 0.6 : 1 + g.kernelH * g.kernelW * 1.2;
  return planesKernel(env, kernel.epilogue, [g.planes, g.outH, g.outW], windows * cost, (f) => {
    const walk = new WindowWalk(f, g, tables);
    const input = f.local("i32");
    const values = f.local("i32");
    return (plane, raw) => {
      setPlane(f, env, kernel.input, input, plane, g.inH * g.inW);
      if (kernel.mode === "maxPick") setPlane(f, env, kernel.values!, values, plane, g.inH * g.inW);
      if (kernel.mode === "max" && isHalving(g)) maxPlane2x2(f, g, input, raw);
      else if (kernel.mode === "maxPick" && isHalving(g)) pickPlane2x2(f, g, input, values, raw);
      else walkPlane(f, kernel, walk, input, values, raw);
    };
  });
}

/** Code of a pooling's gradient. */
export function poolGradKernel(kernel: PoolGradKernel, env: CodegenEnv): KernelCode {
  const g = kernel.geometry;
  const tables = WindowWalk.tables(env, g, kernel);
  const work = g.planes * (g.outH * g.outW * (isHalving(g) ? 1.5 : 1 + g.kernelH * g.kernelW * 1.5));
  const dims = [g.planes, g.inH, g.inW] as const;
  return planesKernel(env, kernel.epilogue, dims, work + product(dims) * 0.2, (f) => {
    const walk = new WindowWalk(f, g, tables);
    const input = f.local("i32");
    const dy = f.local("i32");
    return (plane, raw) => {
      setPlane(f, env, kernel.dy, dy, plane, g.outH * g.outW);
      if (kernel.mode === "max") setPlane(f, env, kernel.input!, input, plane, g.inH * g.inW);
      else f.get(raw).set(input);
      if (kernel.mode === "max" && isHalving(g)) gradPlane2x2(f, g, input, dy, raw);
      else walkPlaneGrad(f, kernel, walk, input, dy, raw);
    };
  });
}

/** True for 2 × 2 windows side by side that never leave the plane. */
function isHalving(g: PoolGeometry): boolean {
  const sizes = [g.kernelH, g.kernelW, g.strideH, g.strideW].every((s) => s === 2);
  const plain = g.padTop === 0 && g.padLeft === 0 && g.dilationH === 1 && g.dilationW === 1;
  return sizes && plain && g.outH * 2 <= g.inH && g.outW * 2 <= g.inW;
}

function setPlane(
  f: FunctionBuilder,
  env: CodegenEnv,
  access: { readonly buffer: number; readonly offset: number },
  pointer: Local,
  plane: Local,
  size: number,
): void {
  env.pushAddress(f, access.buffer, access.offset);
  addScaled(f, plane, size * 4);
  f.set(pointer);
}

/**
 * A kernel whose units are planes. `open` takes locals and gives what writes one plane's raw results, contiguous
 * at the address in its second argument.
 */
function planesKernel(
  env: CodegenEnv,
  epilogue: Epilogue,
  dims: readonly [number, number, number],
  cost: number,
  open: (f: FunctionBuilder) => (plane: Local, raw: Local) => void,
): KernelCode {
  const [planes, height, width] = dims;
  if (product(dims) === 0) return { units: 0, cost: 0, scratchBytes: 0, write() {} };
  const target = rawTarget(env, epilogue, dims);
  const size = height * width;
  const block = Math.max(1, Math.floor(blockFloats / size));
  return {
    units: planes,
    cost: cost + product(dims) * 0.5,
    scratchBytes: target.direct ? 0 : Math.ceil((block * size * 4 + 64) / 64) * 64,
    write(f) {
      const writePlane = open(f);
      const [from, to, plane, raw] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
      const setRaw = () => {
        if (target.direct) setOutputPointer(f, env, epilogue, raw, [[from, size]]);
        else f.get(param.scratch).set(raw);
      };
      f.for(from, { local: param.lo }, { local: param.hi }, block, () => {
        f.plus(from, block).set(to);
        f.lesser(to, { local: param.hi }).set(to);
        setRaw();
        f.for(plane, { local: from }, { local: to }, 1, () => {
          writePlane(plane, raw);
          f.increment(raw, size * 4);
        });
        if (target.final) return;
        setRaw();
        applyEpilogue(f, env, epilogue, dims, raw, [], { from, to });
      });
    },
  };
}

function walkPlane(
  f: FunctionBuilder,
  { mode }: PoolKernel,
  walk: WindowWalk,
  input: Local,
  values: Local,
  raw: Local,
): void {
  const at = f.local("i32");
  f.get(raw).set(at);
  const sum = f.local("f32");
  const best = f.local("i32");
  walk.each(input, (window) => {
    if (mode === "maxPick") {
      walk.firstMaximum(window, best);
      f.get(at).get(best).get(input).op("i32.sub").get(values).op("i32.add");
      f.mem("f32.load").mem("f32.store");
    } else {
      const max = mode === "max";
      f.f32(max ? Number.NEGATIVE_INFINITY : 0).set(sum);
      walk.elements(window, (element) => {
        f.get(sum)
          .get(element)
          .mem("f32.load")
          .op(max ? "f32.max" : "f32.add")
          .set(sum);
      });
      f.get(at).get(sum);
      if (!max) f.get(window.divisor).op("f32.div");
      f.mem("f32.store");
    }
    f.increment(at, 4);
  });
  f.release(at, sum, best);
}

function walkPlaneGrad(
  f: FunctionBuilder,
  { mode, geometry: g }: PoolGradKernel,
  walk: WindowWalk,
  input: Local,
  dy: Local,
  raw: Local,
): void {
  const gradient = f.local("f32");
  const from = f.local("i32");
  const best = f.local("i32");
  const counter = f.local("i32");
  f.get(raw).set(best);
  f.for(counter, 0, g.inH * g.inW, 1, () => {
    f.get(best).f32(0).mem("f32.store").increment(best, 4);
  });
  f.get(dy).set(from);
  /** Adds the gradient to the raw result at the place of the input address in `address`. */
  const add = (address: Local) => {
    f.get(address).get(input).op("i32.sub").get(raw).op("i32.add").tee(counter);
    f.get(counter).mem("f32.load").get(gradient).op("f32.add").mem("f32.store");
  };
  walk.each(input, (window) => {
    f.get(from).mem("f32.load").set(gradient).increment(from, 4);
    if (mode === "max") {
      // A window wholly in the padding has no maximum to send its gradient to.
      f.get(window.rows).get(window.columns).op("i32.mul");
      f.if(() => {
        walk.firstMaximum(window, best);
        add(best);
      });
    } else {
      f.get(gradient).get(window.divisor).op("f32.div").set(gradient);
      walk.elements(window, add);
    }
  });
  f.release(gradient, from, best, counter);
}
