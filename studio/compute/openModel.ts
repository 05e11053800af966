// Models in the compute worker: loaded over the network, kept while they are used.

import { type OutlineStep, outline, type TracedStep } from "../../src/entry/inspect.ts";
import { loadWeights } from "../../src/entry/interop.ts";
import { decodeWeights } from "../../src/entry/train.ts";
import { Compose, Grayscale, Letterbox, RGB, ToTensor } from "../../src/entry/transforms.ts";
import { makeModel } from "../../src/entry/vision.ts";
import { manualSeed, type nn, Tensor } from "../../src/index.ts";
import { keyOf, type ModelFacts, type ModelRef } from "./models.ts";

/** A model that is ready to run. */
export interface OpenModel {
  readonly network: nn.Module;
  readonly facts: Omit<ModelFacts, "threads">;
  readonly transforms: Compose;
  /** How bright the background is in the data trained on, 0 … 1. */
  readonly background: number;
  readonly outline: readonly OutlineStep[];
  /** The last picture that was run, and what every step gave. */
  last: { readonly input: Tensor; readonly steps: readonly TracedStep[] } | null;
}

/** Models that are kept; the one that was not used for longest goes first. */
const mostKept = 3;
const kept = new Map<string, Promise<OpenModel>>();

/** A model, loaded where it is not yet. Throws what reading its file throws, and Error where the server has none. */
export function openModel(ref: ModelRef): Promise<OpenModel> {
  const key = keyOf(ref);
  const known = kept.get(key);
  const model = known ?? load(ref);
  kept.delete(key);
  kept.set(key, model);
  if (!known) model.catch(() => kept.delete(key));
  for (const name of [...kept.keys()].slice(0, -mostKept)) kept.delete(name);
  return model;
}

/** The last picture, and what it became. Throws Error where none has been run yet. */
export function lastOf({ last }: OpenModel): NonNullable<OpenModel["last"]> {
  if (!last) throw new Error("no picture has been run through this model yet");
  return last;
}

async function load(ref: ModelRef): Promise<OpenModel> {
  if (ref.kind === "fresh") return fresh(ref);
  const address =
    ref.kind === "run"
      ? `/files/${ref.id.split("/").map(encodeURIComponent).join("/")}/weights/best.safetensors`
      : `/weights/${encodeURIComponent(ref.name)}`;
  const response = await fetch(address);
  if (!response.ok)
    throw new Error(((await response.json()) as { error?: string }).error ?? response.statusText);
  const file = ref.kind === "run" ? `${ref.id}/weights/best.safetensors` : ref.name;
  const { state, info } = decodeWeights(new Uint8Array(await response.arrayBuffer()), file);
  const network = makeModel(info.model, { classes: info.classes.length, input: info.input });
  await loadWeights(network, state, { file });
  return ready(network, info);
}

function fresh({ network: name, input, classes }: ModelRef & { kind: "fresh" }): OpenModel {
  manualSeed(0);
  const [channels, height, width] = input;
  const colours = channels === 1 ? new Grayscale() : new RGB();
  return ready(makeModel(name, { classes, input }), {
    model: name,
    classes: Array.from({ length: classes }, (_, i) => String(i)),
    input,
    transforms: new Compose([colours, new Letterbox([height, width]), new ToTensor()]),
    background: 0,
    data: "",
    accuracy: null,
  });
}

function ready(
  network: nn.Module,
  info: Pick<
    ReturnType<typeof decodeWeights>["info"],
    "model" | "classes" | "input" | "transforms" | "background" | "data" | "accuracy"
  >,
): OpenModel {
  network.eval();
  const steps = outline(network, info.input);
  return {
    network,
    transforms: info.transforms,
    background: info.background,
    outline: steps,
    last: null,
    facts: {
      network: info.model,
      classes: info.classes,
      input: info.input,
      data: info.data,
      accuracy: info.accuracy,
      parameters: network.parameters().reduce((sum, { size }) => sum + size, 0),
      steps: steps.map(({ path, kind, layer, from, field }) => ({
        ...{ path, kind, from },
        isLayer: layer !== null,
        shape: field.shape.slice(1),
        kernel: kernelOf(layer),
      })),
    },
  };
}

function kernelOf(layer: OutlineStep["layer"]): readonly number[] | null {
  const weight = layer && "weight" in layer && layer.constructor.name === "Conv2d" ? layer.weight : null;
  return weight instanceof Tensor ? weight.shape : null;
}
