// Mixing samples of a batch: pictures and labels together. Each is mixed with the one before it, so batches have to be shuffled.
import { isFloating } from "../base/dtype.ts";
import { FormatError, nearest, OptionError, ShapeError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { formatShape } from "../base/shape.ts";
import { where } from "../ops/binary.ts";
import { oneHot } from "../ops/indexing.ts";
import { cat } from "../ops/movement.ts";
import { defaultRandom, type Random } from "../tensor/random.ts";
import { Tensor } from "../tensor/tensor.ts";
import { beta } from "./distributions.ts";
import { checkNumber, shown } from "./functional/check.ts";
import type { Box } from "./functional/geometry.ts";
import { parsed } from "./json.ts";
import type { TransformJson } from "./transform.ts";

/** How batches are mixed. */
export interface BatchMixOptions {
  /** Evenness of the mix: shares are drawn from Beta(alpha, alpha). Default 1: all shares equally likely. */
  readonly alpha?: number;
  /** Number of classes; needed where labels are class indices. */
  readonly numClasses?: number | null;
}

/** A batch after mixing: pictures, and for each of them a probability of every class `[N, classes]`, for `crossEntropy`. */
export type MixedBatch = readonly [x: Tensor, y: Tensor];

/** A step that mixes samples of a batch. */
abstract class BatchTransform<P> {
  abstract readonly name: string;
  readonly alpha: number;
  readonly numClasses: number | null;

  constructor(name: string, options: BatchMixOptions) {
    checkOptions(name, options, ["alpha", "numClasses"]);
    const { alpha = 1, numClasses = null } = options;
    checkNumber(name, "alpha", alpha, { least: 0, above: true });
    if (numClasses !== null) checkNumber(name, "numClasses", numClasses, { least: 1, whole: true });
    this.alpha = alpha;
    this.numClasses = numClasses;
  }

  /** The parameters for batches of pictures of the given size, from the next numbers of `random`. */
  abstract draw(random: Random, size: { readonly width: number; readonly height: number }): P;

  /**
   * Mixes pictures x `[N, C, H, W]` and labels y, class indices `[N]` or probabilities `[N, classes]`. Throws ShapeError where they do not
   * fit, OptionError for indices without `numClasses`.
   */
  apply(x: Tensor, y: Tensor, params: P): MixedBatch {
    return [this.mixed(x, params), this.#labels(x, y, this.share(params))];
  }

  /** Draws and applies. Without `random`, from the generator that `manualSeed` sets. */
  forward(x: Tensor, y: Tensor, random: Random = defaultRandom()): MixedBatch {
    if (x.rank !== 4 || x.shape.includes(0)) {
      throw new ShapeError(
        `${this.name}: pictures must be [N, C, H, W] with at least one; got ${formatShape(x.shape)}`,
      );
    }
    return this.apply(x, y, this.draw(random, { height: x.shape[2]!, width: x.shape[3]! }));
  }

  /** Name and arguments as plain JSON, which `batchFromJSON` reads. */
  toJSON(): TransformJson {
    return { name: this.name, alpha: this.alpha, numClasses: this.numClasses };
  }

  protected abstract mixed(x: Tensor, params: P): Tensor;

  /** How much of each sample is left. */
  protected abstract share(params: P): number;

  #labels(x: Tensor, y: Tensor, share: number): Tensor {
    const n = x.shape[0]!;
    const fits =
      y.shape[0] === n && (y.rank === 1 || (y.rank === 2 && y.shape[1] === (this.numClasses ?? y.shape[1])));
    if (!fits || (y.rank === 1 && isFloating(y.dtype))) {
      const classes = this.numClasses ?? "classes";
      throw new ShapeError(
        `${this.name}: labels must be class indices [${n}] or probabilities [${n}, ${classes}]; got ${y.dtype} ${formatShape(y.shape)}`,
      );
    }
    if (y.rank === 1 && this.numClasses === null) {
      throw new OptionError(
        `${this.name}: labels are class indices, so it has to know how many classes there are. Give numClasses: new ${this.name}({ numClasses: 10 })`,
      );
    }
    const probabilities = (y.rank === 1 ? oneHot(y, this.numClasses!) : y).cast("float32");
    return probabilities.mul(share).add(before(probabilities).mul(1 - share));
  }
}

/** Each sample's predecessor; the first one's is the last. */
function before(x: Tensor): Tensor {
  const n = x.shape[0]!;
  return n < 2 ? x : cat([x.slice(0, n - 1, n), x.slice(0, 0, n - 1)], 0);
}

/**
 * Two samples shine through each other: `λ x + (1 − λ) x'`, and so do their labels, with one λ from Beta(alpha, alpha) for a batch. Bytes become
 * numbers 0 … 1. Source: Zhang et al., "mixup: Beyond empirical risk minimization", 2018.
 */
export class MixUp extends BatchTransform<{ readonly lambda: number }> {
  override readonly name = "MixUp";

  constructor(options: BatchMixOptions = {}) {
    super("MixUp", options);
  }

  override draw(random: Random): { readonly lambda: number } {
    return { lambda: beta(random, this.alpha) };
  }

  protected override mixed(x: Tensor, { lambda }: { readonly lambda: number }): Tensor {
    const values = x.dtype === "uint8" ? x.div(255) : x;
    return values.mul(lambda).add(before(values).mul(1 - lambda));
  }

  protected override share({ lambda }: { readonly lambda: number }): number {
    return lambda;
  }
}

/** What `CutMix` draws: the box that comes from the other sample, and the share of the area that is left. */
export interface CutMixParams {
  readonly box: Box;
  readonly lambda: number;
}

/**
 * A box of each picture is that of another one, and the label takes its share of the area. The box has `√(1 − λ)` of width and height, λ from
 * Beta(alpha, alpha), with its middle anywhere. Bytes stay bytes. Source: Yun et al., "CutMix", 2019.
 */
export class CutMix extends BatchTransform<CutMixParams> {
  override readonly name = "CutMix";

  constructor(options: BatchMixOptions = {}) {
    super("CutMix", options);
  }

  override draw(
    random: Random,
    { width, height }: { readonly width: number; readonly height: number },
  ): CutMixParams {
    const half = 0.5 * Math.sqrt(1 - beta(random, this.alpha));
    const [x, y] = [random.integer(width), random.integer(height)];
    const [halfWidth, halfHeight] = [Math.trunc(half * width), Math.trunc(half * height)];
    const left = Math.max(0, x - halfWidth);
    const top = Math.max(0, y - halfHeight);
    const box = {
      top,
      left,
      height: Math.min(height, y + halfHeight) - top,
      width: Math.min(width, x + halfWidth) - left,
    };
    return { box, lambda: 1 - (box.width * box.height) / (width * height) };
  }

  protected override mixed(x: Tensor, { box }: CutMixParams): Tensor {
    const [, , height, width] = x.shape as [number, number, number, number];
    const mask = new Uint8Array(height * width);
    for (let y = box.top; y < box.top + box.height; y++) {
      mask.fill(1, y * width + box.left, y * width + box.left + box.width);
    }
    return where(Tensor.fromArray(mask, [1, 1, height, width], "bool"), before(x), x);
  }

  protected override share({ lambda }: CutMixParams): number {
    return lambda;
  }
}

const known = { MixUp, CutMix };

/** A step of batches from the JSON that its `toJSON` gives, as an object or as text. */
export function batchFromJSON(json: unknown): MixUp | CutMix {
  const { name, ...options } = (parsed("batchFromJSON", json) ?? {}) as TransformJson;
  if (typeof name !== "string" || !Object.hasOwn(known, name)) {
    const near = nearest(String(name), Object.keys(known));
    throw new FormatError(
      `batchFromJSON: there is no step of batches ${shown(name)}; ${near ? `did you mean "${near}"? ` : ""}Known: MixUp, CutMix`,
    );
  }
  return new known[name as keyof typeof known](options);
}
