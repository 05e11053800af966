// `fovea train`: trains a classifier, shows how it goes, and keeps the run in a folder of its own.
import { OptionError } from "../base/errors.ts";
import { scheduleNames } from "../train/schedule.ts";
import { command, deviceOptions, jsonOption } from "./command.ts";
import { choice, flag, integer, number, text, type Values } from "./options.ts";
import { runTraining } from "./training.ts";

const options = {
  data: text("mnist", "<name>", "data set"),
  model: text("lenet", "<name>", "network"),
  epochs: integer(10, "passes over the training pictures"),
  batch: integer(64, "pictures in a step"),
  optimizer: choice(["auto", "adam", "adamw", "sgd"], "auto", "auto is adam"),
  lr0: number(null, "first learning rate; by default 0.003, for sgd 0.05", { above: 0 }),
  lrf: number(0.01, "last learning rate as a share of the first", { above: 0, max: 1 }),
  schedule: choice(scheduleNames, "cosine", "how the learning rate goes from first to last"),
  warmup: number(0.2, "epochs over which the learning rate rises from a hundredth, parts of one too", {
    min: 0,
  }),
  momentum: number(0.9, "share of the last step's direction that sgd keeps", { min: 0, max: 1 }),
  weightDecay: number(0, "L2 penalty; for adamw the decay of the weights", { min: 0 }),
  seed: integer(0, "first weights, order of pictures: the same seed gives the same run, bit by bit", {
    min: 0,
    max: 2 ** 32 - 1,
  }),
  limit: integer(null, "use only so many training and test pictures, to try things out"),
  project: text("runs", "<folder>", "where runs are kept"),
  name: text(
    "train",
    "<name>",
    "folder of this run in <project>/classify; a number is added where it exists",
  ),
  "exist-ok": flag("write into the run's folder although it exists, replacing its files"),
  resume: text(null, "<run>", "go on with a run that was interrupted: its folder"),
  ...deviceOptions,
  ...jsonOption,
};

/** Values of the command's options. */
export type TrainValues = Values<typeof options>;

/** Options that may differ when a run is resumed: they change nothing of what was computed so far. */
const changeable: ReadonlySet<string> = new Set(["resume", "epochs", "device", "threads", "json"]);

/** The command. */
export const train = command({
  name: "train",
  summary: "Train a classifier.",
  usage: "train [options]",
  notes: [
    "A run is kept in <project>/classify/<name>: args.yaml, results.csv with a row per epoch, summary.json, and weights/best.safetensors and last.safetensors. Nothing that exists is overwritten unless exist-ok is given.",
    "Ctrl-C ends the run after the step in progress and saves it; a second Ctrl-C quits at once. resume=<run> goes on where it stopped, with the same result as if it had never been interrupted; epochs, device and threads may then be changed.",
    "With --json each line of output is an object whose field event says what it tells: start, epoch, end or interrupted.",
  ],
  examples: [
    "fovea train data=mnist model=lenet epochs=10",
    "fovea train epochs=1 limit=5000 name=quick",
    "fovea train --optimizer sgd --lr0 0.05 --momentum 0.9 --seed 1 --json",
    "fovea train resume=runs/classify/train",
  ],
  options,
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
    return runTraining(values, given, context);
  },
});
