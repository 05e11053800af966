// Weight gradients of convolutions by squares of points: at each point the transformed input is multiplied by the transformed
// gradients, summed over all squares of a chunk, and the sums are transformed in the end. Knows nothing of how chunks are
// summed later.
import type { Access, ConvWeightGradKernel } from "../../kernel/kernel.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { type CodegenEnv, type KernelCode, param } from "./codegen.ts";
import { align } from "./heap.ts";
import { applyEpilogue, product, rawTarget, setOutputPointer } from "./result.ts";
import type { Blocks, SquareGradPlan } from "./squarePlan.ts";
import { emitPointProducts, type PointProducts } from "./squareProducts.ts";
import { emitForth, type Passage, passageBytes, setSquares } from "./squareTransform.ts";
import { clearScratch } from "./stage.ts";
import { addScaled, takeLocals } from "./tile.ts";
import { storeSums } from "./weightSums.ts";
import { emitTransform, loadVectors, type Matrix, transposed } from "./winograd.ts";

/** Code of a weight gradient by squares; a unit is one group of one chunk of samples. */
export function squareWeightGradKernel(
  kernel: ConvWeightGradKernel,
  plan: SquareGradPlan,
  env: CodegenEnv,
): KernelCode {
  const { geometry: g, chunks, input, dy } = kernel;
  const { squares, inputs, outputs, inputPoint, outputPoint, sumPoint } = plan;
  const { filter } = squares;
  const dims = [chunks, g.groups, g.outChannels, g.inChannels, g.kernelH, g.kernelW];
  const target = rawTarget(env, kernel.epilogue, dims);
  const taps = g.inChannels * g.kernelH * g.kernelW;
  let scratch = 0;
  const place = (bytes: number) => {
    const at = scratch;
    scratch += align(bytes + 64);
    return at;
  };
  const passage = (
    { strides }: Access,
    matrix: Matrix,
    blocks: Blocks,
    rest: Pick<Passage, "height" | "width" | "skipColumns" | "point">,
  ): Passage => {
    const [, channel, row] = strides as [number, number, number];
    const bytes = passageBytes({ blocks, matrix, squares, overlap: 0 });
    const places = { pixels: place(bytes.pixels), rows: place(bytes.rows) };
    return { ...rest, ...places, planes: { channel, row }, skipRows: 0, blocks, squares, matrix, overlap: 0 };
  };
  const parts: Parts = {
    input: passage(input, filter.bt, inputs, {
      height: g.inH,
      width: g.inW,
      skipColumns: g.padLeft,
      point: inputPoint,
    }),
    gradients: passage(dy, transposed(filter.a), outputs, {
      height: g.outH,
      width: g.outW,
      skipColumns: 0,
      point: outputPoint,
    }),
    inputPoints: place(filter.n ** 2 * inputPoint * 4),
    gradientPoints: place(filter.n ** 2 * outputPoint * 4),
    pointSums: place(filter.n ** 2 * sumPoint * 4),
    sums: place(taps * outputs.floats * 4),
    raw: place(target.direct ? 0 : g.outChannels * taps * 4),
  };
  return {
    units: chunks * g.groups,
    cost: (g.batch * g.groups * plan.cost) / 4 + product(dims),
    scratchBytes: scratch,
    write(f) {
      writeSquareGrad(f, env, kernel, plan, parts, dims, target);
    },
  };
}

/** The parts of a kernel, and the places of what they hand on in scratch memory. */
interface Parts {
  readonly input: Passage;
  readonly gradients: Passage;
  readonly inputPoints: number;
  readonly gradientPoints: number;
  /** `[point][input channel][output channel]`, and the same after the transform, `[input channel][tap][output channel]`. */
  readonly pointSums: number;
  readonly sums: number;
  readonly raw: number;
}

function writeSquareGrad(
  f: FunctionBuilder,
  env: CodegenEnv,
  { geometry: g, chunks, epilogue, input, dy }: ConvWeightGradKernel,
  plan: SquareGradPlan,
  parts: Parts,
  dims: readonly number[],
  target: { direct: boolean; final: boolean },
): void {
  const { squares, inputs, outputs, products, inputPoint, outputPoint, sumPoint } = plan;
  const { m, n, r } = squares.filter;
  const taps = g.inChannels * g.kernelH * g.kernelW;
  const [unit, chunk, group, sample, end, raw, sums] = takeLocals(f, "i32", 7);
  // A block: its samples, its first row of squares, and the number of its squares.
  const [first, last, row, count] = takeLocals(f, "i32", 4);
  const pushSample = (add: number) =>
    f.plus(chunk, add).i32(g.batch).op("i32.mul").i32(chunks).op("i32.div_u");
  f.get(param.lo).get(param.hi).op("i32.ge_s");
  f.if(() => f.op("return"));
  for (const passage of [parts.input, parts.gradients]) {
    clearScratch(f, passage.pixels, passageBytes(passage).pixels);
  }
  f.for(unit, { local: param.lo }, { local: param.hi }, 1, () => {
    f.get(unit).i32(g.groups).op("i32.div_u").set(chunk);
    f.get(unit).i32(g.groups).op("i32.rem_u").set(group);
    clearScratch(f, parts.pointSums, n ** 2 * sumPoint * 4);
    pushSample(1).set(end);
    pushSample(0).set(sample);
    addSamples();
    transformSums();
    if (target.direct) setOutputPointer(f, env, epilogue, raw, [[unit, g.outChannels * taps]]);
    else f.plus(param.scratch, parts.raw).set(raw);
    f.plus(param.scratch, parts.sums).set(sums);
    storeSums(f, { width: outputs.floats, valid: g.outChannels }, taps, sums, () => f.get(raw));
    if (!target.final) applyEpilogue(f, env, epilogue, dims, raw, [chunk, group]);
  });
  f.release(unit, chunk, group, sample, end, raw, sums, first, last, row, count);

  /** Adds the products of samples up to `end`, block by block. */
  function addSamples(): void {
    f.for(first, { local: sample }, { local: end }, squares.images, () => {
      f.plus(first, squares.images).set(last);
      f.lesser(last, { local: end }).set(last);
      f.get(last)
        .get(first)
        .op("i32.sub")
        .i32(squares.rowBlock * squares.columns)
        .op("i32.mul")
        .set(count);
      f.for(row, 0, squares.rows, squares.rowBlock, () => {
        f.for(sample, { local: first }, { local: last }, 1, () => {
          readSample(parts.input, parts.inputPoints, input, g.inChannels, g.padTop);
          readSample(parts.gradients, parts.gradientPoints, dy, g.outChannels, 0);
        });
        multiply();
      });
    });
  }

  function readSample(
    passage: Passage,
    place: number,
    { buffer, offset, strides }: Access,
    channels: number,
    pad: number,
  ): void {
    const [top, address, at] = takeLocals(f, "i32", 3);
    f.get(sample).get(first).op("i32.sub").set(address);
    setSquares(f, at, place, address, squares, passage.blocks);
    env.pushAddress(f, buffer, offset);
    addScaled(f, sample, strides[0]! * 4);
    addScaled(f, group, channels * strides[1]! * 4);
    f.set(address);
    f.get(row).i32(m).op("i32.mul").i32(pad).op("i32.sub").set(top);
    emitForth(f, env, passage, address, top, at);
    f.release(top, address, at);
  }

  /** Adds the block's products at all points to the sums. */
  function multiply(): void {
    const [left, right, result] = takeLocals(f, "i32", 3);
    f.plus(param.scratch, parts.inputPoints).set(left);
    f.plus(param.scratch, parts.gradientPoints).set(right);
    f.plus(param.scratch, parts.pointSums).set(result);
    const spec: PointProducts = {
      points: n ** 2,
      products,
      steps: { local: count },
      left: { row: 4, step: inputs.floats * 4, point: inputPoint * 4 },
      right: { step: outputs.floats * 4, panel: products.vectors * 16, point: outputPoint * 4 },
      result: { row: outputs.floats * 4, point: sumPoint * 4 },
      adds: true,
    };
    emitPointProducts(f, env.relaxed, spec, left, right, result);
    f.release(left, right, result);
  }

  /** Makes the sums of those at the points, for four output channels of one input channel at a time. */
  function transformSums(): void {
    const transform = transposed(squares.filter.g);
    const [c, v, from, to] = takeLocals(f, "i32", 4);
    f.plus(param.scratch, parts.pointSums).set(from);
    f.plus(param.scratch, parts.sums).set(to);
    f.for(c, 0, g.inChannels, 1, () => {
      f.for(v, 0, outputs.floats, 4, () => {
        const rows = Array.from({ length: n }, (_, p) => {
          const points = loadVectors(f, from, n, sumPoint * 4, p * n * sumPoint * 4);
          const columns = emitTransform(f, env.relaxed, transform, points);
          f.release(...points);
          return columns;
        });
        for (let j = 0; j < r; j++) {
          const column = rows.map((values) => values[j]!);
          const results = emitTransform(f, env.relaxed, transform, column);
          results.forEach((value, i) => {
            f.get(to)
              .get(value)
              .mem("v128.store", (i * r + j) * outputs.floats * 4);
          });
          f.release(...results);
        }
        f.release(...rows.flat());
        f.increment(from, 16).increment(to, 16);
      });
      f.increment(to, (r * r - 1) * outputs.floats * 4);
    });
    f.release(c, v, from, to);
  }
}
