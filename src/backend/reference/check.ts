// What must hold of a program before it runs: every window inside its buffer, dtypes that agree, no overwritten operand.

import { byteSize } from "../../base/dtype.ts";
import { UnsupportedError } from "../../base/errors.ts";
import { formatShape, type Shape } from "../../base/shape.ts";
import { type Expr, walkExpr } from "../../kernel/expr.ts";
import type { Access, BufferSpec, Kernel, Output, Program } from "../../kernel/kernel.ts";
import { reach } from "./walk.ts";

/** Checks a program; throws UnsupportedError naming the kernel's ops, the buffer and the rule. */
export function checkProgram(program: Program): void {
  program.buffers.forEach((spec, id) => {
    if (spec.role === "variable") return;
    const end = spec.offset + spec.size * byteSize(spec.dtype);
    if (spec.offset % byteSize(spec.dtype) !== 0 || end > program.arenaBytes) {
      fail("", `buffer ${id} lies at bytes ${spec.offset} to ${end} of an arena of ${program.arenaBytes}`);
    }
  });
  program.stages.forEach((kernels, s) => {
    kernels.forEach((kernel, k) => {
      checkKernel(kernel, program, program.labels[s]?.[k] ?? kernel.kind);
    });
  });
}

/** A window on a buffer together with the index space that it is used over. */
interface Use {
  readonly access: Access;
  readonly dims: Shape;
}

/** Everything that a kernel touches. */
interface Uses {
  /** What is read before the result is known; must not be overwritten by the outputs. */
  readonly operands: readonly Use[];
  /** What is read at the index that is being stored, or by a loop's body: in place is allowed. */
  readonly loads: readonly Use[];
  readonly targets: readonly Use[];
  readonly outputs: readonly Output[];
  /** Expressions with the accesses that their loads refer to. */
  readonly expressions: readonly { readonly expr: Expr; readonly loads: readonly Access[] }[];
}

function checkKernel(kernel: Kernel, program: Program, label: string): void {
  const uses = usesOf(kernel);
  for (const use of [...uses.operands, ...uses.loads, ...uses.targets]) checkUse(use, program, label);
  for (const { access, expr } of uses.outputs) {
    const { dtype } = program.buffers[access.buffer]!;
    if (expr.dtype !== dtype) {
      fail(label, `an output of dtype ${expr.dtype} is stored in buffer ${access.buffer} of dtype ${dtype}`);
    }
  }
  for (const { expr, loads } of uses.expressions) {
    walkExpr(expr, (node) => {
      if (node.kind !== "load") return;
      const access = loads[node.load];
      if (!access) fail(label, `an expression reads load ${node.load} of ${loads.length}`);
      const { dtype } = program.buffers[access.buffer]!;
      if (dtype !== node.dtype) {
        fail(
          label,
          `load ${node.load} of dtype ${node.dtype} reads buffer ${access.buffer} of dtype ${dtype}`,
        );
      }
    });
  }
  for (const target of uses.targets) {
    for (const operand of uses.operands) {
      if (shareMemory(program.buffers, target.access.buffer, operand.access.buffer)) {
        fail(label, `buffer ${target.access.buffer} overwrites operand ${operand.access.buffer}`);
      }
    }
  }
}

function checkUse({ access, dims }: Use, program: Program, label: string): void {
  const spec = program.buffers[access.buffer];
  if (!spec) fail(label, `buffer ${access.buffer} does not exist`);
  if (access.strides.length !== dims.length) {
    fail(
      label,
      `strides ${formatShape(access.strides)} on buffer ${access.buffer} don't cover dims ${formatShape(dims)}`,
    );
  }
  const range = reach(access, dims);
  if (range && !(range.low >= 0 && range.high < spec.size)) {
    fail(label, `elements ${range.low} to ${range.high} of buffer ${access.buffer}, which has ${spec.size}`);
  }
}

function shareMemory(buffers: readonly BufferSpec[], i: number, j: number): boolean {
  const [a, b] = [buffers[i]!, buffers[j]!];
  if (i === j) return a.size > 0;
  if (a.role === "variable" || b.role === "variable") return false;
  const [aEnd, bEnd] = [a.offset + a.size * byteSize(a.dtype), b.offset + b.size * byteSize(b.dtype)];
  return a.offset < bEnd && b.offset < aEnd && a.size > 0 && b.size > 0;
}

function fail(label: string, reason: string): never {
  throw new UnsupportedError(`reference: ${label ? `kernel "${label}": ` : ""}malformed program: ${reason}`);
}

function usesOf(kernel: Kernel): Uses {
  switch (kernel.kind) {
    case "loop": {
      const { dims, reduction, outputs } = kernel;
      const all = [...dims, ...(reduction?.dims ?? [])];
      const roots = [...outputs.map((output) => output.expr), ...(reduction ? [reduction.body] : [])];
      return {
        operands: [],
        loads: kernel.loads.map((access) => ({ access, dims: all })),
        targets: outputs.map(({ access }) => ({ access, dims })),
        outputs,
        expressions: roots.map((expr) => ({ expr, loads: kernel.loads })),
      };
    }
    case "gather":
    case "scatterAdd": {
      const { outer, size, count, inner } = kernel;
      const whole = outer * size * inner;
      const part = outer * count * inner;
      const isGather = kernel.kind === "gather";
      return {
        operands: [contiguous(kernel.source, isGather ? whole : part), contiguous(kernel.index, count)],
        loads: [],
        targets: [contiguous(kernel.output, isGather ? part : whole)],
        outputs: [],
        expressions: [],
      };
    }
    case "softmaxLoss": {
      const { outer, classes, inner, logits, target, loss, grad } = kernel;
      const whole = outer * classes * inner;
      return {
        operands: [contiguous(logits, whole), contiguous(target, outer * inner)],
        loads: [],
        targets: [
          ...(loss ? [contiguous(loss, outer * inner)] : []),
          ...(grad ? [contiguous(grad, whole)] : []),
        ],
        outputs: [],
        expressions: [],
      };
    }
    default: {
      const { operands, dims, prologue } = templateUses(kernel);
      const { loads, outputs } = kernel.epilogue;
      const first = operands[0]!.access;
      return {
        operands,
        loads: loads.map((access) => ({ access, dims })),
        targets: outputs.map(({ access }) => ({ access, dims })),
        outputs,
        expressions: [
          ...outputs.map(({ expr }) => ({ expr, loads })),
          ...(prologue ? [{ expr: prologue, loads: [first] }] : []),
        ],
      };
    }
  }
}

/** Operands, result dims and prologue (of the first operand) of a kernel with an epilogue. */
function templateUses(kernel: Extract<Kernel, { epilogue: unknown }>): {
  operands: Use[];
  dims: Shape;
  prologue: Expr | null;
} {
  switch (kernel.kind) {
    case "matmul": {
      const { batch, m, n, k, a, b } = kernel;
      const operands = [
        { access: a, dims: [...batch, m, k] },
        { access: b, dims: [...batch, k, n] },
      ];
      return { operands, dims: [...batch, m, n], prologue: null };
    }
    case "conv2d":
    case "conv2dWeightGrad": {
      const { batch, groups, inChannels, outChannels, inH, inW, kernelH, kernelW, outH, outW } =
        kernel.geometry;
      const input = { access: kernel.input, dims: [batch, groups * inChannels, inH, inW] };
      const outDims = [batch, groups * outChannels, outH, outW];
      const weightDims = [groups, outChannels, inChannels, kernelH, kernelW];
      if (kernel.kind === "conv2d") {
        const operands = [input, { access: kernel.weight, dims: weightDims }];
        return { operands, dims: outDims, prologue: kernel.prologue };
      }
      const operands = [input, { access: kernel.dy, dims: outDims }];
      return { operands, dims: [kernel.chunks, ...weightDims], prologue: kernel.prologue };
    }
    case "pool2d":
    case "pool2dGrad": {
      const { planes, inH, inW, outH, outW } = kernel.geometry;
      const full = planes * inH * inW;
      const pooled = planes * outH * outW;
      if (kernel.kind === "pool2d") {
        const sources = [kernel.input, ...(kernel.values ? [kernel.values] : [])];
        return {
          operands: sources.map((a) => contiguous(a, full)),
          dims: [planes, outH, outW],
          prologue: null,
        };
      }
      const operands = [
        contiguous(kernel.dy, pooled),
        ...(kernel.input ? [contiguous(kernel.input, full)] : []),
      ];
      return { operands, dims: [planes, inH, inW], prologue: null };
    }
  }
}

/** A window that is read as `size` elements in a row, whatever its strides say. */
function contiguous(access: Access, size: number): Use {
  return { access: { buffer: access.buffer, offset: access.offset, strides: [1] }, dims: [size] };
}
