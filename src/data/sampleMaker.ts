// Makes samples from pictures: reads, brings to size, augments, and writes planes of bytes. The same code on whichever thread.
import { FoveaError, OptionError, ShapeError } from "../base/errors.ts";
import type { Picture } from "../picture/picture.ts";
import { toPlanes } from "../picture/planes.ts";
import { Compose } from "../transforms/compose.ts";
import type { PictureShape } from "../transforms/functional/geometry.ts";
import { sampleRandom } from "../transforms/seeded.ts";
import { FixedTransform, type Step } from "../transforms/transform.ts";
import type { PictureCache } from "./pictureCache.ts";

/** Which sample of which epoch. */
export interface SampleRequest {
  /** The picture's number. */
  readonly index: number;
  readonly epoch: number;
  /** The number that its random numbers are drawn by: the picture's own, or another one where it occurs again in an epoch. */
  readonly draw: number;
}

/** What a SampleMaker is made of. */
export interface MakerParts {
  readonly picture: (index: number) => Picture | Promise<Picture>;
  readonly pipeline: Compose;
  readonly seed: number;
  /** What every sample must come out as. */
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly cache: PictureCache | null;
}

/** Makes the samples of a source by a pipeline. */
export class SampleMaker {
  readonly #parts: MakerParts;
  /** The leading steps that draw nothing: their result is the same in every epoch, so it can be kept. */
  readonly #fixed: Compose;
  readonly #rest: Compose;
  /** The last sample with its channels side by side. */
  #pixels: Uint8Array | null = null;

  constructor(parts: MakerParts) {
    this.#parts = parts;
    const steps = parts.pipeline.flat;
    const end = steps.findIndex((step) => !(step instanceof FixedTransform));
    const fixed = end < 0 ? steps.length : end;
    this.#fixed = new Compose(steps.slice(0, fixed));
    this.#rest = new Compose(steps.slice(fixed));
  }

  /**
   * Writes a sample into `target` from `at` on. Gives the failure where the picture can't be read, else null; failures of the pipeline are thrown: they
   * are the program's. A promise only where the picture has to be waited for.
   */
  make(
    request: SampleRequest,
    target: Uint8Array,
    at: number,
  ): FoveaError | null | Promise<FoveaError | null> {
    const kept = this.#parts.cache?.get(request.index);
    if (kept) return this.#finish(kept, request, target, at);
    const picture = this.#parts.picture(request.index);
    if (!(picture instanceof Promise)) return this.#begin(picture, request, target, at);
    return picture.then(
      (read) => this.#begin(read, request, target, at),
      (error: unknown) => {
        if (error instanceof FoveaError) return error;
        throw error;
      },
    );
  }

  #begin(picture: Picture, request: SampleRequest, target: Uint8Array, at: number): null {
    const sized = this.#fixed.apply(picture, this.#fixed.draw(unused, picture));
    this.#parts.cache?.put(request.index, sized);
    return this.#finish(sized, request, target, at);
  }

  #finish(sized: Picture, { index, epoch, draw }: SampleRequest, target: Uint8Array, at: number): null {
    const { seed, shape } = this.#parts;
    const params = this.#rest.draw(sampleRandom(seed, epoch, draw), sized);
    const made = this.#rest.outputShape(sized, params);
    const [channels, height, width] = shape;
    if (made.channels !== channels || made.height !== height || made.width !== width) {
      throw new ShapeError(
        `DataLoader: the transform made sample ${index} ${made.height} × ${made.width} × ${made.channels} (height, width, channels); ` +
          `expected ${height} × ${width} × ${channels}`,
      );
    }
    const size = channels * height * width;
    if (channels === 1) {
      this.#rest.applyInto(sized, params, target.subarray(at, at + size));
      return null;
    }
    this.#pixels ??= new Uint8Array(size);
    this.#rest.applyInto(sized, params, this.#pixels);
    toPlanes({ channels, height, width, data: this.#pixels }, target, at);
    return null;
  }
}

/** Handed to steps that draw nothing. */
const unused = sampleRandom(0, 0, 0);

/** A transform as a pipeline. */
export function pipelineOf(transform: Step): Compose {
  return transform instanceof Compose ? transform : new Compose([transform]);
}

/** Sizes that pictures of a folder may have, to try a pipeline with. */
const probes: readonly PictureShape[] = [
  { width: 640, height: 480, channels: 3 },
  { width: 75, height: 100, channels: 1 },
  { width: 333, height: 333, channels: 4 },
];
/** Draws for each size: a random size shows in a few. */
const tries = 4;

/**
 * The shape `[channels, height, width]` that a pipeline gives all pictures, found by drawing without a picture. `input`: the size that all
 * pictures have, null where it differs. Throws OptionError where results differ.
 */
export function sampleShapeOf(
  pipeline: Compose,
  input: PictureShape | null,
): readonly [channels: number, height: number, width: number] {
  const found = new Map<string, readonly [number, number, number]>();
  for (const shape of input ? [input] : probes) {
    for (let i = 0; i < tries; i++) {
      const { channels, height, width } = pipeline.outputShape(
        shape,
        pipeline.draw(sampleRandom(0, 0, i), shape),
      );
      found.set([height, width, channels].join(" × "), [channels, height, width]);
    }
  }
  const [only, another] = found.values();
  if (only && !another) return only;
  throw new OptionError(
    `DataLoader: the transform gives pictures of several sizes: ${[...found.keys()].slice(0, 3).join(", ")} … (height, width, channels). ` +
      "Begin it with new RGB() or new Grayscale(), and end it in one size: Resize([h, w]), a crop, or Letterbox",
  );
}
