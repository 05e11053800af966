// Rules on single convolutions and poolings: the size of the kernel, its stride, and what it costs.

import type { Case, Design, Rule } from "./findings.ts";
import type { Step } from "./steps.ts";
import { before, behind, count, coversMap, isWeighted, layerOf, mapOf, percent, sourceMap } from "./walks.ts";

function convolutions({ steps }: Design): Step[] {
  return steps.filter(({ kind }) => kind === "conv");
}

/** Whether each channel is looked at alone. */
function isDepthwise({ conv }: Step): boolean {
  return conv!.groups > 1 && conv!.inChannels === 1;
}

function cheaper(now: number, then: number, places: number): string {
  return `${count(now)} weights and ${count(now * places)} multiply-adds become ${count(then)} and ${count(then * places)} (${percent(then / now)})`;
}

const largeKernel: Rule = {
  id: "large-kernel",
  severity: "warning",
  title: "Large kernel",
  rule: "more than 7×7 in the first layer, or more than 3×3 after it where a stack of 3×3 is cheaper (a note up to 5×5); depthwise kernels don't count",
  why: "A stack of 3×3 sees as much of the picture with fewer weights, and has an activation more at each step.",
  fix: "Stack 3×3 convolutions with an activation behind each.",
  docs: "docs/convolution.md#two-33-rather-than-one-55",
  find: (design) =>
    convolutions(design).flatMap((step): Case[] => {
      const g = step.conv!;
      const side = Math.min(g.kernelH, g.kernelW);
      if (side <= 3 || isDepthwise(step) || coversMap(step)) return [];
      // Patches that do not overlap, as vision transformers cut them, are no filters.
      if (g.strideH >= g.kernelH && g.strideW >= g.kernelW) return [];
      const isFirst = ![...before(step)].some(isWeighted);
      const places = g.outH * g.outW * g.batch;
      const pairs = g.groups * g.outChannels * g.inChannels;
      const now = pairs * g.kernelH * g.kernelW;
      const size = `${g.kernelH}×${g.kernelW}`;
      if (isFirst) {
        if (side <= 7) return [];
        return [
          {
            layer: layerOf(step),
            evidence: `the first layer's kernel is ${size}; with 7×7, ${cheaper(now, pairs * 49, places)}`,
            fix: "Take 7×7 at most, or 3×3 convolutions of which the first has the stride.",
          },
        ];
      }
      const layers = Math.ceil((Math.max(g.kernelH, g.kernelW) - 1) / 2);
      const then = 9 * pairs + 9 * (layers - 1) * g.groups * g.outChannels ** 2;
      if (then >= now) return [];
      return [
        {
          layer: layerOf(step),
          evidence: `${size} from ${g.groups * g.inChannels} to ${g.groups * g.outChannels} channels; as ${layers} convolutions of 3×3, ${cheaper(now, then, places)}`,
          ...(side <= 5 && { severity: "note" }),
        },
      ];
    }),
};

const evenKernel: Rule = {
  id: "even-kernel",
  severity: "warning",
  title: "Even kernel",
  rule: "an even kernel with stride 1 that does not cover the whole map",
  why: "It has no middle: no equal padding keeps the map's size, and each such layer moves the map by half a pixel.",
  fix: "Take an odd kernel, such as 3×3 with padding 1.",
  docs: "docs/convolution.md#pitfalls",
  find: (design) =>
    convolutions(design).flatMap((step): Case[] => {
      const g = step.conv!;
      const isOdd = (kernel: number, stride: number) => kernel % 2 === 1 || stride > 1;
      if ((isOdd(g.kernelH, g.strideH) && isOdd(g.kernelW, g.strideW)) || coversMap(step)) return [];
      const [rows, columns] = sourceMap(step);
      return [
        {
          layer: layerOf(step),
          evidence: `kernel ${g.kernelH}×${g.kernelW} with stride 1; the map goes from ${rows}×${columns} to ${g.outH}×${g.outW}`,
        },
      ];
    }),
};

const skippedPixels: Rule = {
  id: "skipped-pixels",
  severity: "warning",
  title: "Stride skips pixels",
  rule: "a convolution or pooling whose stride is larger than its kernel, unless another layer reads the same map without gaps (the 1×1 of a shortcut)",
  why: "Pixels between the windows reach nothing: what was computed for them is thrown away.",
  fix: "Take a kernel of at least the stride, usually 3×3 with stride 2.",
  docs: "docs/convolution.md#the-size-of-the-result",
  find: ({ steps }) =>
    steps.flatMap((step): Case[] => {
      const g = skips(step);
      if (!g) return [];
      const others = step.from[0]!.readers.filter((other) => other !== step);
      if (others.some((other) => isWeighted(other) && !skips(other))) return [];
      const used =
        (Math.min(g.kernelH, g.strideH) * Math.min(g.kernelW, g.strideW)) / (g.strideH * g.strideW);
      return [
        {
          layer: layerOf(step),
          evidence: `kernel ${g.kernelH}×${g.kernelW}, stride ${g.strideH}×${g.strideW}: ${percent(1 - used)} of the ${g.inH}×${g.inW} map is never read`,
        },
      ];
    }),
};

function skips(step: Step) {
  const g = step.kind === "conv" ? step.conv : step.pool;
  if (!g) return null;
  const gaps = (kernel: number, stride: number, size: number) => kernel < stride && size > kernel;
  return gaps(g.kernelH, g.strideH, g.inH) || gaps(g.kernelW, g.strideW, g.inW) ? g : null;
}

const smallMap: Rule = {
  id: "map-smaller-than-kernel",
  severity: "warning",
  title: "Map smaller than the kernel",
  rule: "a convolution some of whose taps never meet anything but padding",
  why: "Weights that only ever meet zeros learn nothing and cost as much as all others.",
  fix: "Shrink the map less on the way (leave out a stride or pooling), give larger pictures, or take 1×1 here.",
  docs: "docs/models.md#how-to-design-one",
  find: (design) =>
    convolutions(design).flatMap((step): Case[] => {
      const g = step.conv!;
      const rows = liveTaps(g.kernelH, g.strideH, g.padTop, g.dilationH, g.inH, g.outH);
      const columns = liveTaps(g.kernelW, g.strideW, g.padLeft, g.dilationW, g.inW, g.outW);
      const share = 1 - (rows * columns) / (g.kernelH * g.kernelW);
      if (share === 0) return [];
      const weights = share * g.kernelH * g.kernelW * g.groups * g.outChannels * g.inChannels;
      return [
        {
          layer: layerOf(step),
          evidence: `kernel ${g.kernelH}×${g.kernelW} over a map of ${g.inH}×${g.inW}: ${percent(share)} of it, ${count(weights)} weights, only meets padding`,
        },
      ];
    }),
};

/** Taps of a kernel along one axis that meet an element of the map at some place. */
function liveTaps(
  kernel: number,
  stride: number,
  pad: number,
  dilation: number,
  size: number,
  places: number,
): number {
  let live = 0;
  for (let tap = 0; tap < kernel; tap++) {
    // The first place at which the tap lies behind the map's start; it is live if it is before the map's end there.
    const place = Math.max(0, Math.ceil((pad - tap * dilation) / stride));
    if (place < places && place * stride - pad + tap * dilation < size) live++;
  }
  return live;
}

/** Channels from which on a bottleneck is proposed, and the share of the channels that it works on. */
const wide = 256;
const squeeze = 4;

const bottleneck: Rule = {
  id: "one-by-one-saves",
  severity: "note",
  title: "A 1×1 bottleneck would save",
  rule: `a full convolution of 3×3 or more from at least ${wide} to at least ${wide} channels`,
  why: "1×1 convolutions that lower the channels before the 3×3 and raise them after it keep its field at a fraction of the cost.",
  fix: "Put 1×1 to a quarter of the channels before it and 1×1 back behind it, in a residual block (Bottleneck of fovea/vision).",
  docs: "docs/convolution.md#11-fewer-channels-more-channels",
  find: (design) => {
    const found = convolutions(design).flatMap((step) => {
      const g = step.conv!;
      if (g.groups > 1 || g.inChannels < wide || g.outChannels < wide) return [];
      const taps = g.kernelH * g.kernelW;
      if (taps < 9 || coversMap(step) || isInBottleneck(step)) return [];
      const inner = Math.floor(Math.min(g.inChannels, g.outChannels) / squeeze);
      const now = taps * g.inChannels * g.outChannels;
      const then = inner * (g.inChannels + taps * inner + g.outChannels);
      const [rows, columns] = mapOf(step);
      return [{ step, now, then, places: rows * columns * g.batch, inner }];
    });
    const most = found.reduce<(typeof found)[number] | null>(
      (best, one) => (best && best.now >= one.now ? best : one),
      null,
    );
    if (!most) return [];
    const g = most.step.conv!;
    const more = found.length > 1 ? `; the same holds of ${found.length - 1} more` : "";
    return [
      {
        layer: layerOf(most.step),
        evidence: `${g.kernelH}×${g.kernelW} from ${g.inChannels} to ${g.outChannels} channels; through ${most.inner} channels, ${cheaper(most.now, most.then, most.places)}${more}`,
      },
    ];
  },
};

/** Whether a 1×1 convolution that lowers the channels comes before a convolution already. */
function isInBottleneck(step: Step): boolean {
  const passes = ({ kind }: Step) => kind === "activation" || kind === "batchNorm" || kind === "norm";
  const g = behind(step.from[0]!, passes).conv;
  return g !== null && g.kernelH * g.kernelW === 1 && g.outChannels < g.inChannels;
}

/** Rules on single convolutions and poolings. */
export const kernelRules: readonly Rule[] = [largeKernel, evenKernel, skippedPixels, smallMap, bottleneck];
