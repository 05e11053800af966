// The transforms that can be tried, with the parameters that have a slider: their ranges, and how a slider's value stands in the transform's JSON.
import type { TransformJson } from "../../src/entry/transforms.ts";

/** How the values of sliders stand in the JSON: a number, `[-v, v]`, `[1 - v, 1 + v]` (not below 0), `[v, v]`, or two sliders for both ends. */
export type Manner = "number" | "around" | "factor" | "both" | "span";

/** A parameter with a slider. */
export interface Parameter {
  readonly name: string;
  readonly manner: Manner;
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

/** A transform as it is added by hand, and its parameters. */
export interface Kind {
  /** Null for those whose other arguments come from a preset. */
  readonly initial: TransformJson | null;
  readonly parameters: readonly Parameter[];
}

const of = (
  name: string,
  [least, most, step]: readonly [number, number, number],
  manner: Manner = "number",
): Parameter => ({ name, manner, least, most, step });

const share = [0, 1, 0.05] as const;
const p = of("p", share);
const warp = { interpolation: "bilinear", fill: 0 } as const;

/** By name, in the order in which they are offered. */
export const kinds: Readonly<Record<string, Kind>> = {
  RandomHorizontalFlip: { initial: { name: "RandomHorizontalFlip", p: 0.5 }, parameters: [p] },
  RandomVerticalFlip: { initial: { name: "RandomVerticalFlip", p: 0.5 }, parameters: [p] },
  RandomCrop: { initial: null, parameters: [of("padding", [0, 32, 1])] },
  RandomAffine: {
    initial: {
      name: "RandomAffine",
      degrees: [-10, 10],
      translate: [0.08, 0.08],
      scale: [0.85, 1.15],
      ...warp,
    },
    parameters: [
      of("degrees", [0, 180, 1], "around"),
      of("translate", [0, 0.5, 0.01], "both"),
      of("scale", [0.1, 2, 0.05], "span"),
      of("shear", [0, 45, 1], "around"),
    ],
  },
  RandomPerspective: {
    initial: { name: "RandomPerspective", distortionScale: 0.5, p: 0.5, ...warp },
    parameters: [of("distortionScale", share), p],
  },
  ElasticTransform: {
    initial: { name: "ElasticTransform", alpha: [8, 8], sigma: [3, 3], ...warp },
    parameters: [of("alpha", [0, 100, 1], "both"), of("sigma", [0.5, 10, 0.5], "both")],
  },
  ColorJitter: {
    initial: { name: "ColorJitter", brightness: [0.7, 1.3], contrast: [0.7, 1.3], saturation: [0.7, 1.3] },
    parameters: [
      of("brightness", share, "factor"),
      of("contrast", share, "factor"),
      of("saturation", share, "factor"),
      of("hue", [0, 0.5, 0.01], "around"),
    ],
  },
  RandomGrayscale: { initial: { name: "RandomGrayscale", p: 0.1 }, parameters: [p] },
  RandomGamma: {
    initial: { name: "RandomGamma", gamma: [0.5, 2], p: 0.5 },
    parameters: [of("gamma", [0.1, 4, 0.1], "span"), p],
  },
  RandomShadow: {
    initial: { name: "RandomShadow", p: 0.5, darkness: [0.3, 0.7] },
    parameters: [p, of("darkness", share, "span")],
  },
  GaussianBlur: {
    initial: { name: "GaussianBlur", kernelSize: [5, 5], sigma: [0.1, 2] },
    parameters: [of("sigma", [0.1, 5, 0.1], "span")],
  },
  GaussianNoise: {
    initial: { name: "GaussianNoise", sigma: 0.1 },
    parameters: [of("sigma", [0, 0.5, 0.01])],
  },
  JPEG: {
    initial: { name: "JPEG", quality: [30, 90] },
    parameters: [of("quality", [1, 100, 1], "span")],
  },
  RandomErasing: {
    initial: { name: "RandomErasing", p: 0.25, scale: [0.02, 0.33], value: 0 },
    parameters: [p, of("scale", [0.01, 1, 0.01], "span")],
  },
  RandAugment: {
    initial: { name: "RandAugment", numOps: 2, magnitude: 9, ...warp },
    parameters: [of("numOps", [0, 6, 1]), of("magnitude", [0, 30, 1])],
  },
  TrivialAugmentWide: {
    initial: { name: "TrivialAugmentWide", ...warp },
    parameters: [of("numMagnitudeBins", [2, 31, 1])],
  },
};

/** What the sliders of a parameter show: one value, or two for both ends. */
export function valuesOf(step: TransformJson, { name, manner, least, most }: Parameter): number[] {
  const value = step[name];
  if (manner === "number") return [typeof value === "number" ? value : least];
  const [low, high] = Array.isArray(value) ? (value as number[]) : [];
  if (low === undefined || high === undefined) return manner === "span" ? [1, 1] : [0];
  if (manner === "span") return [low, high];
  // Sums like 1 + 0.3 - 1 are no round numbers.
  const one = manner === "factor" ? Number((high - 1).toFixed(6)) : high;
  return [Math.min(most, one)];
}

/** The step with another value of a parameter; ends of a span that would cross go along with the one that was moved. */
export function withValue(step: TransformJson, parameter: Parameter, value: number, end = 0): TransformJson {
  const { name, manner } = parameter;
  if (manner === "number") return { ...step, [name]: value };
  if (manner === "both") return { ...step, [name]: [value, value] };
  if (manner === "around") return { ...step, [name]: [-value, value] };
  if (manner === "factor") {
    return { ...step, [name]: [Math.max(0, 1 - value), 1 + value].map((x) => Number(x.toFixed(6))) };
  }
  const [low = value, high = value] = valuesOf(step, parameter);
  return { ...step, [name]: end === 0 ? [value, Math.max(value, high)] : [Math.min(low, value), value] };
}
