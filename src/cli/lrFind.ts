// `fovea lr-find`: the loss as the learning rate grows, and a rate to train with.
import { manualSeed } from "../tensor/random.ts";
import { findLearningRate } from "../train/lrFinder.ts";
import { makeModel, model } from "../vision/index.ts";
import { chart } from "./chart.ts";
import { command, deviceOptions, jsonOption, useDevice } from "./command.ts";
import { makeOptimizer, optimizerNames } from "./optimizers.ts";
import { choice, integer, number } from "./options.ts";
import { style } from "./terminal.ts";
import { isFolder, trainingData } from "./trainingData.ts";
import { trainOptions } from "./trainOptions.ts";
import { Unreadable } from "./unreadable.ts";

const {
  data,
  model: modelOption,
  batch,
  imgsz,
  channels,
  augment,
  workers,
  seed,
  momentum,
  weightDecay,
} = trainOptions;

/** The command. */
export const lrFind = command({
  name: "lr-find",
  summary: "Find a learning rate: a short run whose rate grows, and what the loss says to it.",
  usage: "lr-find [options]",
  notes: [
    "The rate grows from first to last over the steps, each the same multiple of the one before; the run ends where the smoothed loss is four times its best. The suggestion lies within the longest stretch in which the loss falls. Nothing is trained: give the rate to fovea train as lr0, best with schedule=onecycle.",
  ],
  examples: [
    "fovea lr-find data=mnist model=lenet5",
    "fovea lr-find data=mnist model=lenet5 optimizer=sgd --json",
  ],
  options: {
    data,
    model: modelOption,
    batch,
    optimizer: choice(optimizerNames, "auto", "as fovea train has them"),
    momentum,
    weightDecay,
    first: number(1e-7, "first learning rate", { above: 0 }),
    last: number(10, "last learning rate", { above: 0 }),
    steps: integer(100, "steps", { min: 10 }),
    imgsz,
    channels,
    augment,
    workers,
    seed,
    ...deviceOptions,
    ...jsonOption,
  },
  run: async ({ values }, { out, err }) => {
    const name = values.model ?? ((await isFolder(values.data)) ? "resnet20" : "lenet");
    model(name); // an unknown name is told before anything is read
    useDevice(values);
    const unreadable = new Unreadable(err);
    const set = await trainingData({ ...values, limit: null }, unreadable.add);
    manualSeed(values.seed);
    const network = makeModel(name, { classes: set.classes.length, input: set.input });
    const optimizer = makeOptimizer(network, { ...values, lr0: null });
    const curve = await findLearningRate(
      network,
      {
        train: set.train,
        val: set.val,
        ...(set.transform && { transform: set.transform }),
        ...(set.evaluation && { evaluation: set.evaluation }),
        batchSize: values.batch,
        workers: set.workers,
        onBroken: unreadable.add,
        normalization: set.saved.normalize!,
      },
      { optimizer, first: values.first, last: values.last, steps: values.steps, seed: values.seed },
    );
    const { rates, losses, smoothed, suggestion } = curve;
    if (values.json) {
      out.write(
        `${JSON.stringify({ model: name, data: values.data, suggestion, rates, losses, smoothed })}\n`,
      );
      return 0;
    }
    const ends = [rates[0]!, rates.at(-1)!].map((rate) => rate.toExponential(0));
    // The rise at the end would press everything else flat.
    const shown = smoothed.map((loss) => Math.min(loss, 1.2 * smoothed[0]!));
    out.write(`${chart(shown, { hasUnicode: out.hasUnicode })}\n`);
    out.write(`smoothed loss, learning rate ${ends.join(" … ")}\n`);
    const rounded = Number(suggestion.toPrecision(2));
    out.write(
      `${style(out, "bold", `suggestion ${rounded}`)}: fovea train data=${values.data} model=${name} lr0=${rounded} schedule=onecycle\n`,
    );
    return 0;
  },
});
