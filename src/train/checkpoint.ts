// Checkpoints as bytes: a model's weights with what is needed to use them, and a run's whole state to go on from.
// Both are safetensors files; knows no file system.

import { FormatError } from "../base/errors.ts";
import { type ArrayData, decodeSafetensors, encodeSafetensors } from "../interop/safetensors.ts";
import type { Module } from "../nn/module/module.ts";
import type { AveragedWeights, AverageState } from "../optim/averaging.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { Random } from "../tensor/random.ts";
import { Tensor } from "../tensor/tensor.ts";
import { Compose, fromJSON } from "../transforms/index.ts";
import type { Progress } from "./events.ts";

/** What a weights file says of itself: enough to rebuild the model and to prepare its pictures. */
export interface ModelInfo {
  /** Name in the zoo. */
  readonly model: string;
  /** Names of the classes, in the order of the logits. */
  readonly classes: readonly string[];
  /** Shape of one picture, [channels, height, width]. */
  readonly input: readonly number[];
  /** What brings a picture to the network's input: the pipeline of evaluation, with its `Normalize`. */
  readonly transforms: Compose;
  /** How bright the background is in the data trained on, 0 … 1. */
  readonly background: number;
  /** Name of the data set. */
  readonly data: string;
  /** Epochs trained. */
  readonly epoch: number;
  /** Top-1 accuracy on the validation data, null where it was not measured. */
  readonly accuracy: number | null;
}

/** What a weights file says of its format. */
export const classifierFormat = "fovea-classifier";
const stateName = "fovea-training-state";

/** A weights file. */
export async function encodeWeights(model: Module, info: ModelInfo): Promise<Uint8Array> {
  const arrays = await arraysOf(model.stateDict());
  const metadata = new Map(Object.entries(info).map(([key, value]) => [key, text(value)]));
  return encodeSafetensors(arrays, new Map([["format", classifierFormat], ...metadata]));
}

/** Reads a weights file. Throws FormatError where it is damaged or lacks what `encodeWeights` writes. */
export function decodeWeights(
  bytes: Uint8Array,
  file: string,
): { state: Map<string, Tensor>; info: ModelInfo } {
  const { tensors, metadata } = decodeSafetensors(bytes, { file });
  if (metadata.get("format") !== classifierFormat) {
    throw new FormatError(
      `no classifier saved by fovea train: metadata "format" is ${JSON.stringify(metadata.get("format") ?? null)}, expected "${classifierFormat}"`,
      { file },
    );
  }
  const read = <T>(key: string, isValid: (value: unknown) => value is T, parse = parseJson): T => {
    const raw = metadata.get(key);
    const value = raw === undefined ? undefined : parse(raw);
    if (isValid(value)) return value;
    throw new FormatError(`metadata "${key}" is ${raw === undefined ? "missing" : JSON.stringify(raw)}`, {
      file,
    });
  };
  const info: ModelInfo = {
    model: metadata.get("model") ?? "",
    classes: read("classes", isStrings),
    input: read("input", isNumbers),
    transforms: read("transforms", isPipeline, readPipeline),
    background: read("background", isNumber),
    data: metadata.get("data") ?? "",
    epoch: read("epoch", isNumber),
    accuracy: read("accuracy", (value): value is number | null => value === null || isNumber(value)),
  };
  const { input, transforms } = info;
  const isShape = input.length === 3 && input.every((size) => Number.isInteger(size) && size > 0);
  const probe = { width: 100, height: 75, channels: 3 };
  const made = isShape ? transforms.outputShape(probe, transforms.draw(new Random(0), probe)) : null;
  if (!made || [made.channels, made.height, made.width].join() !== input.join()) {
    const found = made
      ? `pictures of ${[made.channels, made.height, made.width].join(" × ")}`
      : "no pictures";
    throw new FormatError(
      `metadata contradict each other: input is ${JSON.stringify(input)} (channels, height, width), and transforms make ${found}`,
      { file },
    );
  }
  return { state: tensorsOf(tensors), info };
}

/** What a run needs to go on from where it stands. Random numbers and the order of samples follow from seed and progress. */
export interface RunState {
  readonly model: Module;
  readonly optimizer: Optimizer<{ lr: number }>;
  /** The average of the weights, where there is one. */
  readonly average?: AveragedWeights | null;
  readonly progress: Progress;
  /** Whatever the caller needs to make model and optimizer again, as plain JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What those who listen need to go on too, as plain JSON. */
  readonly notes?: Readonly<Record<string, unknown>>;
}

/** A file from which training goes on bit by bit as if it had never stopped. */
export async function encodeState({
  model,
  optimizer,
  average = null,
  progress,
  options,
  notes = {},
}: RunState): Promise<Uint8Array> {
  const { steps, tensors } = optimizer.stateDict();
  const arrays = new Map<string, ArrayData>();
  for (const [name, array] of await arraysOf(model.stateDict())) arrays.set(`model.${name}`, array);
  for (const [name, array] of await arraysOf(tensors)) arrays.set(`optimizer.${name}`, array);
  const averaged = average?.stateDict();
  if (averaged) {
    for (const [name, array] of await arraysOf(averaged.tensors)) arrays.set(`average.${name}`, array);
  }
  const metadata = new Map([
    ["format", stateName],
    ["steps", String(steps)],
    ["averaged", String(averaged?.updates ?? 0)],
    ["progress", JSON.stringify(progress)],
    ["options", JSON.stringify(options)],
    ["notes", JSON.stringify(notes)],
  ]);
  return encodeSafetensors(arrays, metadata);
}

/** What `encodeState` wrote. */
export interface TrainingState {
  readonly model: Map<string, Tensor>;
  readonly optimizer: { readonly steps: number; readonly tensors: Map<string, Tensor> };
  /** Null for a run without an average. */
  readonly average: AverageState | null;
  readonly progress: Progress;
  readonly options: Readonly<Record<string, unknown>>;
  readonly notes: Readonly<Record<string, unknown>>;
}

/** Reads a state file; throws FormatError where it is none. */
export function decodeState(bytes: Uint8Array, file: string): TrainingState {
  const { tensors, metadata } = decodeSafetensors(bytes, { file });
  const steps = Number(metadata.get("steps"));
  const averaged = Number(metadata.get("averaged"));
  const progress = parseJson(metadata.get("progress") ?? "");
  const options = parseJson(metadata.get("options") ?? "");
  const notes = parseJson(metadata.get("notes") ?? "{}");
  if (
    metadata.get("format") !== stateName ||
    !Number.isInteger(steps) ||
    !Number.isInteger(averaged) ||
    !isProgress(progress) ||
    !isRecord(options) ||
    !isRecord(notes)
  ) {
    throw new FormatError("no training state saved by fovea train; its metadata are missing or damaged", {
      file,
    });
  }
  const part = (prefix: string) =>
    new Map(
      [...tensorsOf(tensors)].flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
      ),
    );
  return {
    model: part("model."),
    optimizer: { steps, tensors: part("optimizer.") },
    average: averaged > 0 ? { updates: averaged, tensors: part("average.") } : null,
    progress,
    options,
    notes,
  };
}

async function arraysOf(tensors: ReadonlyMap<string, Tensor>): Promise<Map<string, ArrayData>> {
  const arrays = new Map<string, ArrayData>();
  for (const [name, value] of tensors) {
    arrays.set(name, { dtype: value.dtype, shape: value.shape, data: await value.data() });
  }
  return arrays;
}

function tensorsOf(arrays: ReadonlyMap<string, ArrayData>): Map<string, Tensor> {
  return new Map(
    [...arrays].map(([name, { dtype, shape, data }]) => [name, Tensor.fromArray(data, shape, dtype)]),
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

function readPipeline(raw: string): unknown {
  try {
    return fromJSON(raw);
  } catch {
    return undefined;
  }
}

function isPipeline(value: unknown): value is Compose {
  return value instanceof Compose && value.deterministic;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isNumber);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isProgress(value: unknown): value is Progress {
  if (!isRecord(value)) return false;
  const keys: readonly (keyof Progress)[] = [
    "epoch",
    "step",
    "lossSum",
    "correct",
    "samples",
    "bestAccuracy",
    "bestEpoch",
    "waited",
    "seconds",
  ];
  const open: readonly (keyof Progress)[] = ["bestScore", "firstRate"];
  return (
    keys.every((key) => isNumber(value[key])) &&
    open.every((key) => value[key] === null || isNumber(value[key]))
  );
}
