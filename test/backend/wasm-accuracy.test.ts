// How exact each algorithm of convolutions is: the root mean square of its errors against float64, in units of the results' own.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runConv, runConvWeightGrad } from "../../src/backend/reference/contraction.ts";
import type { CodegenEnv, KernelCode } from "../../src/backend/wasm/codegen.ts";
import { sweptKernel } from "../../src/backend/wasm/conv.ts";
import { planConv } from "../../src/backend/wasm/convPlan.ts";
import { sweptWeightGradKernel } from "../../src/backend/wasm/convWeightGrad.ts";
import { planWeightGrad } from "../../src/backend/wasm/convWeightGradPlan.ts";
import { wasmFeatures } from "../../src/backend/wasm/features.ts";
import { contiguousStrides } from "../../src/backend/wasm/result.ts";
import { squareKernel } from "../../src/backend/wasm/squareConv.ts";
import { planSquare, planSquareGrad } from "../../src/backend/wasm/squarePlan.ts";
import { squareWeightGradKernel } from "../../src/backend/wasm/squareWeightGrad.ts";
import { sizeOf } from "../../src/base/shape.ts";
import type {
  Access,
  ConvGeometry,
  ConvKernel,
  ConvWeightGradKernel,
  Epilogue,
  Kernel,
} from "../../src/kernel/kernel.ts";
import { formula } from "../support/formula.ts";
import { loadKernel } from "./kernel-harness.ts";

const batch = 8;
const levels = wasmFeatures().relaxedSimd ? [false, true] : [false];

function accessOf(buffer: number, shape: readonly number[]): Access {
  return { buffer, offset: 0, strides: contiguousStrides(shape) };
}

function plainResult(buffer: number, shape: readonly number[]): Epilogue {
  return {
    loads: [],
    outputs: [{ access: accessOf(buffer, shape), expr: { kind: "result", dtype: "float32" } }],
  };
}

/** Channels that look like those behind an activation, and gradients that have no sign of their own. */
function values(name: string, shape: readonly number[], low: number): Float32Array {
  return Float32Array.from(formula(name, shape, low, 1).dataSync());
}

function relativeError<K extends Kernel>(
  generate: (kernel: K, env: CodegenEnv) => KernelCode,
  reference: typeof runConv | typeof runConvWeightGrad,
  kernel: K,
  buffers: readonly Float32Array[],
  relaxed: boolean,
): number {
  const exact = buffers.map((data) => Float64Array.from(data));
  (reference as (kernel: K, memory: object) => void)(kernel, { buffers: exact, scalars: [] });
  const loaded = loadKernel(generate, kernel, buffers, { family: "medium", relaxed });
  loaded.prepare();
  loaded.run(0, loaded.code.units);
  let errors = 0;
  let squares = 0;
  loaded.view(2).forEach((value, i) => {
    errors += (value - exact[2]![i]!) ** 2;
    squares += exact[2]![i]! ** 2;
  });
  return Math.sqrt(errors / squares);
}

interface Case {
  readonly channels: number;
  readonly filters: number;
  readonly size: number;
  readonly kernel: number;
  /** Bounds, a third above what was seen: plain rows or those by way of points, then squares; 0 where there are none. */
  readonly forward: readonly [rows: number, squares: number];
  readonly weight: readonly [rows: number, squares: number];
}

const cases: readonly Case[] = [
  { channels: 64, filters: 32, size: 28, kernel: 3, forward: [5.7e-7, 7.3e-7], weight: [8e-7, 8.8e-7] },
  { channels: 16, filters: 16, size: 32, kernel: 3, forward: [3.2e-7, 8.4e-7], weight: [8.7e-7, 9.2e-7] },
  { channels: 16, filters: 6, size: 12, kernel: 5, forward: [6.9e-7, 3.3e-6], weight: [7.3e-7, 0] },
  { channels: 6, filters: 16, size: 16, kernel: 5, forward: [5.3e-7, 1.6e-6], weight: [9.1e-7, 0] },
];

function geometryOf({ channels, filters, size, kernel }: Case): ConvGeometry {
  const unit = { strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, inputDilationH: 1, inputDilationW: 1 };
  const pad = (kernel - 1) / 2;
  return {
    ...unit,
    batch,
    groups: 1,
    inChannels: channels,
    outChannels: filters,
    inH: size,
    inW: size,
    kernelH: kernel,
    kernelW: kernel,
    outH: size,
    outW: size,
    padTop: pad,
    padLeft: pad,
  };
}

for (const each of cases) {
  const { channels, filters, size, kernel } = each;
  const geometry = geometryOf(each);
  const [xShape, yShape] = [
    [batch, channels, size, size],
    [batch, filters, size, size],
  ];
  const weightShape = [1, filters, channels, kernel, kernel];
  const x = values("input", xShape, -0.2);
  const input = { geometry, input: accessOf(0, xShape), inputDType: "float32", prologue: null } as const;
  const conv: ConvKernel = {
    ...input,
    kind: "conv2d",
    weight: accessOf(1, weightShape),
    epilogue: plainResult(2, yShape),
  };
  const chunks = 4;
  const grad: ConvWeightGradKernel = {
    ...input,
    kind: "conv2dWeightGrad",
    chunks,
    dy: accessOf(1, yShape),
    epilogue: plainResult(2, [chunks, ...weightShape]),
  };
  describe(`${channels} to ${filters} channels, ${kernel} × ${kernel}`, () => {
    for (const relaxed of levels) {
      it(`forward, ${relaxed ? "relaxed" : "plain"} SIMD`, () => {
        const buffers = [x, values("weight", weightShape, -1), new Float32Array(sizeOf(yShape))];
        const rows = relativeError(
          (k: ConvKernel, env) => sweptKernel(k, planConv(k, env.tiles), env),
          runConv,
          conv,
          buffers,
          relaxed,
        );
        const squares = relativeError(
          (k: ConvKernel, env) => squareKernel(k, planSquare(k, env.tiles, Number.POSITIVE_INFINITY)!, env),
          runConv,
          conv,
          buffers,
          relaxed,
        );
        assert.ok(rows <= each.forward[0], `rows: ${rows.toExponential(2)}`);
        assert.ok(squares <= each.forward[1], `squares: ${squares.toExponential(2)}`);
      });
      it(`weight gradient, ${relaxed ? "relaxed" : "plain"} SIMD`, () => {
        const buffers = [x, values("gradient", yShape, -1), new Float32Array(chunks * sizeOf(weightShape))];
        const rows = relativeError(
          (k: ConvWeightGradKernel, env) => sweptWeightGradKernel(k, planWeightGrad(k, env.tiles), env),
          runConvWeightGrad,
          grad,
          buffers,
          relaxed,
        );
        assert.ok(rows <= each.weight[0], `rows: ${rows.toExponential(2)}`);
        const plan = planSquareGrad(grad, { family: "medium", relaxed }, Number.POSITIVE_INFINITY);
        assert.equal(plan !== null, each.weight[1] > 0);
        if (!plan) return;
        const squares = relativeError(
          (k: ConvWeightGradKernel, env) => squareWeightGradKernel(k, plan, env),
          runConvWeightGrad,
          grad,
          buffers,
          relaxed,
        );
        assert.ok(squares <= each.weight[1], `squares: ${squares.toExponential(2)}`);
      });
    }
  });
}
