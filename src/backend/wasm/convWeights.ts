// Weights of a convolution packed into the panels that its tiles read, in the order of the plan's steps. Knows
// strides, nothing of images.
import type { ConvKernel } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, param } from "./codegen.ts";
import type { ConvPlan } from "./convPlan.ts";
import { type PanelShape, packPanel } from "./pack.ts";
import { addScaled } from "./tile.ts";

/** Bytes of one group's packed weights; channels are filled up to whole vectors where vectors run along them. */
export function groupBytes(kernel: ConvKernel, plan: ConvPlan): number {
  const { outChannels } = kernel.geometry;
  const channels = plan.form === "channels" ? Math.ceil(outChannels / 4) * 4 : outChannels;
  return channels * plan.steps * 4;
}

/** Calls `body` in a loop over the full channel blocks of a group, then for a narrower last one. */
export function eachChannelBlock(
  f: FunctionBuilder,
  plan: ConvPlan,
  channel: Local,
  body: (block: PanelShape) => void,
): void {
  const { form, vectors, fullTiles, restVectors, lastLanes, rows } = plan;
  const [width, full, rest, valid] =
    form === "channels"
      ? [vectors * 4, fullTiles, restVectors * 4, lastLanes]
      : [rows.size, rows.full, rows.rest, rows.rest];
  f.i32(0).set(channel);
  if (full > 0) f.for(channel, 0, full * width, width, () => body({ width, valid: width }));
  if (rest > 0) body({ width: rest, valid });
}

/** A loop over steps: how many, and the weight's stride, in elements, from one to the next. */
interface StepLoop {
  readonly count: number;
  readonly stride: number;
}

/** The loops over steps from the outside in, neighbouring ones joined where their strides allow it. */
function joinLoops(loops: readonly StepLoop[]): StepLoop[] {
  const joined: StepLoop[] = [];
  for (const { count, stride } of loops) {
    const last = joined.at(-1);
    if (last && last.stride === count * stride) {
      joined[joined.length - 1] = { count: last.count * count, stride };
    } else {
      joined.push({ count, stride });
    }
  }
  return joined;
}

/** Packs all weights as `[group][channel block][step][channel]` at `offset` in scratch memory. */
export function packWeights(
  f: FunctionBuilder,
  env: CodegenEnv,
  kernel: ConvKernel,
  plan: ConvPlan,
  offset: number,
): void {
  const { geometry: g, weight } = kernel;
  const [groupStride, outStride, inStride, rowStride, columnStride] = weight.strides as [
    number,
    number,
    number,
    number,
    number,
  ];
  const channels = { count: g.inChannels, stride: inStride };
  const columns = { count: g.kernelW, stride: columnStride };
  const rows = (first: number, step: number) => ({
    first: first * rowStride,
    row: { count: Math.ceil((g.kernelH - first) / step), stride: rowStride * step },
  });
  const nests = plan.clip
    ? Array.from({ length: Math.min(plan.rowClasses, g.kernelH) }, (_, first) => {
        const { first: start, row } = rows(first, plan.rowClasses);
        return { start, loops: joinLoops([row, channels, columns]) };
      })
    : [{ start: 0, loops: joinLoops([channels, rows(0, 1).row, columns]) }];

  const [group, channel, source, target] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
  f.get(param.scratch).i32(offset).op("i32.add").set(target);
  f.for(group, 0, g.groups, 1, () => {
    eachChannelBlock(f, plan, channel, (shape) => {
      for (const { start, loops } of nests) {
        const nest = (level: number, from: Local) => {
          const { count, stride } = loops[level]!;
          if (level === loops.length - 1) {
            packPanel(f, { pointer: from, along: stride, across: outStride }, target, shape, count);
            f.increment(target, count * shape.width * 4);
            return;
          }
          const index = f.local("i32");
          const inner = f.local("i32");
          f.get(from).set(inner);
          f.for(index, 0, count, 1, () => {
            nest(level + 1, inner);
            f.increment(inner, stride * 4);
          });
          f.release(index, inner);
        };
        env.pushAddress(f, weight.buffer, weight.offset + start);
        addScaled(f, group, groupStride * 4);
        addScaled(f, channel, outStride * 4);
        f.set(source);
        if (plan.steps > 0) nest(0, source);
      }
    });
  });
  f.release(group, channel, source, target);
}
