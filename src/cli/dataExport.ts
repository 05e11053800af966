// `fovea data export`: the labels of a folder, its journal's among them, as class folders with copies of the pictures.
import { OptionError } from "../base/errors.ts";
import { exportLabels } from "../data/exportLabels.ts";
import { command, jsonOption } from "./command.ts";
import { flag, text } from "./options.ts";
import { count } from "./terminal.ts";

/** The command. */
export const dataExport = command({
  name: "data export",
  summary: "Copy labelled pictures into class folders.",
  usage: "data export <folder> to=<folder> [options]",
  notes: [
    "Labels given in fovea studio stand in labels.jsonl, and fovea reads them there; other tools want a folder for each class. Pictures are copied, never moved, and the folder itself is not changed. Those without a label and those that were dropped stay out.",
    "Parts that have folders of their own, train, val and test, are kept. Pictures whose names would meet get a number. docs/labelling.md tells more.",
    "Exit codes: 0 done, 1 failed, 2 wrong usage.",
  ],
  examples: [
    "fovea data export photos to=photos-by-class",
    "fovea data export photos to=out --exist-ok --json",
  ],
  options: {
    to: text(null, "<folder>", "where the class folders go"),
    "exist-ok": flag("write into a folder that is there, and replace files of the same names"),
    ...jsonOption,
  },
  run: async ({ values, operands }, { out, err }) => {
    const [folder, ...more] = operands;
    if (folder === undefined || more.length > 0) {
      throw new OptionError(
        `data export takes one folder; got ${operands.length}. Example: ${dataExport.examples[0]}`,
      );
    }
    if (values.to === null) throw new OptionError(`give to=<folder>. Example: ${dataExport.examples[0]}`);
    const exported = await exportLabels(folder.replace(/(?<=.)[\\/]+$/, ""), {
      to: values.to,
      existOk: values["exist-ok"],
      onProgress: (done, total) => {
        if (err.isLive && (done % 50 === 0 || done === total)) {
          err.write(`\r${count(done)} of ${count(total)} pictures${done === total ? "\n" : ""}`);
        }
      },
    });
    if (values.json) {
      out.write(`${JSON.stringify(exported)}\n`);
      return 0;
    }
    const { classes, pictures, unlabelled, dropped, to } = exported;
    const widest = Math.max(...Object.keys(classes).map((name) => name.length));
    for (const [name, number] of Object.entries(classes)) {
      out.write(`${name.padEnd(widest)}  ${count(number)}\n`);
    }
    const rest = [
      ...(unlabelled > 0 ? [`${count(unlabelled)} without a label`] : []),
      ...(dropped > 0 ? [`${count(dropped)} dropped`] : []),
    ];
    out.write(
      `${count(pictures)} pictures are in ${to}${rest.length > 0 ? `; left out: ${rest.join(", ")}` : ""}\n`,
    );
    return 0;
  },
});
