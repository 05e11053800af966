// `fovea val`: loss, accuracy and confusion matrix of saved weights on a data set's test part.

import { OptionError } from "../base/errors.ts";
import { DataLoader } from "../data/loader.ts";
import { evaluate } from "../train/evaluate.ts";
import { command, deviceOptions, jsonOption, useDevice } from "./command.ts";
import { confusionTable } from "./confusion.ts";
import { heldOut } from "./heldOut.ts";
import { choice, integer, text } from "./options.ts";
import { count, percent, style } from "./terminal.ts";
import { defaultWorkers, isFolder } from "./trainingData.ts";
import { Unreadable } from "./unreadable.ts";
import { loadClassifier, weightsNote } from "./weights.ts";

/** The command. */
export const val = command({
  name: "val",
  summary: "Measure saved weights on a data set's test pictures.",
  usage: "val <weights> [options]",
  notes: [weightsNote],
  examples: [
    "fovea val runs/classify/train/weights/best.safetensors data=mnist",
    "fovea val runs/classify/train --json",
    "fovea val lenet-mnist",
  ],
  options: {
    data: text(null, "<name|folder>", "data set; by default the one that the weights were trained on"),
    split: choice(
      ["auto", "val", "test"],
      "auto",
      "which pictures of a folder; auto is test where there is such a part",
    ),
    batch: integer(256, "pictures at a time"),
    limit: integer(null, "use only so many pictures"),
    workers: integer(
      null,
      "threads that read pictures of a folder; by default one for each core, at most 4",
      {
        min: 0,
        max: 64,
      },
    ),
    ...deviceOptions,
    ...jsonOption,
  },
  run: async ({ values, operands }, { out, err }) => {
    const [where, ...more] = operands;
    if (where === undefined || more.length > 0) {
      throw new OptionError(
        `val takes one weights file; got ${operands.length}. Example: ${val.examples[0]}`,
      );
    }
    if (values.data !== null) await isFolder(values.data); // an unknown name is told before anything is read
    useDevice(values);
    const { network, info, file } = await loadClassifier(where);
    const name = values.data ?? info.data;
    const unreadable = new Unreadable(err);
    const { pictures, transform } = await heldOut(name, values, info, file);
    const loader = new DataLoader(pictures, {
      batchSize: values.batch,
      onBroken: unreadable.add,
      ...(transform && { transform: info.transforms, workers: values.workers ?? defaultWorkers() }),
    });
    const result = await evaluate(network, loader, { normalization: info.transforms.normalize ?? undefined });
    loader.close();
    const { loss, top1, top5, samples } = result;
    if (values.json) {
      const n = info.classes.length;
      const confusion = Array.from({ length: n }, (_, i) =>
        Array.from(result.confusion.subarray(i * n, (i + 1) * n)),
      );
      out.write(
        `${JSON.stringify({ weights: file, data: name, samples, loss, top1, top5, classes: info.classes, confusion })}\n`,
      );
      return 0;
    }
    out.write(`${confusionTable(result.confusion, info.classes, out)}\n\n`);
    out.write(
      `${style(out, "bold", `top1 ${percent(top1, 2)}`)}  top5 ${percent(top5, 2)}  loss ${loss.toFixed(4)}  on ${count(samples)} pictures of ${name}\n`,
    );
    return 0;
  },
});
