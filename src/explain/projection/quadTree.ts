// Points of the plane in a tree of boxes, to sum what all of them do to one of them in about log n steps.

/** What all other points do to one, by t-SNE's kernel `q = 1 / (1 + d²)`. */
export interface Repulsion {
  /** Σ q. */
  sum: number;
  /** Σ q² · (own place − other place). */
  x: number;
  y: number;
}

/**
 * Boxes around points, each cut into up to four at its middle until its points lie in one place. Boxes are numbered from the outside in, the ones
 * within a box right behind it, so that a walk that leaves a box out goes on at `next`.
 */
export class QuadTree {
  readonly #points: Float64Array;
  /** Points, those of a box side by side. */
  readonly #order: Int32Array;
  /** The innermost box of each point. */
  readonly #homes: Int32Array;
  readonly #next: Int32Array;
  readonly #counts: Int32Array;
  /** Mean place of a box's points. */
  readonly #meanX: Float64Array;
  readonly #meanY: Float64Array;
  /** Diagonal of a box, squared. */
  readonly #diagonals: Float64Array;
  #boxes = 0;

  /** Points `x, y, x, y …`. */
  constructor(points: Float64Array) {
    const n = points.length / 2;
    this.#points = points;
    this.#order = Int32Array.from({ length: n }, (_, i) => i);
    this.#homes = new Int32Array(n);
    // Each cut parts points, so there are less than 2n boxes.
    this.#next = new Int32Array(2 * n);
    this.#counts = new Int32Array(2 * n);
    this.#meanX = new Float64Array(2 * n);
    this.#meanY = new Float64Array(2 * n);
    this.#diagonals = new Float64Array(2 * n);
    this.#build(0, n);
  }

  /**
   * Sums over all other points into `result`. A box whose diagonal is less than `theta` (0 … 1) times its distance counts as so many points in their
   * mean place; with theta 0 all points count by themselves.
   */
  repulsion(point: number, theta: number, result: Repulsion): void {
    const [x, y] = [this.#points[2 * point]!, this.#points[2 * point + 1]!];
    const home = this.#homes[point]!;
    const near = theta * theta;
    let [sum, forceX, forceY] = [0, 0, 0];
    for (let box = 0; box < this.#boxes; ) {
      const wayX = x - this.#meanX[box]!;
      const wayY = y - this.#meanY[box]!;
      const square = wayX * wayX + wayY * wayY;
      const isInnermost = this.#next[box] === box + 1;
      if (!isInnermost && this.#diagonals[box]! >= near * square) {
        box++;
        continue;
      }
      const count = this.#counts[box]! - (box === home ? 1 : 0);
      const q = 1 / (1 + square);
      sum += count * q;
      forceX += count * q * q * wayX;
      forceY += count * q * q * wayY;
      box = this.#next[box]!;
    }
    result.sum = sum;
    result.x = forceX;
    result.y = forceY;
  }

  #build(from: number, to: number): void {
    const box = this.#boxes++;
    const [points, order] = [this.#points, this.#order];
    let [left, top] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    let [right, bottom] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    let [sumX, sumY] = [0, 0];
    for (let i = from; i < to; i++) {
      const [x, y] = [points[2 * order[i]!]!, points[2 * order[i]! + 1]!];
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      sumX += x;
      sumY += y;
    }
    this.#counts[box] = to - from;
    this.#meanX[box] = sumX / (to - from);
    this.#meanY[box] = sumY / (to - from);
    this.#diagonals[box] = (right - left) ** 2 + (bottom - top) ** 2;
    const middleX = left + (right - left) / 2;
    const middleY = top + (bottom - top) / 2;
    const across = this.#part(from, to, 0, middleX);
    const cuts = [from, this.#part(from, across, 1, middleY), across, this.#part(across, to, 1, middleY), to];
    if (cuts.every((cut) => cut === from || cut === to)) {
      for (let i = from; i < to; i++) this.#homes[order[i]!] = box;
    } else {
      for (let i = 0; i < 4; i++) if (cuts[i]! < cuts[i + 1]!) this.#build(cuts[i]!, cuts[i + 1]!);
    }
    this.#next[box] = this.#boxes;
  }

  /** Brings points up to a middle before those beyond it; gives where these begin. */
  #part(from: number, to: number, axis: 0 | 1, middle: number): number {
    const [points, order] = [this.#points, this.#order];
    let end = from;
    for (let i = from; i < to; i++) {
      const point = order[i]!;
      if (points[2 * point + axis]! > middle) continue;
      order[i] = order[end]!;
      order[end++] = point;
    }
    return end;
  }
}
