// What a transform is: it draws its parameters from random numbers, and then applies a pure function of picture and parameters.
import { ShapeError } from "../base/errors.ts";
import type { Picture } from "../picture/picture.ts";
import { defaultRandom, type Random } from "../tensor/random.ts";
import { checkProbability } from "./functional/check.ts";
import type { PictureShape } from "./functional/geometry.ts";

/** A transform in plain JSON: its name, and its arguments by name. */
export interface TransformJson {
  readonly name: string;
  readonly [argument: string]: unknown;
}

/** One step that changes pictures. `P` is what it draws: plain data, which JSON can hold. */
export abstract class Transform<P = unknown> {
  /** The name in JSON, which is the class's. */
  abstract readonly name: string;

  /** The parameters for a picture of the given size, from the next numbers of `random`. */
  abstract draw(random: Random, shape: PictureShape): P;

  /** The changed picture: the same for the same picture and parameters, on every machine. The picture itself is left as it is. */
  abstract apply(picture: Picture, params: P): Picture;

  /**
   * `apply`, with the bytes of the result in `target`, which has their length and may be the picture's own: so that batches are written in
   * place and large numbers of small pictures leave no garbage. Throws ShapeError where the result has another length.
   */
  applyInto(picture: Picture, params: P, target: Uint8Array): void {
    const result = this.apply(picture, params);
    if (result.data.length !== target.length) {
      const { height, width, channels } = result;
      throw new ShapeError(
        `${this.name}: apply made a picture of ${height} × ${width} × ${channels} (height, width, channels), and ${target.length} bytes were expected. ` +
          "A step that changes the size says so in outputShape",
      );
    }
    copyInto(result, target);
  }

  /** The size that `apply` gives. */
  outputShape(shape: PictureShape, _params: P): PictureShape {
    return shape;
  }

  /** True where nothing is left to chance: equal pictures always become equal ones. */
  get deterministic(): boolean {
    return false;
  }

  /**
   * What stands for this step where a model is evaluated or used: the step itself where it leaves nothing to chance, for random crops one that
   * gives the same size from the middle, for all others nothing (`Identity`).
   */
  forEvaluation(): Step {
    return this.deterministic ? this : new Identity();
  }

  /** Draws and applies. Without `random`, from the generator that `manualSeed` sets. */
  forward(picture: Picture, random: Random = defaultRandom()): Picture {
    return this.apply(picture, this.draw(random, picture));
  }

  /** Name and arguments as plain JSON, which `fromJSON` reads. */
  toJSON(): TransformJson {
    return { name: this.name, ...this.settings() };
  }

  /** All arguments by the names that the constructor knows them by. */
  protected abstract settings(): object;
}

/** Any transform; what it draws is its own affair. */
// biome-ignore lint/suspicious/noExplicitAny: lists hold steps of different parameters, each given back only to its own step
export type Step = Transform<any>;

/** A step that draws nothing. */
export abstract class FixedTransform extends Transform<null> {
  override draw(): null {
    return null;
  }

  override get deterministic(): boolean {
    return true;
  }
}

/** A step that is taken with probability `p`; its parameters are null where it is not. */
export abstract class OptionalTransform<P> extends Transform<P | null> {
  readonly p: number;

  constructor(name: string, p: number) {
    super();
    checkProbability(name, p);
    this.p = p;
  }

  override draw(random: Random, shape: PictureShape): P | null {
    return random.uniform() < this.p ? this.drawTaken(random, shape) : null;
  }

  override apply(picture: Picture, params: P | null): Picture {
    return params === null ? picture : this.applyTaken(picture, params);
  }

  override applyInto(picture: Picture, params: P | null, target: Uint8Array): void {
    if (params === null) copyInto(picture, target);
    else this.applyTakenInto(picture, params, target);
  }

  override outputShape(shape: PictureShape, params: P | null): PictureShape {
    return params === null ? shape : this.takenShape(shape, params);
  }

  /** The parameters of a step that is taken; null where none fit the picture. */
  protected abstract drawTaken(random: Random, shape: PictureShape): P | null;
  protected abstract applyTaken(picture: Picture, params: P): Picture;

  /** `applyInto` of a step that is taken. */
  protected applyTakenInto(picture: Picture, params: P, target: Uint8Array): void {
    copyInto(this.applyTaken(picture, params), target);
  }

  protected takenShape(shape: PictureShape, _params: P): PictureShape {
    return shape;
  }
}

/** A step without parameters of its own that is taken with probability `p`; with p = 1 it leaves nothing to chance. */
export abstract class Toss extends OptionalTransform<true> {
  override get deterministic(): boolean {
    return this.p === 1;
  }

  protected override drawTaken(): true {
    return true;
  }
}

/** Leaves pictures as they are. */
export class Identity extends FixedTransform {
  override readonly name = "Identity";

  override apply(picture: Picture): Picture {
    return picture;
  }

  protected override settings(): object {
    return {};
  }
}

/** A picture's bytes to where a result is wanted, unless they stand there already. */
export function copyInto({ data }: Picture, target: Uint8Array): void {
  if (data !== target) target.set(data);
}

/** A seed for a field of random pixels. */
export function drawSeed(random: Random): number {
  return random.bits();
}

/** A number drawn evenly from `[low, high)`. */
export function between(random: Random, [low, high]: readonly [number, number]): number {
  return low + (high - low) * random.uniform();
}

/** A whole number drawn evenly from `low … high`, both included. */
export function wholeBetween(random: Random, low: number, high: number): number {
  return low + random.integer(high - low + 1);
}
