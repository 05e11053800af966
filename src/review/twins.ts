// Which pictures of a set are the same one: equal bytes, equal pixels, or one made from the other. Knows no classes and no parts.
import { upright } from "../picture/picture.ts";
import { align, type Pyramid, pyramidOf } from "./alignment.ts";
import { colourGrid, type FileGlance } from "./glance.ts";
import { bestMatch, invariantCount, type Signature, thumbnailSize } from "./signature.ts";

/** In what way two pictures are the same. */
export type TwinKind = "equal files" | "equal pixels" | "near";

/** Two pictures that are the same, by number. */
export interface Twins {
  readonly first: number;
  readonly second: number;
  readonly kind: TwinKind;
  /** How alike they are after one was laid on the other: the correlation of their edges, 1 for equal ones. */
  readonly likeness: number;
  /** The turn that makes the first one the second, as EXIF's orientations number them; 1 for none. */
  readonly turn: number;
}

/** Distance of invariants that copies stay within. */
const farthest = 0.47;
/** Correlation of low frequencies, crops allowed for, that copies reach. */
const leastMatch = 0.9;
/** Correlation of brightness, and of edges and patterns, once one picture lies on the other. */
export const leastCoarse = 0.9;
export const leastFine = 0.92;
/** Share of the picture that both have. */
const leastOverlap = 0.75;
/** Deviation of brightness below which a picture has nothing to be compared by, in levels. */
const leastSpread = 6;
/** Colours that differ by more than this are other colours: in levels, and as share of the stronger one's strength. */
const colourNoise = 5;
const colourShare = 0.35;

/** Finds pictures with the same sums. */
export class EqualSearch {
  readonly twins: Twins[] = [];
  readonly #byFile = new Map<string, number>();
  readonly #byPixels = new Map<string, number>();

  /** True where the picture equals one that was added before. */
  add(second: number, { fileSum, pixelSum }: FileGlance): boolean {
    const file = this.#byFile.get(fileSum);
    const first = file ?? this.#byPixels.get(pixelSum);
    if (file === undefined) this.#byFile.set(fileSum, second);
    if (first === undefined) {
      this.#byPixels.set(pixelSum, second);
      return false;
    }
    const kind = file === undefined ? "equal pixels" : "equal files";
    this.twins.push({ first, second, kind, likeness: 1, turn: 1 });
    return true;
  }
}

/** A picture that takes part in the search. */
interface Candidate {
  readonly index: number;
  readonly glance: FileGlance;
  readonly signature: Signature;
}

/**
 * Finds pictures that were coded anew, resized, lit differently, turned, mirrored or slightly cropped. Each new picture is compared with all before it in three
 * steps, each for what the one before left: invariants near each other (some ten thousand a millisecond), low frequencies that match at one of the eight
 * turns, and thumbnails that agree down to their edges when one is laid on the other.
 */
export class NearSearch {
  readonly twins: Twins[] = [];
  readonly #candidates: Candidate[] = [];
  #rows = new Float32Array(64 * invariantCount);
  readonly #pyramids = new Map<number, Pyramid>();

  /** Compares a picture with those that were added before, and keeps it. */
  add(index: number, glance: FileGlance): void {
    const { signature, light } = glance;
    if (!signature || light.deviation < leastSpread) return;
    const own = this.#candidates.length;
    const row = own * invariantCount;
    if (row === this.#rows.length) {
      const larger = new Float32Array(2 * row);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    this.#rows.set(signature.invariants, row);
    const candidate = { index, glance, signature };
    for (let i = 0; i < own; i++) {
      if (!isNear(this.#rows, i * invariantCount, row)) continue;
      const other = this.#candidates[i]!;
      const match = bestMatch(other.signature, signature, leastMatch);
      if (!match) continue;
      const twins = compare(other, candidate, match.turn, this.#pyramids);
      if (twins) this.twins.push(twins);
    }
    this.#candidates.push(candidate);
  }
}

function isNear(rows: Float32Array, a: number, b: number): boolean {
  let square = 0;
  for (let k = 0; k < invariantCount; k += 5) {
    const d0 = rows[a + k]! - rows[b + k]!;
    const d1 = rows[a + k + 1]! - rows[b + k + 1]!;
    const d2 = rows[a + k + 2]! - rows[b + k + 2]!;
    const d3 = rows[a + k + 3]! - rows[b + k + 3]!;
    const d4 = rows[a + k + 4]! - rows[b + k + 4]!;
    square += d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3 + d4 * d4;
    if (square > farthest * farthest) return false;
  }
  return true;
}

function compare(a: Candidate, b: Candidate, turn: number, pyramids: Map<number, Pyramid>): Twins | null {
  if (!coloursAgree(a.glance, b.glance, turn)) return null;
  const alignment = align(turnedPyramid(a, turn, pyramids), turnedPyramid(b, 1, pyramids));
  if (!alignment) return null;
  const { coarse, fine, overlap } = alignment;
  if (coarse < leastCoarse || fine < leastFine || overlap < leastOverlap) return null;
  return { first: a.index, second: b.index, kind: "near", likeness: fine, turn };
}

/** Pyramids are kept for a while: a picture is often compared with many. */
function turnedPyramid({ index, glance }: Candidate, turn: number, pyramids: Map<number, Pyramid>): Pyramid {
  const key = index * 8 + turn - 1;
  let pyramid = pyramids.get(key);
  if (!pyramid) {
    if (pyramids.size > 1000) pyramids.clear();
    pyramid = pyramidOf(turnedSquare(glance.thumbnail, thumbnailSize, turn));
    pyramids.set(key, pyramid);
  }
  return pyramid;
}

function turnedSquare(data: Uint8Array, size: number, turn: number): Uint8Array {
  return upright({ width: size, height: size, channels: 1, data }, turn).data;
}

/** Whether both have the same colours at the same places, stronger or weaker; a grey picture goes with any. */
function coloursAgree(a: FileGlance, b: FileGlance, turn: number): boolean {
  if (a.isGrey || b.isGrey) return true;
  const squares = colourGrid ** 2;
  let [aa, ab, bb] = [0, 0, 0];
  for (const from of [0, squares]) {
    const turned = turnedSquare(a.colour.subarray(from, from + squares), colourGrid, turn);
    for (let i = 0; i < squares; i++) {
      const x = turned[i]! - 128;
      const y = b.colour[from + i]! - 128;
      aa += x * x;
      ab += x * y;
      bb += y * y;
    }
  }
  // What is left of the one when the other is made as strong as fits best, between half and twice.
  const gain = bb > 0 ? Math.max(0.5, Math.min(2, ab / bb)) : 1;
  const left = Math.sqrt(Math.max(0, aa - 2 * gain * ab + gain * gain * bb) / (2 * squares));
  return left <= Math.max(colourNoise / 2, colourShare * Math.sqrt(Math.max(aa, bb) / (2 * squares)));
}
