// What the compute worker answers to each request.

import { trace } from "../../src/entry/inspect.ts";
import { nn, noGrad, type Tensor } from "../../src/index.ts";
import { backend } from "./backend.ts";
import { evaluateHeldOut } from "./evaluate.ts";
import { gradCamOf, occlusionOf } from "./explain.ts";
import type { ModelFacts } from "./models.ts";
import { lastOf, type OpenModel, openModel } from "./openModel.ts";
import { batchOf, prepared } from "./pictures.ts";
import type { Answer, Ask, RequestName, StepValues, Values } from "./protocol.ts";
import { spell } from "./spell/spell.ts";
import { unitSight } from "./unitSight.ts";
import { copyOf, copyOfFirst, joined } from "./values.ts";

/** What a handler is given beside the question. */
export interface Context {
  /** Aborted where nobody waits for the answer any more; handlers that take long look at it between their parts. */
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

/** One handler for each request. Arrays in answers are copies, since their buffers are handed over. */
export type Handlers = {
  readonly [K in RequestName]: (ask: Ask<K>, context: Context) => Promise<Answer<K>>;
};

/** Pictures that go through a network at once. */
const batchSize = 64;

export const handlers: Handlers = {
  open: async ({ model: ref }) => factsOf(await openModel(ref)),

  run: async ({ model: ref, picture: source, steps }) => {
    const began = performance.now();
    const model = await openModel(ref);
    const { picture, facts } = await prepared(model, source);
    const input = batchOf(model, [picture]);
    const traced = noGrad(() => trace(model.network, input));
    model.last = { input, steps: traced };
    const logits = traced.at(-1)!.output.reshape([-1]);
    const probabilities = noGrad(() => nn.softmax(logits, 0));
    return {
      input: facts,
      logits: copyOf(logits).data,
      probabilities: copyOf(probabilities).data,
      steps: valuesOf(model, steps ?? traced.map((_, i) => i)),
      ms: performance.now() - began,
    };
  },

  evaluate: evaluateHeldOut,

  steps: async ({ model: ref, steps }) => valuesOf(await openModel(ref), steps),

  filters: async ({ model: ref, step }) => {
    const { layer } = (await openModel(ref)).outline[step]!;
    if (!(layer instanceof nn.Conv2d)) throw new Error("only convolutions of pictures have filters to show");
    const { weight, bias } = layer;
    return { kernels: copyOf(weight), bias: bias && copyOf(bias).data };
  },

  spell: async ({ model: ref, step, cell }) => spell(lastOf(await openModel(ref)).steps, step, cell),

  unit: async ({ model: ref, step, cell }) => {
    const model = await openModel(ref);
    return unitSight(model, lastOf(model).input, step, cell);
  },

  gradCam: async (ask) => gradCamOf(await openModel(ask.model), ask),

  occlusion: async (ask, context) => occlusionOf(await openModel(ask.model), ask, context),

  features: async ({ model: ref, pictures: sources }, { signal, onProgress }) => {
    const model = await openModel(ref);
    const parts: { readonly probabilities: Values; readonly features: Values }[] = [];
    for (let from = 0; from < sources.length; from += batchSize) {
      const batch = sources.slice(from, from + batchSize);
      const pictures = await Promise.all(
        batch.map(async (source) => (await prepared(model, source)).picture),
      );
      parts.push(decided(model, batchOf(model, pictures)));
      onProgress(Math.min(1, (from + batchSize) / sources.length));
      await breath();
      signal.throwIfAborted();
    }
    return {
      probabilities: joined(parts.map(({ probabilities }) => probabilities)),
      features: joined(parts.map(({ features }) => features)),
    };
  },
};

function factsOf({ facts }: OpenModel): ModelFacts {
  return { ...facts, threads: backend.info.threads };
}

/** What steps gave in the last run, without the batch axis. */
function valuesOf(model: OpenModel, steps: readonly number[]): StepValues[] {
  const { steps: traced } = lastOf(model);
  return steps.map((step) => ({ step, ...copyOfFirst(traced[step]!.output) }));
}

/** Probabilities, and what the last dense layer works on. */
function decided(model: OpenModel, input: Tensor): { probabilities: Values; features: Values } {
  return noGrad(() => {
    const steps = trace(model.network, input, { lazy: true });
    const logits = steps.at(-1)!.output.flatten(1);
    const head = steps.findLast(({ layer }) => layer instanceof nn.Linear);
    // The features first: the rest goes on from them.
    const features = copyOf((head?.inputs[0] ?? logits).flatten(1));
    return { features, probabilities: copyOf(nn.softmax(logits, 1)) };
  });
}

/** Lets messages in: a request may have been cancelled. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
