// The options of `fovea train`.
import { scheduleNames } from "../train/schedule.ts";
import { augmentationNames } from "../transforms/index.ts";
import { deviceOptions, jsonOption } from "./command.ts";
import { firstRatesHelp, optimizerNames } from "./optimizers.ts";
import { bytes, choice, flag, integer, number, orAuto, text, toggle, type Values } from "./options.ts";

/** Options by name. */
export const trainOptions = {
  data: text("mnist", "<name|folder>", "data set, or a folder with a folder of pictures for each class"),
  model: text(
    null,
    "<name>",
    "network, by default that of weights, else lenet, for folders resnet20; fovea info lists them",
  ),
  weights: text(
    null,
    "<run|file|name>",
    "weights to start from, with their network and the form of its pictures; the head is fresh where the classes are others",
  ),
  epochs: integer(10, "passes over the training pictures"),
  batch: orAuto(
    integer(64, "pictures in a step; auto is the largest power of two up to 256 that memory allows"),
  ),
  optimizer: choice(
    optimizerNames,
    "auto",
    "auto is adamw with a decay of 0.05; muon updates biases and the like as adamw",
  ),
  lr0: number(null, `first learning rate; by default ${firstRatesHelp()}`, { above: 0 }),
  lrf: number(0.01, "last learning rate as a share of the first", { above: 0, max: 1 }),
  schedule: choice(scheduleNames, "cosine", "how the learning rate goes from first to last"),
  warmup: number(0.2, "epochs over which the learning rate rises from a hundredth, parts of one too", {
    min: 0,
  }),
  momentum: number(0.9, "share of the last step's direction that sgd keeps", { min: 0, max: 1 }),
  weightDecay: number(
    null,
    "L2 penalty, for adamw, lion and muon the decay of the weights; by default 0.05 with optimizer=auto, 0.01 for adamw and muon, else 0",
    { min: 0 },
  ),
  imgsz: integer(null, "side of the pictures that the network sees, in pixels; by default 64 for folders", {
    min: 4,
    max: 4096,
  }),
  channels: choice(["auto", "1", "3"], "auto", "1 for grey pictures, 3 for colour; auto is 3 for folders"),
  augment: text(
    null,
    "<name|file.json>",
    `${augmentationNames.join(", ")}, or a file with transforms; by default standard for folders`,
  ),
  mixup: number(
    0,
    "how evenly MixUp mixes pairs of pictures: alpha of its Beta distribution, 0 for not at all",
    {
      min: 0,
    },
  ),
  cutmix: number(0, "the same for CutMix", { min: 0 }),
  workers: integer(
    null,
    "threads that read and change pictures; by default one for each core, at most 4, for folders",
    {
      min: 0,
      max: 64,
    },
  ),
  patience: integer(
    null,
    "epochs without a better accuracy after which the run ends; by default it goes through all",
  ),
  ema: number(
    null,
    "decay of an average of the weights that is measured and saved in their place, such as 0.999",
    {
      min: 0,
      max: 0.999999,
    },
  ),
  clip: number(null, "largest norm of all gradients together; larger ones are scaled down", { above: 0 }),
  accumulate: integer(1, "batches whose gradients make one step"),
  "max-steps": integer(null, "end after so many steps altogether"),
  "max-seconds": number(null, "end after so many seconds", { above: 0 }),
  "save-steps": integer(
    null,
    "write a checkpoint every so many steps too; by default one at the end of each epoch",
  ),
  "dry-run": flag("one step and one batch of evaluation, and nothing is kept: shows whether everything fits"),
  overfit: flag("learn one batch by heart, to see whether the network can learn at all"),
  seed: integer(0, "first weights, order of pictures: the same seed gives the same run, bit by bit", {
    min: 0,
    max: 2 ** 32 - 1,
  }),
  memory: bytes(null, "what batch=auto may use; by default half of the memory that is free, at most 4 GB"),
  limit: integer(null, "use only so many training and test pictures, to try things out"),
  project: text("runs", "<folder>", "where runs are kept"),
  name: text(
    "train",
    "<name>",
    "folder of this run in <project>/classify; a number is added where it exists",
  ),
  "exist-ok": flag("write into the run's folder although it exists, replacing its files"),
  doctor: toggle("watch layers, curves and answers, and tell what is wrong with the run"),
  heal: flag("let the doctor go back and lower the rate where the run diverges, and end it at a plateau"),
  report: toggle("report and plots at the end; fovea report makes them later as well"),
  resume: text(null, "<run>", "go on with a run that was interrupted: its folder"),
  studio: flag("show the run in Fovea Studio while it goes on: a page in the browser, with hands on it"),
  ...deviceOptions,
  ...jsonOption,
};

/** Values of the command's options. */
export type TrainValues = Values<typeof trainOptions>;

/** The values of a run whose network is decided. */
export type NamedValues = TrainValues & { readonly model: string };

/** The values with which a run works: network and batch are decided. */
export type RunValues = NamedValues & { readonly batch: number };
