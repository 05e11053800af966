// Which algorithm computes a convolution: depthwise, by squares of points, or by sweeps of register tiles.
import type { ConvKernel, ConvWeightGradKernel } from "../../kernel/kernel.ts";
import type { CodegenEnv, KernelCode } from "./codegen.ts";
import { sweptKernel } from "./conv.ts";
import { referenceTiles } from "./convCosts.ts";
import { planConv } from "./convPlan.ts";
import { sweptWeightGradKernel } from "./convWeightGrad.ts";
import { planWeightGrad } from "./convWeightGradPlan.ts";
import { depthwiseKernel, depthwiseWeightGradKernel, isDepthwise } from "./depthwise.ts";
import { product } from "./result.ts";
import { squareKernel } from "./squareConv.ts";
import { planSquare, planSquareGrad } from "./squarePlan.ts";
import { squareWeightGradKernel } from "./squareWeightGrad.ts";

const nothing: KernelCode = { units: 0, cost: 0, scratchBytes: 0, write() {} };

/** Code of a convolution. */
export function convKernel(kernel: ConvKernel, env: CodegenEnv): KernelCode {
  const { geometry: g } = kernel;
  if (product([g.batch, g.groups, g.outChannels, g.outH, g.outW]) === 0) return nothing;
  if (isDepthwise(kernel)) return depthwiseKernel(kernel, env);
  const square = planSquare(kernel, env.tiles, planConv(kernel, referenceTiles).cost);
  if (square) return squareKernel(kernel, square, env);
  return sweptKernel(kernel, planConv(kernel, env.tiles), env);
}

/** Code of a convolution's weight gradient. */
export function convWeightGradKernel(kernel: ConvWeightGradKernel, env: CodegenEnv): KernelCode {
  const { geometry: g } = kernel;
  if (product([kernel.chunks, g.groups, g.outChannels, g.inChannels, g.kernelH, g.kernelW]) === 0)
    return nothing;
  if (isDepthwise(kernel) && kernel.dy.strides[3] === 1) return depthwiseWeightGradKernel(kernel, env);
  const square = planSquareGrad(kernel, env.tiles, planWeightGrad(kernel, referenceTiles).cost);
  if (square) return squareWeightGradKernel(kernel, square, env);
  return sweptWeightGradKernel(kernel, planWeightGrad(kernel, env.tiles), env);
}
