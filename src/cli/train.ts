// `fovea train`: trains a classifier, shows how it goes, and keeps the run in a folder of its own.
import { OptionError } from "../base/errors.ts";
import { command } from "./command.ts";
import { hostTraining, studioOf } from "./studioHost.ts";
import { checkTraining, runTraining } from "./training.ts";
import { trainOptions } from "./trainOptions.ts";

/** Options that may differ when a run is resumed: they change nothing of what was computed so far. */
const changeable: ReadonlySet<string> = new Set([
  "resume",
  "epochs",
  "workers",
  "device",
  "threads",
  "revectorize",
  "report",
  "studio",
  "json",
]);

/** The command. */
export const train = command({
  name: "train",
  summary: "Train a classifier.",
  usage: "train [options]",
  notes: [
    "data=<folder> takes root/train/<class>/…, root/val/<class>/… and root/test/<class>/… (valid and validation are val as well), or root/<class>/… of which a tenth each is drawn for validation and test, the same share of each class. Instead of class folders a metadata.jsonl, metadata.csv or labels.csv may say file_name and label. Pictures are turned upright, fitted into imgsz × imgsz with their aspect ratio kept, and augmented; those that can't be read are named and left out.",
    "A run is kept in <project>/classify/<name>: args.yaml, results.csv with a row per epoch, summary.json, weights/best.safetensors and last.safetensors, event files for TensorBoard, plots, and report.html with all of it on one page. Nothing that exists is overwritten unless exist-ok is given.",
    "Ctrl-C ends the run after the step in progress and saves it; a second Ctrl-C quits at once. resume=<run> goes on where it stopped, with the same result as if it had never been interrupted; epochs, workers, device, threads, revectorize and report may then be changed.",
    "With --studio a page in the browser shows the run while it goes on: that of the studio which is open on the project, or else one of its own, which stays open until Ctrl-C; see fovea studio.",
    "With --json each line of output is an object whose field event says what it tells: start, epoch, end or interrupted.",
  ],
  examples: [
    "fovea train data=mnist model=lenet epochs=10",
    "fovea train model=resnet20 epochs=5 batch=128",
    "fovea train data=photos model=resnet20 imgsz=64 epochs=30",
    "fovea train data=fashion-mnist augment=light mixup=0.2",
    "fovea train data=photos model=resnet20 batch=auto memory=2GB",
    "fovea train epochs=1 limit=5000 name=quick",
    "fovea train --optimizer sgd --lr0 0.05 --momentum 0.9 --seed 1 --json",
    "fovea train data=photos weights=resnet20-fashion-mnist epochs=5",
    "fovea train resume=runs/classify/train",
    "fovea train data=mnist --studio",
  ],
  options: trainOptions,
  run: async ({ values, given, operands }, context) => {
    if (operands.length > 0) {
      throw new OptionError(
        `train takes options only, such as data=mnist; got ${operands.map((file) => JSON.stringify(file)).join(" ")}`,
      );
    }
    if (values.resume !== null) {
      const fixed = [...given].filter((name) => !changeable.has(name));
      if (fixed.length > 0) {
        throw new OptionError(
          `resume goes on with the options of the run; ${fixed.join(", ")} can't be changed. Start a new run for that`,
        );
      }
    }
    if (values.memory !== null && values.batch !== "auto") {
      throw new OptionError("memory is what batch=auto may use; give batch=auto too, or leave memory out");
    }
    if (values.studio && values["dry-run"]) {
      throw new OptionError("a dry run keeps nothing that a studio could show; leave out studio or dry-run");
    }
    checkTraining(values);
    const studio = values.studio ? await studioOf(values, context) : null;
    if (values.studio && !studio) return hostTraining(values, context);
    return runTraining(values, given, context, { studio });
  },
});
