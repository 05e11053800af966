// Learning rates as closed formulas of the step, PyTorch's by meaning: pure functions of a group's first rate and the number of steps
// taken. Steps may have fractions. Knows no optimizer.
import { OptionError } from "../../base/errors.ts";

/** The learning rate after so many steps, for a group whose first rate is `base`. */
export type Rate = (base: number, step: number) => number;

/** Options of `constantRate`. */
export interface ConstantOptions {
  /** Share of the rate until then. Default 1/3. */
  factor?: number;
  /** Steps until the rate is whole. Default 5. */
  totalIters?: number;
}

/** `γ · factor` for the first `totalIters` steps, then `γ`. */
export function constantRate({ factor = 1 / 3, totalIters = 5 }: ConstantOptions = {}): Rate {
  require01("ConstantLR", "factor", factor);
  requireAtLeast("ConstantLR", "totalIters", totalIters, 0);
  return (base, step) => (step < totalIters ? base * factor : base);
}

/** Options of `stepRate`. */
export interface StepOptions {
  /** Steps between two drops. */
  stepSize: number;
  /** What each drop leaves. Default 0.1. */
  gamma?: number;
}

/** `γ · gamma^⌊step / stepSize⌋`. */
export function stepRate({ stepSize, gamma = 0.1 }: StepOptions): Rate {
  requireWhole("StepLR", "stepSize", stepSize, 1);
  requireAtLeast("StepLR", "gamma", gamma, 0);
  return (base, step) => base * gamma ** Math.floor(step / stepSize);
}

/** Options of `multiStepRate`. */
export interface MultiStepOptions {
  /** Steps at which the rate drops, rising; one that is named twice counts twice. */
  milestones: readonly number[];
  /** What each drop leaves. Default 0.1. */
  gamma?: number;
}

/** `γ · gamma^n`, where n milestones have been reached. */
export function multiStepRate({ milestones, gamma = 0.1 }: MultiStepOptions): Rate {
  requireRising("MultiStepLR", milestones);
  requireAtLeast("MultiStepLR", "gamma", gamma, 0);
  return (base, step) => base * gamma ** milestones.filter((at) => at <= step).length;
}

/** Options of `exponentialRate`. */
export interface ExponentialOptions {
  /** What each step leaves. */
  gamma: number;
}

/** `γ · gamma^step`. */
export function exponentialRate({ gamma }: ExponentialOptions): Rate {
  requireAtLeast("ExponentialLR", "gamma", gamma, 0);
  return (base, step) => base * gamma ** step;
}

/** Options of `linearRate`. */
export interface LinearOptions {
  /** First share of the rate. Default 1/3. */
  startFactor?: number;
  /** Share of the rate from `totalIters` on. Default 1. */
  endFactor?: number;
  /** Steps between the two. Default 5. */
  totalIters?: number;
}

/** A straight line from `γ · startFactor` to `γ · endFactor`; the usual warm-up. */
export function linearRate({ startFactor = 1 / 3, endFactor = 1, totalIters = 5 }: LinearOptions = {}): Rate {
  if (!(startFactor > 0 && startFactor <= 1)) {
    throw new OptionError(`LinearLR: startFactor must lie above 0 and be at most 1; got ${startFactor}`);
  }
  require01("LinearLR", "endFactor", endFactor);
  requireAbove0("LinearLR", "totalIters", totalIters);
  return (base, step) =>
    base * (startFactor + ((endFactor - startFactor) * Math.min(step, totalIters)) / totalIters);
}

/** Options of `polynomialRate`. */
export interface PolynomialOptions {
  /** Steps until the rate is 0. Default 5. */
  totalIters?: number;
  /** Default 1, a straight line. */
  power?: number;
}

/** `γ (1 − step / totalIters)^power`, and 0 from there on. */
export function polynomialRate({ totalIters = 5, power = 1 }: PolynomialOptions = {}): Rate {
  requireAbove0("PolynomialLR", "totalIters", totalIters);
  return (base, step) => base * (1 - Math.min(step, totalIters) / totalIters) ** power;
}

/** Options of `cosineRate`. */
export interface CosineOptions {
  /** Steps until the rate is at its lowest; it rises again after that. */
  tMax: number;
  /** Lowest rate. Default 0. */
  etaMin?: number;
}

/** `η + (γ − η)(1 + cos(π step / tMax)) / 2`. Source: Loshchilov and Hutter, "SGDR", ICLR 2017. */
export function cosineRate({ tMax, etaMin = 0 }: CosineOptions): Rate {
  requireAbove0("CosineAnnealingLR", "tMax", tMax);
  return (base, step) => etaMin + ((base - etaMin) * (1 + Math.cos((Math.PI * step) / tMax))) / 2;
}

/** Options of `cosineRestartsRate`. */
export interface CosineRestartsOptions {
  /** Steps of the first fall. */
  t0: number;
  /** How many times longer each fall is than the one before. Default 1. */
  tMult?: number;
  /** Lowest rate. Default 0. */
  etaMin?: number;
}

/** Cosine falls one after the other, each from the first rate. Source: Loshchilov and Hutter, "SGDR", ICLR 2017. */
export function cosineRestartsRate({ t0, tMult = 1, etaMin = 0 }: CosineRestartsOptions): Rate {
  requireWhole("CosineAnnealingWarmRestarts", "t0", t0, 1);
  requireWhole("CosineAnnealingWarmRestarts", "tMult", tMult, 1);
  return (base, step) => {
    let at = step;
    let length = t0;
    if (tMult === 1) at %= t0;
    else {
      while (at >= length) {
        at -= length;
        length *= tMult;
      }
    }
    return etaMin + ((base - etaMin) * (1 + Math.cos((Math.PI * at) / length))) / 2;
  };
}

/** What a cycle's form is told by. */
export interface CycleOptions {
  /** Steps of a rise. Default 2000. */
  stepSizeUp?: number;
  /** Steps of a fall. Default: those of the rise. */
  stepSizeDown?: number;
  /** "triangular2" halves the height after each cycle, "exp_range" multiplies it by gamma at each step. Default "triangular". */
  mode?: "triangular" | "triangular2" | "exp_range";
  /** Default 1. */
  gamma?: number;
}

/** How far from low to high a cycle is at a step: 0 … 1. Source: Smith, "Cyclical learning rates for training neural networks", WACV 2017. */
export function cycle({
  stepSizeUp = 2000,
  stepSizeDown = stepSizeUp,
  mode = "triangular",
  gamma = 1,
}: CycleOptions): (step: number) => number {
  requireAbove0("CyclicLR", "stepSizeUp", stepSizeUp);
  requireAbove0("CyclicLR", "stepSizeDown", stepSizeDown);
  requireOneOf("CyclicLR", "mode", mode, ["triangular", "triangular2", "exp_range"]);
  const length = stepSizeUp + stepSizeDown;
  const peak = stepSizeUp / length;
  return (step) => {
    const number = Math.floor(1 + step / length);
    const x = 1 + step / length - number;
    const height = x <= peak ? x / peak : (x - 1) / (peak - 1);
    const scale = mode === "triangular" ? 1 : mode === "triangular2" ? 2 ** (1 - number) : gamma ** step;
    return height * scale;
  };
}

/** What the form of one large cycle is told by. */
export interface OneCycleOptions {
  /** Steps altogether. */
  totalSteps: number;
  /** Share of the steps in which the rate rises. Default 0.3. */
  pctStart?: number;
  /** Half a cosine or a straight line between two rates. Default "cos". */
  annealStrategy?: "cos" | "linear";
  /** Falls to the first rate in as many steps as it rose, then to the last rate. Default false: falls to the last rate at once. */
  threePhase?: boolean;
}

/** Which of a cycle's values a phase goes from and to. */
type Corner = "first" | "top" | "last";

/** A value that goes from `first` over `top` to `last`. Source: Smith and Topin, "Super-convergence", 2018. */
export function oneCycle({
  totalSteps,
  pctStart = 0.3,
  annealStrategy = "cos",
  threePhase = false,
}: OneCycleOptions): (step: number, corners: Readonly<Record<Corner, number>>) => number {
  requireWhole("OneCycleLR", "totalSteps", totalSteps, 1);
  require01("OneCycleLR", "pctStart", pctStart);
  requireOneOf("OneCycleLR", "annealStrategy", annealStrategy, ["cos", "linear"]);
  const up = pctStart * totalSteps;
  const phases: readonly (readonly [end: number, from: Corner, to: Corner])[] = [
    [up - 1, "first", "top"],
    ...(threePhase ? ([[2 * up - 2, "top", "first"]] as const) : []),
    [totalSteps - 1, threePhase ? "first" : "top", "last"],
  ];
  return (step, corners) => {
    if (step > totalSteps) {
      throw new OptionError(
        `OneCycleLR: has totalSteps ${totalSteps}; got step ${step}. Make it with the number of all steps of the run`,
      );
    }
    const place = phases.findIndex(([end], i) => step <= end || i === phases.length - 1);
    const [end, from, to] = phases[place]!;
    const begin = place === 0 ? 0 : phases[place - 1]![0];
    const part = end === begin ? 1 : (step - begin) / (end - begin);
    const [low, high] = [corners[from], corners[to]];
    return annealStrategy === "cos"
      ? high + ((low - high) / 2) * (1 + Math.cos(Math.PI * part))
      : low + (high - low) * part;
  };
}

/** Throws OptionError unless the numbers rise or stay. */
export function requireRising(own: string, milestones: readonly number[]): void {
  if (milestones.some((at, i) => !(at >= (milestones[i - 1] ?? 0)))) {
    throw new OptionError(`${own}: milestones must rise from 0; got ${milestones.join(", ")}`);
  }
}

/** Throws OptionError unless a text is one of some. */
export function requireOneOf(own: string, name: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) {
    throw new OptionError(`${own}: ${name} must be one of ${known.join(", ")}; got "${value}"`);
  }
}

/** Throws OptionError unless a number is at least `low`. */
export function requireAtLeast(own: string, name: string, value: number, low: number): void {
  if (!(value >= low)) throw new OptionError(`${own}: ${name} must be at least ${low}; got ${value}`);
}

/** Throws OptionError unless a number is whole and at least `low`. */
export function requireWhole(own: string, name: string, value: number, low: number): void {
  if (!(Number.isInteger(value) && value >= low)) {
    throw new OptionError(`${own}: ${name} must be a whole number of at least ${low}; got ${value}`);
  }
}

function requireAbove0(own: string, name: string, value: number): void {
  if (!(value > 0)) throw new OptionError(`${own}: ${name} must be above 0; got ${value}`);
}

function require01(own: string, name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new OptionError(`${own}: ${name} must lie in 0 … 1; got ${value}`);
}
