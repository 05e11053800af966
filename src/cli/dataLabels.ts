// `fovea data labels`: which labels of a folder of pictures or a public set are probably wrong, by models that did not see them.
import path from "node:path";
import { OptionError } from "../base/errors.ts";
import { findLabelErrors, pruneMethods } from "../review/labelErrors.ts";
import { labelReport } from "../review/labelReport.ts";
import { type CrossValidatedEvent, type CrossValidation, crossValidate } from "../train/crossValidate.ts";
import { schedule } from "../train/schedule.ts";
import { makeModel, model } from "../vision/index.ts";
import { command, deviceOptions, jsonOption, useDevice } from "./command.ts";
import { Interruption } from "./interruption.ts";
import { checkFree, writeLabelFiles } from "./labelFiles.ts";
import { labelledPictures } from "./labelledPictures.ts";
import { labelText } from "./labelView.ts";
import { makeOptimizer } from "./optimizers.ts";
import { choice, flag, integer, text } from "./options.ts";
import { ProgressView } from "./progress.ts";
import { clock, count, percent, type Terminal } from "./terminal.ts";
import { isFolder, type TrainingData, trainingData } from "./trainingData.ts";
import { trainOptions } from "./trainOptions.ts";
import { Unreadable } from "./unreadable.ts";

const { epochs, optimizer, lr0, momentum, weightDecay, imgsz, channels, augment } = trainOptions;
const { workers, seed, limit } = trainOptions;

/** The command. */
export const dataLabels = command({
  name: "data labels",
  summary: "Find pictures with wrong labels, by models that did not see them.",
  usage: "data labels <folder|name> [options]",
  notes: [
    "All pictures, whatever their part, are divided into folds; for each fold a network is trained on the others, as fovea train does it, and judges the pictures that it did not see. Confident learning then tells which labels are probably wrong, and how many of each class. docs/label-errors.md has the formulas, and what to do with the result.",
    "label-errors.json, label-errors.csv and label-errors.html, a page with thumbnails, are written into out. No picture and no label is changed. by chooses the suspects: noiseRate goes by pairs of classes, class by each class alone, both takes what both choose, confusion all that the networks say otherwise.",
    "Exit codes: 0 done, 1 failed, 2 wrong usage.",
  ],
  examples: [
    "fovea data labels photos",
    "fovea data labels photos model=resnet20 imgsz=96 epochs=30 out=labels",
    "fovea data labels mnist epochs=4 --json",
  ],
  options: {
    model: trainOptions.model,
    folds: integer(5, "networks that are trained, each on all pictures but its own", { min: 2, max: 100 }),
    epochs,
    batch: integer(64, "pictures in a step"),
    optimizer,
    lr0,
    momentum,
    weightDecay,
    imgsz,
    channels,
    augment,
    by: choice(pruneMethods, "noiseRate", "how suspects are chosen"),
    workers,
    seed,
    limit,
    out: text("label-errors", "<folder>", "where the files go"),
    "exist-ok": flag("replace files of an earlier search in that folder"),
    ...deviceOptions,
    ...jsonOption,
  },
  run: async ({ values, operands }, { out, err }) => {
    const [data, ...more] = operands;
    if (data === undefined || more.length > 0) {
      throw new OptionError(
        `data labels takes one folder or data set; got ${operands.length}. Example: ${dataLabels.examples[0]}`,
      );
    }
    const folder = await isFolder(data);
    const name = values.model ?? (folder ? "resnet20" : "lenet");
    model(name); // an unknown name is told before anything is read
    await checkFree(values.out, values["exist-ok"]);
    useDevice(values);
    const unreadable = new Unreadable(err);
    const set = await trainingData({ ...values, data }, unreadable.add);
    const labelled = labelledPictures(set);
    const { folds, epochs, batch, seed } = values;
    const interruption = new Interruption(() =>
      err.write("stopping after this step; press Ctrl-C again to quit at once\n"),
    );
    const validation = crossValidate(
      () => makeModel(name, { classes: set.classes.length, input: set.input }),
      { train: labelled.pictures, ...reading(set), batchSize: batch, onBroken: unreadable.add },
      {
        folds,
        epochs,
        seed,
        optimizer: (network) => makeOptimizer(network, values),
        schedule: schedule("cosine", { final: 0.01, warmup: Math.min(1, 0.2 / epochs) }),
        signal: interruption.signal,
      },
    );
    const judged = await follow(validation, epochs, values.json ? null : out, err).finally(() =>
      interruption.end(),
    );
    if (!judged) return interruption.exitCode;
    const { probabilities, labels, indices, accuracy } = judged;
    const found = findLabelErrors(probabilities, labels, { prune: values.by });
    const report = labelReport(found, { classes: set.classes, labels, indices, names: labelled.names });
    const root = folder ? data.replace(/(?<=.)[\\/]+$/, "") : null;
    const facts = { data, model: name, folds, epochs, seed, by: values.by, accuracy };
    const files = await writeLabelFiles(values.out, report, labelled, {
      name: folder ? path.basename(path.resolve(data)) : data,
      root,
      facts,
    });
    if (values.json) out.write(`${JSON.stringify({ ...facts, ...report, files })}\n`);
    else out.write(`\n${labelText(report, { root, accuracy }, out)}written: ${files.join(", ")}\n`);
    return 0;
  },
});

/** How pictures are read and brought to the network. */
function reading({ transform, evaluation, workers, saved }: TrainingData) {
  return {
    ...(transform && { transform }),
    ...(evaluation && { evaluation }),
    workers,
    normalization: saved.normalize!,
  };
}

/** Shows how it goes, steps on a terminal and a line for each fold; null where it was interrupted. */
async function follow(
  validation: CrossValidation,
  epochs: number,
  out: Terminal | null,
  err: Terminal,
): Promise<CrossValidatedEvent | null> {
  const view = new ProgressView(err);
  const started = performance.now();
  try {
    for await (const told of validation) {
      if (told.type === "end") return told;
      if (told.type === "run") {
        if (told.event.type === "step") view.step(told.event, epochs);
        continue;
      }
      view.clear();
      const { fold, folds, heldOut } = told;
      const seconds = (performance.now() - started) / 1000;
      out?.write(
        `fold ${fold} of ${folds}  ${percent(heldOut.top1)} of ${count(heldOut.samples)} pictures as they are labelled  ${clock(seconds)}\n`,
      );
    }
    return null;
  } finally {
    view.clear();
  }
}
