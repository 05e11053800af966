// Small generated data sets of points in the plane, for learning: what a network makes of them can be drawn. The same options give
// the same points on every machine.
import { OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { Random } from "../tensor/random.ts";
import { ArrayDataset } from "./dataset.ts";

/** Keeps these draws apart from those of other things under the same seed. */
const toyStream = 0x746f7973;

/** What all toy sets can be told. */
export interface ToyOptions {
  /** Number of points, shared out among the classes; the first classes have one more where they do not divide. Default 100. */
  readonly count?: number;
  /** Deviation of the normal noise that is added to both coordinates. Default 0. */
  readonly noise?: number;
  /** Which points; default 0. */
  readonly seed?: number;
  /** Points in a random order (default) rather than class after class. */
  readonly shuffle?: boolean;
}

/** Options of `spirals`. */
export interface SpiralOptions extends ToyOptions {
  /** Number of arms. Default 2. */
  readonly classes?: number;
  /** Full turns of an arm. Default 1. */
  readonly turns?: number;
}

/** Options of `circles`. */
export interface CircleOptions extends ToyOptions {
  /** Radius of the inner circle as a share of the outer one's, 0 to 1. Default 0.8. */
  readonly factor?: number;
}

/** Options of `blobs`. */
export interface BlobOptions extends Omit<ToyOptions, "noise"> {
  /** Number of clouds, one a class. Default 3. */
  readonly classes?: number;
  /** Middle of each cloud; by default drawn evenly from −10 … 10. */
  readonly centers?: readonly (readonly [x: number, y: number])[];
  /** Deviation of a cloud's points from its middle. Default 1. */
  readonly std?: number;
}

/** Options of `line`. */
export interface LineOptions extends Omit<ToyOptions, "shuffle"> {
  /** Default 2. */
  readonly slope?: number;
  /** Default 1. */
  readonly intercept?: number;
  /** Lowest and highest x. Default −1 and 1. */
  readonly range?: readonly [low: number, high: number];
}

type Point = readonly [x: number, y: number];

/**
 * Arms that wind around each other: the point at t = 0 … 1 of arm k has radius t and angle `2π (turns · t + k / classes)`.
 * No line, and no small bend of one, separates them.
 */
export function spirals(options: SpiralOptions = {}): ArrayDataset {
  check("spirals", options, ["classes", "turns"]);
  const { classes = 2, turns = 1 } = options;
  positive("spirals", { classes }, true);
  positive("spirals", { turns });
  return toySet(options, classes, (k, i, n) => {
    const t = n > 1 ? i / (n - 1) : 0;
    const angle = 2 * Math.PI * (turns * t + k / classes);
    return [t * Math.cos(angle), t * Math.sin(angle)];
  });
}

/**
 * Two half circles that reach into each other: `(cos a, sin a)` and `(1 − cos a, ½ − sin a)` with a = 0 … π, as scikit-learn's `make_moons`;
 * of an odd number of points the second has one more, as there.
 */
export function moons(options: ToyOptions = {}): ArrayDataset {
  check("moons", options);
  return toySet(
    options,
    2,
    (k, i, n) => {
      const angle = n > 1 ? (Math.PI * i) / (n - 1) : 0;
      const [x, y] = [Math.cos(angle), Math.sin(angle)];
      return k === 0 ? [x, y] : [1 - x, 0.5 - y];
    },
    true,
  );
}

/**
 * A circle of radius 1 and one of radius `factor` inside of it, points at even angles from 0, as scikit-learn's `make_circles`; of an odd
 * number of points the inner one has one more, as there.
 */
export function circles(options: CircleOptions = {}): ArrayDataset {
  check("circles", options, ["factor"]);
  const { factor = 0.8 } = options;
  if (!(factor >= 0 && factor < 1)) {
    throw new OptionError(`circles: factor must be at least 0 and below 1; got ${factor}`);
  }
  return toySet(
    options,
    2,
    (k, i, n) => {
      const angle = (2 * Math.PI * i) / n;
      const radius = k === 0 ? 1 : factor;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    },
    true,
  );
}

/** Clouds of normal deviation around middles, as scikit-learn's `make_blobs`: lines separate them where they are far enough apart. */
export function blobs(options: BlobOptions = {}): ArrayDataset {
  check("blobs", options, ["classes", "centers", "std"], ["noise"]);
  const { centers, std = 1, seed = 0 } = options;
  const classes = options.classes ?? centers?.length ?? 3;
  positive("blobs", { classes }, true);
  if (centers && centers.length !== classes) {
    throw new OptionError(`blobs: ${classes} classes need as many centers; got ${centers.length}`);
  }
  if (!(std >= 0 && Number.isFinite(std))) throw new OptionError(`blobs: std must be at least 0; got ${std}`);
  // A stream of its own, so that the middles stay where they are when only the number of points changes.
  const random = new Random(seed, toyStream + 1);
  const middle = centers ?? Array.from({ length: classes }, () => [draw(random), draw(random)] as const);
  return toySet({ ...options, noise: std }, classes, (k) => middle[k]!);
}

/**
 * Points of the square −1 … 1, of class 1 where x and y have different signs: what one neuron can't learn, and a hidden layer can.
 */
export function xor(options: ToyOptions = {}): ArrayDataset {
  check("xor", options);
  const random = new Random(options.seed ?? 0, toyStream + 1);
  return toySet(options, 2, (k) => {
    const [x, y] = [1 - random.uniform(), 1 - random.uniform()]; // 0 is of no class
    const isLeft = random.uniform() < 0.5;
    return [isLeft ? -x : x, isLeft === (k === 0) ? -y : y];
  });
}

/** Numbers for linear regression: `y = slope · x + intercept + noise`, x drawn evenly from the range. Shapes of a column each: `[count, 1]`. */
export function line(options: LineOptions = {}): { x: Float32Array; y: Float32Array } {
  check("line", options, ["slope", "intercept", "range"], ["shuffle"]);
  const { count = 100, noise = 0, seed = 0, slope = 2, intercept = 1, range = [-1, 1] } = options;
  const [low, high] = range;
  if (!(low < high)) throw new OptionError(`line: range is a lower and a higher x; got ${low} and ${high}`);
  const random = new Random(seed, toyStream);
  const x = Float32Array.from({ length: count }, () => low + (high - low) * random.uniform());
  const y = x.map((value) => slope * value + intercept + noise * random.normal());
  return { x, y };
}

/** A set made point by point: `at(k, i, n)` is the i-th of the n points of class k. */
function toySet(
  { count = 100, noise = 0, seed = 0, shuffle = true }: ToyOptions,
  classes: number,
  at: (k: number, i: number, n: number) => Point,
  lastHasMore = false,
): ArrayDataset {
  const random = new Random(seed, toyStream);
  const points: Point[] = [];
  const labels: number[] = [];
  for (let k = 0; k < classes; k++) {
    const place = lastHasMore ? classes - 1 - k : k;
    const n = Math.floor(count / classes) + (place < count % classes ? 1 : 0);
    for (let i = 0; i < n; i++) {
      points.push(at(k, i, n));
      labels.push(k);
    }
  }
  const order = shuffle ? random.permutation(count) : Int32Array.from({ length: count }, (_, i) => i);
  const data = new Float32Array(2 * count);
  for (const [i, from] of order.entries()) {
    const [x, y] = points[from]!;
    data[2 * i] = x + (noise > 0 ? noise * random.normal() : 0);
    data[2 * i + 1] = y + (noise > 0 ? noise * random.normal() : 0);
  }
  return new ArrayDataset({
    data,
    sampleShape: [2],
    labels: Array.from(order, (from) => labels[from]!),
    classes: Array.from({ length: classes }, (_, k) => String(k)),
  });
}

function draw(random: Random): number {
  return 20 * random.uniform() - 10;
}

function check(
  name: string,
  options: ToyOptions,
  more: readonly string[] = [],
  without: readonly string[] = [],
): void {
  const known = ["count", "noise", "seed", "shuffle", ...more];
  checkOptions(
    name,
    options,
    known.filter((option) => !without.includes(option)),
  );
  const { count = 100, noise = 0, seed = 0 } = options;
  if (!(Number.isSafeInteger(count) && count >= 0)) {
    throw new OptionError(`${name}: count must be a whole number of at least 0; got ${count}`);
  }
  if (!(noise >= 0 && Number.isFinite(noise))) {
    throw new OptionError(`${name}: noise must be at least 0; got ${noise}`);
  }
  if (!(Number.isSafeInteger(seed) && seed >= 0)) {
    throw new OptionError(`${name}: seed must be a whole number of at least 0; got ${seed}`);
  }
}

function positive(name: string, values: Record<string, number>, isWhole = false): void {
  for (const [option, value] of Object.entries(values)) {
    if (value > 0 && Number.isFinite(value) && (!isWhole || Number.isInteger(value))) continue;
    const rule = isWhole ? "a whole number of at least 1" : "above 0";
    throw new OptionError(`${name}: ${option} must be ${rule}; got ${value}`);
  }
}
