// A model on held-out pictures, as `evaluate` of fovea/train goes about it: the same pictures in the same batches, prepared by the same pipeline.

import { trace } from "../../src/entry/inspect.ts";
import { decodeImage, type Picture } from "../../src/entry/picture.ts";
import { nn, noGrad, Tensor } from "../../src/index.ts";
import type { HeldOutAnswer } from "../../src/studio/shared/heldOut.ts";
import type { Context } from "./handlers.ts";
import { type Measured, measure } from "./measure.ts";
import type { ModelRef } from "./models.ts";
import { type OpenModel, openModel } from "./openModel.ts";
import { batchOf } from "./pictures.ts";
import type { Values } from "./protocol.ts";
import { copyOf, joined } from "./values.ts";

/** What is measured. */
export interface EvaluateAsk {
  readonly model: ModelRef;
  readonly held: HeldOutAnswer;
  /** Version of the set's pictures, for their addresses. */
  readonly state: string;
}

/** What a model answered to held-out pictures. */
export interface EvaluateAnswer extends Measured {
  /** Places in `held.indices` of the pictures that could be read; rows below are theirs. */
  readonly places: Int32Array;
  /** What the last dense layer works on, `[n, width]`; the logits where there is none. */
  readonly features: Values;
  /** Mean cross-entropy. */
  readonly loss: number;
  /** Time in the worker, ms. */
  readonly ms: number;
}

/** As `fovea val` has it by default: sums of losses are the same to the last bit then. */
const batchSize = 256;
/** Pictures that are asked for side by side. */
const sideBySide = 8;

/** Measures. Throws Error where pictures can't be had at all, and the signal's reason where it is given up. */
export async function evaluateHeldOut(
  { model: ref, held, state }: EvaluateAsk,
  { signal, onProgress }: Context,
): Promise<EvaluateAnswer> {
  const began = performance.now();
  const model = await openModel(ref);
  checkClasses(model, held);
  const places: number[] = [];
  const parts: { readonly logits: Values; readonly features: Values }[] = [];
  let lossSum = 0;
  const total = held.indices.length;
  // Broken pictures are left out before batches are filled, as the loader does it.
  let waiting: { readonly place: number; readonly picture: Picture }[] = [];
  for (let from = 0; from < total; from += batchSize) {
    const found = await picturesOf(held, state, from, Math.min(total, from + batchSize), signal);
    waiting.push(...found);
    const isLast = from + batchSize >= total;
    while (waiting.length >= batchSize || (isLast && waiting.length > 0)) {
      const batch = waiting.slice(0, batchSize);
      waiting = waiting.slice(batchSize);
      places.push(...batch.map(({ place }) => place));
      const labels = batch.map(({ place }) => held.labels[place]!);
      const { loss, ...values } = answersTo(model, inputOf(model, held, batch), labels);
      lossSum += loss * batch.length;
      parts.push(values);
    }
    onProgress(Math.min(1, (from + batchSize) / total));
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal.throwIfAborted();
  }
  if (places.length === 0) throw new Error("none of the pictures could be read");
  return {
    places: Int32Array.from(places),
    ...measure(
      joined(parts.map(({ logits }) => logits)),
      places.map((place) => held.labels[place]!),
    ),
    features: joined(parts.map(({ features }) => features)),
    loss: lossSum / places.length,
    ms: performance.now() - began,
  };
}

function checkClasses({ facts }: OpenModel, { classes }: HeldOutAnswer): void {
  if (facts.classes.join("\n") === classes.join("\n")) return;
  throw new Error(
    `the network knows ${facts.classes.length} classes (${facts.classes.slice(0, 5).join(", ")} …), ` +
      `and the set has ${classes.length} others (${classes.slice(0, 5).join(", ")} …)`,
  );
}

/** Pictures that can be read, by their place in the list of those held out. */
async function picturesOf(
  held: HeldOutAnswer,
  state: string,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<{ place: number; picture: Picture }[]> {
  if (held.shape) return samplesOf(held, held.shape, from, to, signal);
  const found: ({ place: number; picture: Picture } | null)[] = [];
  for (let start = from; start < to; start += sideBySide) {
    const places = Array.from({ length: Math.min(sideBySide, to - start) }, (_, i) => start + i);
    found.push(
      ...(await Promise.all(
        places.map(async (place) => {
          const address = `/api/sets/${held.set}/picture/${held.indices[place]}?state=${state}`;
          const bytes = await bytesAt(address, signal);
          return decodeImage(bytes).then(
            (picture) => ({ place, picture }),
            () => null,
          );
        }),
      )),
    );
  }
  return found.filter((one) => one !== null);
}

/** Pictures of a public set, which lie one after another. */
async function samplesOf(
  { set, indices }: HeldOutAnswer,
  [channels, height, width]: NonNullable<HeldOutAnswer["shape"]>,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<{ place: number; picture: Picture }[]> {
  const bytes = await bytesAt(`/api/sets/${set}/samples/${indices[from]}/${to - from}`, signal);
  const size = channels * height * width;
  return Array.from({ length: to - from }, (_, i) => {
    const planes = bytes.subarray(i * size, (i + 1) * size);
    const data = channels === 1 ? planes : interleaved(planes, channels);
    return { place: from + i, picture: { width, height, channels, data } };
  });
}

async function bytesAt(address: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(address, { signal });
  if (!response.ok)
    throw new Error(((await response.json()) as { error?: string }).error ?? response.statusText);
  return new Uint8Array(await response.arrayBuffer());
}

/** `[channels, pixels]` as `[pixels, channels]`. */
function interleaved(planes: Uint8Array, channels: number): Uint8Array {
  const pixels = planes.length / channels;
  const data = new Uint8Array(planes.length);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < pixels; i++) data[i * channels + c] = planes[c * pixels + i]!;
  return data;
}

/** A batch as the network takes it; pictures that have its size in memory are taken as they are. */
function inputOf(
  model: OpenModel,
  { shape }: HeldOutAnswer,
  batch: readonly { readonly picture: Picture }[],
): Tensor {
  const isFitting = shape !== null && shape.join() === model.facts.input.join();
  const pictures = batch.map(({ picture }) => (isFitting ? picture : model.transforms.forward(picture)));
  return batchOf(model, pictures);
}

function answersTo(
  model: OpenModel,
  input: Tensor,
  labels: readonly number[],
): { logits: Values; features: Values; loss: number } {
  return noGrad(() => {
    const steps = trace(model.network, input, { lazy: true });
    const logits = steps.at(-1)!.output.flatten(1);
    const head = steps.findLast(({ layer }) => layer instanceof nn.Linear);
    // The features first: the rest goes on from them.
    const features = copyOf((head?.inputs[0] ?? logits).flatten(1));
    const kept = copyOf(logits);
    const y = Tensor.fromArray(Int32Array.from(labels), [labels.length], "int32");
    return { logits: kept, features, loss: nn.crossEntropy(logits, y).itemSync() };
  });
}
