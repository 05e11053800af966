// A picture's signature: the low frequencies of its thumbnail, which stay where a picture is coded anew, resized or lit differently, and change in
// known ways where it is turned, mirrored or slightly cropped. Knows no files.

/** Pixels on a side of a thumbnail. */
export const thumbnailSize = 64;
/** Frequencies along a side. */
const side = 8;
const frequencies = side * side;
/** How many invariants there are: pairs of frequencies `u ≤ v`, without the mean. */
export const invariantCount = (side * (side + 1)) / 2 - 1;
/** Power of the frequency that a coefficient is multiplied by: coarse ones are larger in photographs, and would decide alone; fine ones suffer most from a crop. */
const emphasis = 0.6;
/** Directions of a frame: the picture, and how it changes with shift and stretch along and down. */
const directions = 5;

/** What pictures are compared by first. */
export interface Signature {
  /** Cosine coefficients `[v, u]` of the brightness without its mean, weighted by frequency, of norm 1. */
  readonly coefficients: Float32Array;
  /** `√(c[v, u]² + c[u, v]²)`: the same for all eight ways to turn and mirror a picture. */
  readonly invariants: Float32Array;
  /**
   * Orthonormal directions `[5, v, u]` that span the coefficients of all slightly shifted, stretched and cropped copies, to first order
   * (Simard and others, "Transformation invariance in pattern recognition: tangent distance and tangent propagation", 1998).
   */
  readonly frame: Float32Array;
}

/** How two signatures go together. */
export interface Match {
  /** Correlation of the pictures where one may be slightly cropped, −1 … 1. */
  readonly correlation: number;
  /** The turn of the first picture, as EXIF's orientations number them. */
  readonly turn: number;
}

/** `cos(π (x + ½) u / n)`, `[u, x]`. */
const cosines = Float32Array.from({ length: side * thumbnailSize }, (_, i) =>
  Math.cos((Math.PI * ((i % thumbnailSize) + 0.5) * Math.floor(i / thumbnailSize)) / thumbnailSize),
);

/** Signs that a turn gives to odd frequencies along and down, and whether it changes rows for columns; in the order of EXIF's orientations. */
const turns = [
  { transposed: false, along: 1, down: 1 },
  { transposed: false, along: -1, down: 1 },
  { transposed: false, along: -1, down: -1 },
  { transposed: false, along: 1, down: -1 },
  { transposed: true, along: 1, down: 1 },
  { transposed: true, along: -1, down: 1 },
  { transposed: true, along: -1, down: -1 },
  { transposed: true, along: 1, down: -1 },
] as const;

/** The signature of a thumbnail; a picture of one colour has none. */
export function signatureOf(thumbnail: Uint8Array): Signature | null {
  const coefficients = spectrum(thumbnail);
  const norm = Math.sqrt(dot(coefficients, 0, coefficients, 0));
  if (norm === 0) return null;
  for (let i = 0; i < frequencies; i++) coefficients[i]! /= norm;
  const invariants = new Float32Array(invariantCount);
  let at = 0;
  for (let v = 1; v < side; v++) {
    for (let u = 0; u <= v; u++) {
      const a = coefficients[v * side + u]!;
      invariants[at++] = u === v ? Math.abs(a) : Math.hypot(a, coefficients[u * side + v]!);
    }
  }
  return { coefficients, invariants, frame: frameOf(thumbnail, coefficients) };
}

/** Coefficients `[v, u]` with their weights. */
function spectrum(plane: ArrayLike<number>): Float32Array {
  const n = thumbnailSize;
  const rows = new Float32Array(n * side); // [y, u]
  for (let y = 0; y < n; y++) {
    for (let u = 0; u < side; u++) {
      let sum = 0;
      for (let x = 0; x < n; x++) sum += plane[y * n + x]! * cosines[u * n + x]!;
      rows[y * side + u] = sum;
    }
  }
  const result = new Float32Array(frequencies);
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      let sum = 0;
      for (let y = 0; y < n; y++) sum += rows[y * side + u]! * cosines[v * n + y]!;
      // The orthonormal transform has √½ where a frequency is 0; the mean is left out by its frequency.
      const scale =
        (u === 0 ? Math.SQRT1_2 : 1) * (v === 0 ? Math.SQRT1_2 : 1) * Math.hypot(u, v) ** emphasis;
      result[v * side + u] = sum * scale;
    }
  }
  return result;
}

/** The picture's direction and its changes with shift and stretch, each made orthogonal to those before (Gram and Schmidt). */
function frameOf(thumbnail: Uint8Array, coefficients: Float32Array): Float32Array {
  const n = thumbnailSize;
  const slopes = Array.from({ length: directions - 1 }, () => new Float32Array(n * n));
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      const at = y * n + x;
      const across = thumbnail[x < n - 1 ? at + 1 : at]! - thumbnail[x > 0 ? at - 1 : at]!;
      const down = thumbnail[y < n - 1 ? at + n : at]! - thumbnail[y > 0 ? at - n : at]!;
      slopes[0]![at] = across;
      slopes[1]![at] = down;
      slopes[2]![at] = across * (x - (n - 1) / 2);
      slopes[3]![at] = down * (y - (n - 1) / 2);
    }
  }
  const frame = new Float32Array(directions * frequencies);
  for (const [d, vector] of [coefficients, ...slopes.map(spectrum)].entries()) {
    const before = Math.sqrt(dot(vector, 0, vector, 0));
    for (let k = 0; k < d; k++) {
      const share = dot(vector, 0, frame, k * frequencies);
      for (let i = 0; i < frequencies; i++) vector[i]! -= share * frame[k * frequencies + i]!;
    }
    const norm = Math.sqrt(dot(vector, 0, vector, 0));
    // What is left of a direction that the others have already is rounding.
    if (norm > 1e-4 * before) {
      for (let i = 0; i < frequencies; i++) frame[d * frequencies + i] = vector[i]! / norm;
    }
  }
  return frame;
}

function dot(a: Float32Array, fromA: number, b: Float32Array, fromB: number): number {
  let sum = 0;
  for (let i = 0; i < frequencies; i++) sum += a[fromA + i]! * b[fromB + i]!;
  return sum;
}

const sums = new Float64Array(8);
const correlations = new Float64Array(8);
const turned = new Float32Array(frequencies);

/** The best of the eight turns of the first picture, where both may be slightly cropped; null where none comes near `least`. */
export function bestMatch(a: Signature, b: Signature, least: number): Match | null {
  paritySums(a.coefficients, b.coefficients);
  let highest = -1;
  for (let t = 0; t < 8; t++) {
    const { transposed, along, down } = turns[t]!;
    const at = transposed ? 4 : 0;
    const value = sums[at]! + along * sums[at + 1]! + down * sums[at + 2]! + along * down * sums[at + 3]!;
    correlations[t] = value;
    if (value > highest) highest = value;
  }
  if (highest < plainLeast) return null;
  let best: Match | null = null;
  for (let t = 0; t < 8; t++) {
    if (correlations[t]! < highest - turnMargin) continue;
    turn(a.coefficients, turns[t]!);
    let square = 0;
    for (let d = 0; d < directions; d++) square += dot(turned, 0, b.frame, d * frequencies) ** 2;
    const correlation = Math.sqrt(square);
    if (correlation >= least && (best === null || correlation > best.correlation))
      best = { correlation, turn: t + 1 };
  }
  return best;
}

/** Without allowance for crops even strongly cropped copies reach this. */
const plainLeast = 0.6;
/** How far the right turn of a cropped picture may be behind a wrong one. */
const turnMargin = 0.15;

/**
 * Products of coefficients, summed by whether the first picture's frequencies along and down are odd (a mirrored picture has those of odd
 * frequency negated): four sums for the picture as it is, and four where its rows become columns, in the second picture's terms.
 */
function paritySums(a: Float32Array, b: Float32Array): void {
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u += 2) {
      const at = v * side + u;
      const parity = (v & 1) * 2;
      const across = u * side + v;
      if (u === 0 && v < 2) {
        sums[parity] = 0;
        sums[parity + 1] = 0;
        sums[4 + parity] = 0;
        sums[5 + parity] = 0;
      }
      sums[parity]! += a[at]! * b[at]!;
      sums[parity + 1]! += a[at + 1]! * b[at + 1]!;
      sums[4 + parity]! += a[across]! * b[at]!;
      sums[5 + parity]! += a[across + side]! * b[at + 1]!;
    }
  }
}

/** The coefficients of a turned picture, into `turned`. */
function turn(coefficients: Float32Array, { transposed, along, down }: (typeof turns)[number]): void {
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      const sign = (u & 1 ? along : 1) * (v & 1 ? down : 1);
      turned[v * side + u] = sign * coefficients[transposed ? u * side + v : v * side + u]!;
    }
  }
}
