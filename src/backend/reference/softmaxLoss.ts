// Cross-entropy of logits against class indices, and its derivative.
import type { SoftmaxLossKernel } from "../../kernel/kernel.ts";
import type { Memory } from "./loop.ts";

/** `loss[o, i] = ln Σ_c e^x[o, c, i] − x[o, target[o, i], i]`, `grad[o, c, i] = softmax(x)[o, c, i] − (c = target[o, i])` */
export function runSoftmaxLoss(kernel: SoftmaxLossKernel, { buffers }: Memory): void {
  const { outer, classes, inner, logits, target, loss, grad } = kernel;
  const x = buffers[logits.buffer]!;
  const targets = buffers[target.buffer]!;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = (c: number) => (o * classes + c) * inner + i;
      const row = Array.from({ length: classes }, (_, c) => x[logits.offset + at(c)]!);
      const picked = targets[target.offset + o * inner + i]!;
      const isInside = picked >= 0 && picked < classes;
      const largest = Math.max(...row);
      const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0);
      if (loss) {
        const value = Math.log(sum) + largest - (row[picked] ?? 0);
        buffers[loss.buffer]![loss.offset + o * inner + i] = isInside ? value : Number.NaN;
      }
      if (!grad) continue;
      row.forEach((value, c) => {
        const slope = Math.exp(value - largest) / sum - (c === picked ? 1 : 0);
        buffers[grad.buffer]![grad.offset + at(c)] = isInside ? slope : Number.NaN;
      });
    }
  }
}
