// `fovea val`: loss, accuracy and confusion matrix of saved weights on a data set's test part.

import { OptionError } from "../base/errors.ts";
import { DataLoader } from "../data/loader.ts";
import { evaluate } from "../train/evaluate.ts";
import { command, dataSet, deviceOptions, jsonOption, useDevice } from "./command.ts";
import { confusionTable } from "./confusion.ts";
import { integer, text } from "./options.ts";
import { count, percent, style } from "./terminal.ts";
import { loadClassifier } from "./weights.ts";

/** The command. */
export const val = command({
  name: "val",
  summary: "Measure saved weights on a data set's test pictures.",
  usage: "val <weights> [options]",
  notes: [
    "<weights> is a .safetensors file that fovea train has saved, or a run's folder, which stands for its best weights.",
  ],
  examples: [
    "fovea val runs/classify/train/weights/best.safetensors data=mnist",
    "fovea val runs/classify/train --json",
  ],
  options: {
    data: text(null, "<name>", "data set; by default the one that the weights were trained on"),
    batch: integer(256, "pictures at a time"),
    limit: integer(null, "use only the first pictures"),
    ...deviceOptions,
    ...jsonOption,
  },
  run: async ({ values, operands }, { out }) => {
    const [where, ...more] = operands;
    if (where === undefined || more.length > 0) {
      throw new OptionError(
        `val takes one weights file; got ${operands.length}. Example: ${val.examples[0]}`,
      );
    }
    if (values.data !== null) dataSet(values.data);
    useDevice(values);
    const { network, info, file } = await loadClassifier(where);
    const name = values.data ?? info.data;
    const test = (await dataSet(name).load("test")).slice(0, values.limit ?? undefined);
    if (test.sampleShape.join() !== info.input.join() || test.classes.length !== info.classes.length) {
      throw new OptionError(
        `${file} is for ${info.classes.length} classes and pictures of ${info.input.join("×")}; ` +
          `${name} has ${test.classes.length} and ${test.sampleShape.join("×")}`,
      );
    }
    const result = await evaluate(network, new DataLoader(test, { batchSize: values.batch }), {
      normalization: info,
    });
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
