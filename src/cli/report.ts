// `fovea report`: makes a run's report and plots anew.
import { OptionError } from "../base/errors.ts";
import { RunFolder } from "../train/runFolder.ts";
import { command, deviceOptions, jsonOption, useDevice } from "./command.ts";
import { integer, text } from "./options.ts";
import { reportFiles, writeReport } from "./reportFiles.ts";
import { count, percent, style } from "./terminal.ts";
import { isFolder } from "./trainingData.ts";
import { Unreadable } from "./unreadable.ts";

/** The command. */
export const report = command({
  name: "report",
  summary: "Make a run's report anew: curves, confusions, worst mistakes, settings.",
  usage: "report <run> [options]",
  notes: [
    `<run> is a run's folder. ${reportFiles.join(", ")} are written there, in the place of older ones; fovea train makes them at its end. The report is one file that needs nothing else: no network, no script.`,
    "Accuracy is that of the best weights on the test pictures of a folder; where there are none, or for public sets, that of the last weights on the pictures that the epochs were compared by.",
  ],
  examples: ["fovea report runs/classify/train", "fovea report runs/classify/train data=photos --json"],
  options: {
    data: text(null, "<name|folder>", "where the pictures are; by default where the run had them"),
    workers: integer(
      null,
      "threads that read pictures of a folder; by default one for each core, at most 4",
      { min: 0, max: 64 },
    ),
    ...deviceOptions,
    ...jsonOption,
  },
  run: async ({ values, operands }, { out, err }) => {
    const [where, ...more] = operands;
    if (where === undefined || more.length > 0) {
      throw new OptionError(
        `report takes one run's folder; got ${operands.length}. Example: ${report.examples[0]}`,
      );
    }
    const folder = await RunFolder.open(where);
    if (values.data !== null) await isFolder(values.data); // an unknown name is told before anything is read
    useDevice(values);
    const unreadable = new Unreadable(err);
    const { data, workers } = values;
    const measured = await writeReport(folder, { data, workers, onBroken: unreadable.add });
    const { top1, top5, loss, samples, weights, pictures } = measured;
    const file = folder.file("report.html");
    if (values.json) {
      out.write(`${JSON.stringify({ report: file, top1, top5, loss, samples, weights, pictures })}\n`);
    } else {
      out.write(
        `${style(out, "bold", percent(top1, 2))} of ${pictures} are recognised by ${weights}; ${count(samples - Math.round(top1 * samples))} are not\nThe report is ${file}\n`,
      );
    }
    return 0;
  },
});
