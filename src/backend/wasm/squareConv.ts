// Convolutions by squares of points: at each point the transformed pictures are multiplied by the transformed weights, a
// product of matrices. Knows plans and transforms, nothing of forward or gradient: both arrive as geometry.
import type { ConvKernel } from "../../kernel/kernel.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { type CodegenEnv, type KernelCode, param } from "./codegen.ts";
import { align } from "./heap.ts";
import { applyEpilogue, product, rawTarget, setOutputPointer } from "./result.ts";
import type { Blocks, SquarePlan } from "./squarePlan.ts";
import { emitPointProducts, type PointProducts } from "./squareProducts.ts";
import { emitBack, emitForth, type Passage, passageBytes, setSquares } from "./squareTransform.ts";
import { packSquareWeights, squarePointFloats } from "./squareWeights.ts";
import { clearScratch } from "./stage.ts";
import { addScaled, takeLocals } from "./tile.ts";
import { type Matrix, transposed } from "./winograd.ts";

/** Code of a convolution by squares; a unit is a block of squares of one image or of several. */
export function squareKernel(kernel: ConvKernel, plan: SquarePlan, env: CodegenEnv): KernelCode {
  const { geometry: g } = kernel;
  const { squares, inputs, outputs, kind, inputPoint, outputPoint } = plan;
  const { filter } = squares;
  const dims = [g.batch, g.groups * g.outChannels, g.outH, g.outW];
  const target = rawTarget(env, kernel.epilogue, dims);
  const [, channel, row] = kernel.input.strides as [number, number, number];
  const rows = Math.min(g.outH, squares.rowBlock * filter.m);
  const planes = { channel: target.direct ? g.outH * g.outW : rows * g.outW, row: g.outW };
  let scratch = 0;
  const place = (bytes: number) => {
    const at = scratch;
    scratch += align(bytes + 64);
    return at;
  };
  const isGather = kind === "gather";
  const passage = (
    matrix: Matrix,
    blocks: Blocks,
    rest: Omit<Passage, "matrix" | "blocks" | "squares" | "pixels" | "rows">,
  ): Passage => {
    const bytes = passageBytes({ blocks, matrix, squares, overlap: rest.overlap });
    return { ...rest, matrix, blocks, squares, pixels: place(bytes.pixels), rows: place(bytes.rows) };
  };
  const forth = passage(isGather ? filter.bt : transposed(filter.a), inputs, {
    planes: { channel, row },
    height: g.inH,
    width: g.inW,
    skipRows: 0,
    skipColumns: isGather ? g.padLeft : 0,
    overlap: 0,
    point: inputPoint,
  });
  const back = passage(isGather ? filter.a : transposed(filter.bt), outputs, {
    planes,
    height: g.outH,
    width: g.outW,
    skipRows: isGather ? 0 : filter.r - 1 - g.padTop,
    skipColumns: isGather ? 0 : filter.r - 1 - g.padLeft,
    overlap: isGather ? 0 : filter.r - 1,
    point: outputPoint,
  });
  const places = {
    input: place(filter.n ** 2 * inputPoint * 4),
    output: place(filter.n ** 2 * outputPoint * 4),
    raw: place(target.direct ? 0 : g.outChannels * planes.channel * 4),
  };
  const imageBlocks = Math.ceil(g.batch / squares.images);
  return {
    units: imageBlocks * squares.rowBlocks,
    cost: (g.batch * plan.cost) / 4 + product(dims) * 0.5,
    scratchBytes: scratch,
    prepare: packSquareWeights(env, kernel, plan),
    write(f, pushWeights) {
      writeSquares(f, env, kernel, plan, { forth, back, ...places, pushWeights }, dims, target);
    },
  };
}

/** The parts of a kernel, and the places of what they hand on in scratch memory. */
interface Parts {
  readonly forth: Passage;
  readonly back: Passage;
  readonly input: number;
  readonly output: number;
  readonly raw: number;
  readonly pushWeights: (f: FunctionBuilder) => void;
}

function writeSquares(
  f: FunctionBuilder,
  env: CodegenEnv,
  { geometry: g, input, epilogue }: ConvKernel,
  plan: SquarePlan,
  parts: Parts,
  dims: readonly number[],
  target: { direct: boolean; final: boolean },
): void {
  const { squares, inputs, outputs, kind, products, inputPoint, outputPoint } = plan;
  const { forth, back } = parts;
  const { m, n } = squares.filter;
  const [unit, group, image, first, end, top, rows, address, at, raw] = takeLocals(f, "i32", 10);
  f.get(param.lo).get(param.hi).op("i32.ge_s");
  f.if(() => f.op("return"));
  clearScratch(f, forth.pixels, passageBytes(forth).pixels);
  f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => {
    f.get(unit).i32(squares.rowBlocks).op("i32.div_u").i32(squares.images).op("i32.mul").tee(first);
    f.i32(squares.images).op("i32.add").set(end);
    f.lesser(end, g.batch).set(end);
    // The block's first row, and how many there are.
    f.get(unit)
      .i32(squares.rowBlocks)
      .op("i32.rem_u")
      .i32(squares.rowBlock * m)
      .op("i32.mul")
      .set(top);
    f.i32(g.outH).get(top).op("i32.sub").set(rows);
    f.lesser(rows, kind === "gather" ? squares.rowBlock * m : g.outH).set(rows);
    f.for(group, 0, g.groups, 1, () => {
      eachImage(parts.input, inputs, readImage);
      multiply();
      eachImage(parts.output, outputs, writeImage);
    });
  });
  f.release(unit, group, image, first, end, top, rows, address, at, raw);

  /** Calls `body` for each image of the block, with `at` at its first square. */
  function eachImage(place: number, blocks: Blocks, body: () => void): void {
    f.for(image, { local: first }, { local: end }, 1, () => {
      f.get(image).get(first).op("i32.sub").set(address);
      setSquares(f, at, place, address, squares, blocks);
      body();
    });
  }

  function readImage(): void {
    env.pushAddress(f, input.buffer, input.offset);
    addScaled(f, image, input.strides[0]! * 4);
    addScaled(f, group, g.inChannels * input.strides[1]! * 4);
    f.set(address);
    f.plus(top, kind === "gather" ? -g.padTop : 0).set(raw);
    emitForth(f, env, forth, address, raw, at);
  }

  /** The products at all points, of all of a block's squares. */
  function multiply(): void {
    const [left, right, result] = takeLocals(f, "i32", 3);
    f.plus(param.scratch, parts.input).set(left);
    f.plus(param.scratch, parts.output).set(result);
    parts.pushWeights(f);
    addScaled(f, group, n ** 2 * squarePointFloats(plan, g.inChannels) * 4);
    f.set(right);
    const spec: PointProducts = {
      points: n ** 2,
      products,
      steps: g.inChannels,
      left: { row: inputs.floats * 4, step: 4, point: inputPoint * 4 },
      right: {
        step: products.vectors * 16,
        panel: g.inChannels * products.vectors * 16,
        point: squarePointFloats(plan, g.inChannels) * 4,
      },
      result: { row: outputs.floats * 4, point: outputPoint * 4 },
      adds: false,
    };
    emitPointProducts(f, env.relaxed, spec, left, right, result);
    f.release(left, right, result);
  }

  function writeImage(): void {
    if (target.direct) {
      setOutputPointer(f, env, epilogue, raw, [
        [image, g.groups * g.outChannels * g.outH * g.outW],
        [group, g.outChannels * g.outH * g.outW],
        [top, g.outW],
      ]);
    } else {
      f.plus(param.scratch, parts.raw).set(raw);
    }
    emitBack(f, env, back, at, raw, rows);
    if (!target.final) finish();
  }

  /** The epilogue of an image's rows. */
  function finish(): void {
    if (g.groups === 1 && squares.rowBlocks === 1) {
      applyEpilogue(f, env, epilogue, dims, raw, [image]);
      return;
    }
    const [channel, last, pointer, bottom] = takeLocals(f, "i32", 4);
    f.get(raw).set(pointer).get(top).get(rows).op("i32.add").set(bottom);
    f.get(group).i32(g.outChannels).op("i32.mul").tee(channel).i32(g.outChannels).op("i32.add").set(last);
    const span = squares.rowBlocks === 1 ? undefined : { from: top, to: bottom };
    f.for(channel, { local: channel }, { local: last }, 1, () => {
      applyEpilogue(f, env, epilogue, dims, pointer, [image, channel], span);
      f.increment(pointer, back.planes.channel * 4);
    });
    f.release(channel, last, pointer, bottom);
  }
}
