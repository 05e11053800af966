// The pipeline of training up to the bytes that are normalised, for those who look at what it makes of pictures.
import type { PictureSource } from "../data/pictureSource.ts";
import { pictureStatistics } from "../data/pictureStatistics.ts";
import { Compose, type Step } from "../transforms/index.ts";
import { dataSets } from "./datasets.ts";
import { meanBytes, type PictureForm, sizing } from "./pipelines.ts";
import { defaultWorkers, folderSize } from "./trainingData.ts";

/** A data set as training takes it. */
export interface ShownData {
  /** The training part. */
  readonly train: PictureSource;
  /** The name of a public set; null for a folder. */
  readonly name: string | null;
}

/** The form that the network's pictures have, and whether the set's are of it already. `imgsz` null: as training takes it by itself. */
export async function shownForm(
  { train, name }: ShownData,
  imgsz: number | null,
): Promise<{ form: PictureForm; isOwn: boolean }> {
  const own = name === null ? null : await train.picture(0);
  const size = imgsz ?? own?.width ?? folderSize;
  const form = { channels: own?.channels ?? 3, height: size, width: size };
  return { form, isOwn: own !== null && own.width === size && own.height === size };
}

/** What training fills with: the background of a public set, the mean of a folder's training pictures. */
export async function shownFill(
  { train, name }: ShownData,
  form: PictureForm,
): Promise<number | readonly number[]> {
  if (name !== null) return Math.round(255 * dataSets.get(name)!.background);
  const { mean } = await pictureStatistics(train, new Compose(sizing(form)), { workers: defaultWorkers() });
  return meanBytes(mean);
}

/** Steps behind those that bring a picture to its form. */
export function shownPipeline(form: PictureForm, isOwn: boolean, steps: readonly Step[]): Compose {
  return new Compose([...(isOwn ? [] : sizing(form)), ...steps]);
}
