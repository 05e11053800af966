// Steps one after another, and steps that are chosen.
import { OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { Picture } from "../picture/picture.ts";
import type { Random } from "../tensor/random.ts";
import { shown } from "./functional/check.ts";
import type { PictureShape } from "./functional/geometry.ts";
import { Normalize, TailTransform } from "./tail.ts";
import { copyInto, Identity, OptionalTransform, type Step, Transform } from "./transform.ts";

function checkSteps(op: string, transforms: readonly Step[]): void {
  if (!Array.isArray(transforms)) {
    throw new OptionError(
      `${op}: transforms must be a list, such as [new Resize(256), new CenterCrop(224)]; got ${typeof transforms}`,
    );
  }
  for (const [i, step] of transforms.entries()) {
    if (step instanceof Transform) continue;
    throw new OptionError(
      `${op}: number ${i} is no transform; got ${shown(step) ?? typeof step}. Make one: new RandomHorizontalFlip()`,
    );
  }
}

/** All steps of a list in order: parameters of one are drawn for the size that the one before it gives. */
class Sequence {
  readonly steps: readonly Step[];

  constructor(steps: readonly Step[]) {
    this.steps = [...steps];
  }

  draw(random: Random, shape: PictureShape): unknown[] {
    let current = shape;
    return this.steps.map((step) => {
      const params: unknown = step.draw(random, current);
      current = step.outputShape(current, params);
      return params;
    });
  }

  apply(picture: Picture, params: readonly unknown[]): Picture {
    return this.steps.reduce((current, step, i) => step.apply(current, params[i]), picture);
  }

  /** Steps that keep the size of the result work in it, one on the other. */
  applyInto(picture: Picture, params: readonly unknown[], target: Uint8Array): void {
    let current = picture;
    for (let i = 0; i < this.steps.length; i++) {
      const step = this.steps[i]!;
      const { width, height, channels } = step.outputShape(current, params[i]);
      if (width * height * channels === target.length) {
        step.applyInto(current, params[i], target);
        current = { width, height, channels, data: target };
      } else current = step.apply(current, params[i]);
    }
    copyInto(current, target);
  }

  outputShape(shape: PictureShape, params: readonly unknown[]): PictureShape {
    return this.steps.reduce((current, step, i) => step.outputShape(current, params[i]), shape);
  }
}

/**
 * All steps, one after another. `ToTensor` and `Normalize` come last, after them only each other: they say what a batch becomes
 * (`normalize`), and pictures stay bytes up to there.
 */
export class Compose extends Transform<readonly unknown[]> {
  override readonly name = "Compose";
  readonly transforms: readonly Step[];
  /** Mean and standard deviation that a batch is normalised by, where there is a `Normalize`. */
  readonly normalize: Normalize | null;
  readonly #sequence: Sequence;

  constructor(transforms: readonly Step[]) {
    super();
    checkSteps("Compose", transforms);
    const flat = flattened(transforms);
    const end = flat.findIndex(isTail);
    const late = end < 0 ? undefined : flat.slice(end).find((step) => !isTail(step));
    if (late) {
      throw new OptionError(
        `Compose: ${late.name} stands after ${flat[end]!.name}; transforms work on pictures of bytes, so ToTensor and Normalize come last. ` +
          `Move ${late.name} before them`,
      );
    }
    const normalizers = flat.filter((step) => step instanceof Normalize);
    if (normalizers.length > 1) {
      throw new OptionError("Compose: two Normalize steps; leave one of them out");
    }
    this.normalize = normalizers[0] ?? null;
    this.transforms = [...transforms];
    this.#sequence = new Sequence(this.transforms);
  }

  /** All steps in order, with those of a Compose within in its place. */
  get flat(): readonly Step[] {
    return flattened(this.transforms);
  }

  override get deterministic(): boolean {
    return this.transforms.every((step) => step.deterministic);
  }

  override draw(random: Random, shape: PictureShape): readonly unknown[] {
    return this.#sequence.draw(random, shape);
  }

  override apply(picture: Picture, params: readonly unknown[]): Picture {
    return this.#sequence.apply(picture, params);
  }

  override applyInto(picture: Picture, params: readonly unknown[], target: Uint8Array): void {
    this.#sequence.applyInto(picture, params, target);
  }

  override outputShape(shape: PictureShape, params: readonly unknown[]): PictureShape {
    return this.#sequence.outputShape(shape, params);
  }

  /** The steps of this one as they are for evaluation, in one list. */
  override forEvaluation(): Compose {
    return new Compose(
      this.transforms.flatMap((step): readonly Step[] => {
        const left: Step = step.forEvaluation();
        if (left instanceof Identity) return [];
        return left instanceof Compose ? left.transforms : [left];
      }),
    );
  }

  protected override settings(): object {
    return { transforms: this.transforms.map((step) => step.toJSON()) };
  }
}

/** A list of steps, all of them with probability `p`, or none. */
export class RandomApply extends OptionalTransform<readonly unknown[]> {
  override readonly name = "RandomApply";
  readonly transforms: readonly Step[];
  readonly #sequence: Sequence;

  constructor(transforms: readonly Step[], p = 0.5) {
    super("RandomApply", p);
    checkInner("RandomApply", transforms);
    this.transforms = [...transforms];
    this.#sequence = new Sequence(this.transforms);
  }

  override get deterministic(): boolean {
    return this.p === 1 && this.transforms.every((step) => step.deterministic);
  }

  override forEvaluation(): Step {
    return this.p === 1 ? new Compose(this.transforms).forEvaluation() : new Identity();
  }

  protected override drawTaken(random: Random, shape: PictureShape): readonly unknown[] {
    return this.#sequence.draw(random, shape);
  }

  protected override applyTaken(picture: Picture, params: readonly unknown[]): Picture {
    return this.#sequence.apply(picture, params);
  }

  protected override applyTakenInto(picture: Picture, params: readonly unknown[], target: Uint8Array): void {
    this.#sequence.applyInto(picture, params, target);
  }

  protected override takenShape(shape: PictureShape, params: readonly unknown[]): PictureShape {
    return this.#sequence.outputShape(shape, params);
  }

  protected override settings(): object {
    return { transforms: this.transforms.map((step) => step.toJSON()), p: this.p };
  }
}

/** Steps of a list by their numbers, in the order drawn. */
interface Chosen {
  readonly order: readonly number[];
  readonly params: readonly unknown[];
}

abstract class Choice extends Transform<Chosen> {
  readonly transforms: readonly Step[];

  constructor(op: string, transforms: readonly Step[]) {
    super();
    checkInner(op, transforms);
    this.transforms = [...transforms];
  }

  #sequence(order: readonly number[]): Sequence {
    return new Sequence(order.map((i) => this.transforms[i]!));
  }

  override draw(random: Random, shape: PictureShape): Chosen {
    const order = this.drawOrder(random);
    return { order, params: this.#sequence(order).draw(random, shape) };
  }

  override apply(picture: Picture, { order, params }: Chosen): Picture {
    return this.#sequence(order).apply(picture, params);
  }

  override outputShape(shape: PictureShape, { order, params }: Chosen): PictureShape {
    return this.#sequence(order).outputShape(shape, params);
  }

  protected abstract drawOrder(random: Random): readonly number[];
}

/** One step of a list, each with its share of `p` (by default equal shares). */
export class RandomChoice extends Choice {
  override readonly name = "RandomChoice";
  /** Shares that add up to 1. */
  readonly p: readonly number[];

  constructor(transforms: readonly Step[], options: { readonly p?: readonly number[] } = {}) {
    super("RandomChoice", transforms);
    checkOptions("RandomChoice", options, ["p"]);
    const { p = transforms.map(() => 1) } = options;
    const sum = Array.isArray(p) ? (p as number[]).reduce((a, b) => a + b, 0) : Number.NaN;
    if (p.length !== transforms.length || !(sum > 0) || p.some((share) => !(share >= 0))) {
      throw new OptionError(
        `RandomChoice: p must have a share of at least 0 for each of the ${transforms.length} transforms, not all 0; got ${shown(p)}`,
      );
    }
    this.p = p.map((share) => share / sum);
  }

  protected override drawOrder(random: Random): readonly number[] {
    let left = random.uniform();
    const found = this.p.findIndex((share) => (left -= share) < 0);
    return [found < 0 ? this.p.findLastIndex((share) => share > 0) : found];
  }

  protected override settings(): object {
    return { transforms: this.transforms.map((step) => step.toJSON()), p: this.p };
  }
}

/** All steps of a list, in another order each time. */
export class RandomOrder extends Choice {
  override readonly name = "RandomOrder";

  constructor(transforms: readonly Step[]) {
    super("RandomOrder", transforms);
  }

  protected override drawOrder(random: Random): readonly number[] {
    return [...random.permutation(this.transforms.length)];
  }

  protected override settings(): object {
    return { transforms: this.transforms.map((step) => step.toJSON()) };
  }
}

function checkInner(op: string, transforms: readonly Step[]): void {
  checkSteps(op, transforms);
  if (transforms.length === 0)
    throw new OptionError(`${op}: the list of transforms is empty; give at least one`);
  const tail = flattened(transforms).find(isTail);
  if (tail) {
    throw new OptionError(
      `${op}: ${tail.name} can't be left to chance; put it at the end of the Compose around`,
    );
  }
}

/** All steps of a list, with those of a Compose in its place. */
function flattened(transforms: readonly Step[]): readonly Step[] {
  return transforms.flatMap((step) => (step instanceof Compose ? flattened(step.transforms) : [step]));
}

function isTail(step: Step): boolean {
  return step instanceof TailTransform;
}
