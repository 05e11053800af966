// What `data=` means: a public set by its name, or a folder of pictures, with the pipelines that bring it to a network.
import fs from "node:fs/promises";
import os from "node:os";
import { OptionError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import type { BrokenSample } from "../data/feeds.ts";
import { type ImageFolder, imageFolder } from "../data/imageFolder.ts";
import type { PictureDataset } from "../data/pictureDataset.ts";
import type { PictureSource } from "../data/pictureSource.ts";
import { pictureStatistics } from "../data/pictureStatistics.ts";
import { channelStatistics } from "../data/statistics.ts";
import type { ModelInfo } from "../train/checkpoint.ts";
import type { Normalization } from "../train/input.ts";
import { Compose, type Step } from "../transforms/index.ts";
import { TailTransform } from "../transforms/tail.ts";
import { dataSets } from "./datasets.ts";
import { suggestion } from "./options.ts";
import { augmentationSteps, ending, meanBytes, type PictureForm, sizing } from "./pipelines.ts";
import { readWeights } from "./weights.ts";

/** Side of the network's pictures, for folders. */
export const folderSize = 64;
const mostWorkers = 4;

/** Options that choose and prepare data. */
export interface DataValues {
  readonly data: string;
  readonly imgsz: number | null;
  readonly channels: "auto" | "1" | "3";
  readonly augment: string | null;
  readonly workers: number | null;
  readonly limit: number | null;
  /** Weights to start from: their pictures' form and `Normalize` are kept unless other ones are asked for. */
  readonly weights?: string | null;
}

/** Data ready to train on. */
export interface TrainingData {
  readonly name: string;
  readonly classes: readonly string[];
  /** Shape of the network's pictures, [channels, height, width]. */
  readonly input: readonly [number, number, number];
  readonly train: Dataset | PictureSource;
  /** What each epoch is measured by. */
  readonly val: Dataset | PictureSource;
  /** Pictures that are kept for the end; null where `val` are the test pictures. */
  readonly test: PictureDataset | null;
  /** What changes the training pictures; null where they are taken as they lie in memory. */
  readonly transform: Compose | null;
  /** The same without what is random; null where pictures are taken as they lie in memory. */
  readonly evaluation: Compose | null;
  /** What brings any picture to the network, with its `Normalize`; saved with the weights. */
  readonly saved: Compose;
  /** Brightness of what stands behind the motif, 0 … 1. */
  readonly background: number;
  readonly augment: string;
  readonly workers: number;
}

/** Threads that read a folder's pictures. */
export function defaultWorkers(): number {
  return Math.min(mostWorkers, os.availableParallelism());
}

/** Whether `data=` means a folder: no public set has that name, and there is a folder of that name or it is written as a path. */
export async function isFolder(data: string): Promise<boolean> {
  if (dataSets.has(data)) return false;
  const found = await fs.stat(data).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
  if (found || /[\\/]/.test(data)) return true;
  throw new OptionError(
    `unknown data set "${data}"; ${suggestion(data, dataSets.keys())}. A folder of that name is not here either`,
  );
}

/** Opens the data that the options name. */
export async function trainingData(
  values: DataValues,
  onBroken: (sample: BrokenSample) => void,
): Promise<TrainingData> {
  const isOfFolder = await isFolder(values.data);
  const before = values.weights ? (await readWeights(values.weights)).info : null;
  return isOfFolder ? ofFolder(values, before, onBroken) : ofPublicSet(values, before);
}

/** What is known of the pictures that weights were trained on. */
type Before = Pick<ModelInfo, "input" | "transforms"> | null;

async function ofPublicSet(values: DataValues, before: Before): Promise<TrainingData> {
  const { data, imgsz, channels, workers, limit } = values;
  const entry = dataSets.get(data)!;
  const whole = await Promise.all([entry.load("train"), entry.load("test")]);
  const [train, val] = whole.map((part) => part.slice(0, limit ?? undefined)) as [
    (typeof whole)[0],
    (typeof whole)[0],
  ];
  const [ownChannels, ownHeight, ownWidth] = train.sampleShape as [number, number, number];
  const form = formOf(imgsz, channels, before?.input ?? train.sampleShape);
  const isOwn = form.channels === ownChannels && form.height === ownHeight && form.width === ownWidth;
  const fitting = isOwn ? [] : sizing(form);
  // Of the whole training part, so that a limit changes nothing of it.
  const statistics =
    keptStatistics(before, form) ??
    (isOwn
      ? (entry.normalization ?? channelStatistics(whole[0]))
      : await pictureStatistics(whole[0], new Compose(fitting)));
  const end = ending(statistics);
  const augment = values.augment ?? "none";
  const fill = Math.round(255 * entry.background);
  const steps = [...fitting, ...(await augmentationSteps(augment, form, fill))];
  return {
    name: data,
    classes: train.classes,
    input: [form.channels, form.height, form.width],
    train,
    val,
    test: null,
    transform: working([...steps, ...end]),
    evaluation: working([...fitting, ...end]),
    saved: new Compose([...sizing(form), ...end]),
    background: entry.background,
    augment,
    workers: workers ?? 0,
  };
}

async function ofFolder(
  values: DataValues,
  before: Before,
  onBroken: (sample: BrokenSample) => void,
): Promise<TrainingData> {
  const { data, imgsz, channels, limit } = values;
  const folder = limitedFolder(await imageFolder(data), limit);
  const form = formOf(imgsz, channels, before?.input ?? [3, folderSize, folderSize]);
  const workers = values.workers ?? defaultWorkers();
  const fitting = sizing(form);
  const augment = values.augment ?? "standard";
  await augmentationSteps(augment, form, 0); // a mistake is told before anything is read
  const statistics =
    keptStatistics(before, form) ??
    (await pictureStatistics(folder.train, new Compose(fitting), { workers, onBroken }));
  const steps = [...fitting, ...(await augmentationSteps(augment, form, meanBytes(statistics.mean)))];
  const end = ending(statistics);
  return {
    name: data,
    classes: folder.classes,
    input: [form.channels, form.height, form.width],
    train: folder.train,
    val: folder.val,
    test: folder.test,
    transform: new Compose([...steps, ...end]),
    evaluation: new Compose([...fitting, ...end]),
    saved: new Compose([...fitting, ...end]),
    background: 0.5,
    augment,
    workers,
  };
}

/** The form that the options ask for; what they leave open is as `usual`. */
function formOf(
  imgsz: number | null,
  channels: DataValues["channels"],
  [usualChannels = 3, usualHeight = 1, usualWidth = 1]: Shape,
): PictureForm {
  return {
    channels: channels === "auto" ? usualChannels : Number(channels),
    height: imgsz ?? usualHeight,
    width: imgsz ?? usualWidth,
  };
}

/** What the weights' pictures were normalised by, which their layers are used to; null where the channels are others. */
function keptStatistics(before: Before, { channels }: PictureForm): Normalization | null {
  const normalize = before?.transforms.normalize ?? null;
  return normalize && normalize.mean.length === channels ? normalize : null;
}

/** A folder's parts with at most `limit` pictures each, the same share of each class. */
export function limitedFolder(folder: ImageFolder, limit: number | null): ImageFolder {
  const cut = (part: PictureDataset): PictureDataset =>
    limit === null || part.length <= limit ? part : part.split(limit / part.length)[0];
  const { train, val, test } = folder;
  return { ...folder, train: cut(train), val: cut(val), test: test && cut(test) };
}

/** A pipeline, or null where it only says how to normalise: pictures in memory are then picked where they are used. */
function working(steps: readonly Step[]): Compose | null {
  return steps.every((step) => step instanceof TailTransform) ? null : new Compose(steps);
}
