// `fovea data show`: a sheet of pictures as they are, and as training sees them.
import fs from "node:fs/promises";
import path from "node:path";
import { OptionError } from "../base/errors.ts";
import { imageFolder } from "../data/imageFolder.ts";
import type { PictureSource } from "../data/pictureSource.ts";
import { encodePng } from "../picture/encode.ts";
import { contactSheet, type SheetSample } from "../review/contactSheet.ts";
import { command, jsonOption } from "./command.ts";
import { dataSets } from "./datasets.ts";
import { integer, text } from "./options.ts";
import { augmentationSteps } from "./pipelines.ts";
import { shownFill, shownForm, shownPipeline } from "./shownPipeline.ts";
import { isFolder } from "./trainingData.ts";

/** The command. */
export const dataShow = command({
  name: "data show",
  summary: "Draw a sheet of pictures as training sees them.",
  usage: "data show <folder|name> [options]",
  notes: [
    "Each row is a picture of the training part: first as it is, then what training makes of it in one epoch after another, with the random numbers that training with this seed has. Rows go round the classes.",
    "augment= and imgsz= are those of fovea train: by default standard at 64 pixels for folders, none at their own size for public sets.",
  ],
  examples: [
    "fovea data show photos out=sheet.png",
    "fovea data show photos augment=strong imgsz=96 count=12 out=strong.png",
    "fovea data show mnist augment=digits rows=10 out=digits.png",
  ],
  options: {
    out: text("sheet.png", "<file.png>", "where the sheet goes"),
    augment: text(null, "<name|file.json>", "augmentation, as fovea train takes it"),
    imgsz: integer(null, "side of the pictures that the network sees, in pixels", { min: 4, max: 1024 }),
    rows: integer(6, "pictures", { max: 200 }),
    count: integer(8, "draws of each picture", { max: 100 }),
    seed: integer(0, "as in training", { min: 0, max: 2 ** 32 - 1 }),
    epoch: integer(0, "the first of the epochs, counted from 0", { min: 0, max: 2 ** 31 - 1 }),
    ...jsonOption,
  },
  run: async ({ values, operands }, { out }) => {
    const [data, ...more] = operands;
    if (data === undefined || more.length > 0) {
      throw new OptionError(
        `data show takes one folder or data set; got ${operands.length}. Example: ${dataShow.examples[0]}`,
      );
    }
    if (!/\.png$/i.test(values.out)) throw new OptionError(`out is a .png file; got "${values.out}"`);
    const folder = await isFolder(data);
    const source: PictureSource = folder
      ? (await imageFolder(data)).train
      : await dataSets.get(data)!.load("train");
    const augment = values.augment ?? (folder ? "standard" : "none");
    const shown = { train: source, name: folder ? null : data };
    const { form, isOwn } = await shownForm(shown, values.imgsz);
    const steps = await augmentationSteps(augment, form, await shownFill(shown, form));
    const pipeline = shownPipeline(form, isOwn, steps);
    const size = form.width;
    const rows = roundTheClasses(source, values.rows);
    const samples: SheetSample[] = [];
    for (const index of rows) samples.push({ index, picture: await source.picture(index) });
    const { count, seed, epoch } = values;
    const sheet = contactSheet(samples, pipeline, { count, seed, epoch, size });
    await fs.mkdir(path.dirname(values.out), { recursive: true });
    await fs.writeFile(values.out, await encodePng(sheet));
    const named = rows.map((index) => ({
      index,
      class: source.classes[source.labels[index]!]!,
      ...("files" in source && { file: (source.files as readonly string[])[index]! }),
    }));
    if (values.json) {
      out.write(`${JSON.stringify({ out: values.out, augment, size, count, seed, epoch, rows: named })}\n`);
      return 0;
    }
    for (const [row, { index, class: name, file = "" }] of named.entries()) {
      out.write(`${`row ${row + 1}  ${name}  number ${index}  ${file}`.trimEnd()}\n`);
    }
    out.write(
      `The sheet is ${values.out}: ${count} draws with augment=${augment}, seed ${seed}, from epoch ${epoch} on\n`,
    );
    return 0;
  },
});

/** Numbers of samples: the first of each class, then the second of each, and so on. */
function roundTheClasses({ length, labels, classes }: PictureSource, count: number): number[] {
  const byClass = classes.map((): number[] => []);
  for (let i = 0; i < length; i++) byClass[labels[i]!]!.push(i);
  const found: number[] = [];
  for (let turn = 0; found.length < Math.min(count, length); turn++) {
    for (const members of byClass) {
      const index = members[turn];
      if (index !== undefined && found.length < count) found.push(index);
    }
  }
  return found;
}
