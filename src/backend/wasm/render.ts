// The code generator of each kind of kernel; the one place that knows them all.
import type { Kernel } from "../../kernel/kernel.ts";
import type { CodegenEnv, KernelCode } from "./codegen.ts";
import { convKernel, convWeightGradKernel } from "./convolution.ts";
import { gatherKernel, scatterAddKernel } from "./gather.ts";
import { loopKernel } from "./loops.ts";
import { matmulKernel } from "./matmul.ts";
import { poolGradKernel, poolKernel } from "./pool.ts";
import { softmaxLossKernel } from "./softmaxLoss.ts";

/** The code of any kernel. */
export function kernelCode(kernel: Kernel, env: CodegenEnv): KernelCode {
  switch (kernel.kind) {
    case "loop":
      return loopKernel(kernel, env);
    case "matmul":
      return matmulKernel(kernel, env);
    case "conv2d":
      return convKernel(kernel, env);
    case "conv2dWeightGrad":
      return convWeightGradKernel(kernel, env);
    case "pool2d":
      return poolKernel(kernel, env);
    case "pool2dGrad":
      return poolGradKernel(kernel, env);
    case "gather":
      return gatherKernel(kernel, env);
    case "scatterAdd":
      return scatterAddKernel(kernel, env);
    case "softmaxLoss":
      return softmaxLossKernel(kernel, env);
  }
}
