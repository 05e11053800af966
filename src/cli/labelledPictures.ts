// All pictures of a data set, whatever their part, as one: every label is to be looked at. Knows no network.
import { allocate } from "../base/dtype.ts";
import { OptionError } from "../base/errors.ts";
import { ArrayDataset } from "../data/dataset.ts";
import { PictureDataset } from "../data/pictureDataset.ts";
import type { TrainingData } from "./trainingData.ts";

/** Pictures with their labels, and what each is called. */
export interface LabelledPictures {
  readonly pictures: ArrayDataset | PictureDataset;
  readonly names: readonly string[];
}

/** Joins the parts of a folder, whose pictures are called by their files, or of a public set, where they are called "train 0" or "test 0". */
export function labelledPictures({ name, train, val, test }: TrainingData): LabelledPictures {
  if (train instanceof PictureDataset && val instanceof PictureDataset) {
    const parts = test ? [train, val, test] : [train, val];
    const pictures = parts.flatMap(({ files, labels }) =>
      files.map((file, i) => ({ file, label: labels[i]! })),
    );
    const whole = new PictureDataset({ pictures, classes: train.classes, decoding: train.decoding });
    return { pictures: whole, names: whole.files };
  }
  if (train instanceof ArrayDataset && val instanceof ArrayDataset) {
    const data = allocate(train.dtype, train.data.length + val.data.length);
    data.set(train.data);
    data.set(val.data, train.data.length);
    const numbered = (part: string, { length }: ArrayDataset) =>
      Array.from({ length }, (_, i) => `${part} ${i}`);
    return {
      pictures: new ArrayDataset({
        data,
        labels: [...train.labels, ...val.labels],
        sampleShape: train.sampleShape,
        classes: train.classes,
        dtype: train.dtype,
      }),
      names: [...numbered("train", train), ...numbered("test", val)],
    };
  }
  throw new OptionError(`data labels: ${name} holds no pictures with labels`);
}
