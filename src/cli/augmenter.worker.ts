// The script of a thread that opens a set as training does, and shows what augmentation makes of its pictures.
import { parentPort, workerData } from "node:worker_threads";
import { FoveaError } from "../base/errors.ts";
import { ArrayDataset } from "../data/dataset.ts";
import { imageFolder } from "../data/imageFolder.ts";
import { PictureDataset, readPicture } from "../data/pictureDataset.ts";
import type { Picture } from "../picture/picture.ts";
import type { Outcomes } from "../studio/augment/augmenter.ts";
import { drawPictures } from "../studio/sets/sheet.ts";
import type { SetSource } from "../studio/sets/source.ts";
import type { AugmentAnswer, AugmentRequest } from "../studio/shared/augment.ts";
import {
  type AugmentationName,
  augmentationNames,
  fromJSON,
  type Step,
  sampleRandom,
} from "../transforms/index.ts";
import type { AugmentJob, AugmentJobAnswer } from "./augmenter.ts";
import { augmentationSteps } from "./pipelines.ts";
import { type ShownData, shownFill, shownForm, shownPipeline } from "./shownPipeline.ts";

/** The training part, and where the set's pictures stand in it. */
interface Opened extends ShownData {
  /** The number in the training part of a picture of the set; null for those that are kept for validation and test. */
  readonly numberOf: (index: number) => number | null;
  readonly picture: (index: number) => Picture | Promise<Picture>;
}

const source = workerData as SetSource;
const opened = source.kind === "known" ? Promise.resolve(ofKnown(source)) : ofFolder(source);
const fills = new Map<number, Promise<number | readonly number[]>>();

function ofKnown({
  name,
  data,
  labels,
  shape,
  classes,
  splits,
}: Extract<SetSource, { kind: "known" }>): Opened {
  const whole = new ArrayDataset({ data, labels, sampleShape: shape, classes });
  const length = splits[0]!.count;
  return {
    name,
    train: whole.slice(0, length),
    numberOf: (index) => (index < length ? index : null),
    picture: (index) => whole.picture(index),
  };
}

async function ofFolder({
  folder,
  names,
  labels,
  classes,
}: Extract<SetSource, { kind: "folder" }>): Promise<Opened> {
  const fileOf = (index: number) => `${folder}/${names[index]}`;
  const train = await imageFolder(folder).then(
    (opened) => opened.train,
    (error: unknown) => {
      if (!(error instanceof FoveaError)) throw error;
      // Training would refuse the folder as it is, for one without labels or a class that is empty; its pictures can be looked at all the same.
      const pictures = names.map((_, i) => ({ file: fileOf(i), label: Math.max(0, labels[i]!) }));
      return new PictureDataset({ pictures, classes: classes.length > 0 ? classes : [""] });
    },
  );
  const numbers = new Map(train.files.map((file, i) => [file, i]));
  return {
    name: null,
    train,
    numberOf: (index) => numbers.get(fileOf(index)) ?? null,
    picture: (index) => readPicture(fileOf(index)),
  };
}

async function preset(name: string | null, size: number | null): Promise<AugmentAnswer> {
  const data = await opened;
  const usual = data.name === null ? "standard" : "none";
  const chosen = name ?? usual;
  if (!augmentationNames.includes(chosen as AugmentationName)) {
    throw new FoveaError(
      `there is no augmentation ${JSON.stringify(chosen)}; known are ${augmentationNames.join(", ")}`,
    );
  }
  const { form } = await shownForm(data, size);
  const usualSize = (await shownForm(data, null)).form.width;
  const fill = fills.get(form.width) ?? shownFill(data, form);
  fills.set(form.width, fill);
  const steps = await augmentationSteps(chosen, form, await fill);
  return {
    presets: augmentationNames,
    usual,
    preset: chosen,
    steps: steps.map((step) => step.toJSON()),
    size: form.width,
    usualSize,
  };
}

async function outcomes({ steps, size, seed, epoch, count, index }: AugmentRequest): Promise<Outcomes> {
  const data = await opened;
  const number = data.numberOf(index);
  const { form, isOwn } = await shownForm(data, size);
  const pipeline = shownPipeline(
    form,
    isOwn,
    steps.map((step): Step => fromJSON(step)),
  );
  const picture = await data.picture(index);
  const made = Array.from({ length: count }, (_, k) =>
    pipeline.forward(picture, sampleRandom(seed, epoch + k, number ?? index)),
  );
  return { number, sheet: await drawPictures(made, form.width) };
}

async function answer(job: AugmentJob): Promise<AugmentJobAnswer> {
  try {
    return { result: job.kind === "preset" ? await preset(job.name, job.size) : await outcomes(job.request) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

let last: Promise<void> = Promise.resolve();
parentPort!.on("message", (job: AugmentJob) => {
  last = last.then(async () => parentPort!.postMessage(await answer(job)));
});
