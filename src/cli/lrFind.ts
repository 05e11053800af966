// `fovea lr-find`: the loss as the learning rate grows, and a rate to train with.
import { OptionError } from "../base/errors.ts";
import { encodePng } from "../picture/encode.ts";
import { manualSeed } from "../tensor/random.ts";
import { findLearningRate } from "../train/lrFinder.ts";
import { makeModel, model } from "../vision/index.ts";
import { chart } from "./chart.ts";
import { command, deviceOptions, jsonOption, useDevice } from "./command.ts";
import { lrPicture } from "./lrPicture.ts";
import { makeOptimizer, optimizerNames } from "./optimizers.ts";
import { choice, flag, integer, number, text } from "./options.ts";
import { style } from "./terminal.ts";
import { isFolder, trainingData } from "./trainingData.ts";
import { trainOptions } from "./trainOptions.ts";
import { Unreadable } from "./unreadable.ts";
import { writeAside } from "./writeAside.ts";

const {
  data,
  model: modelOption,
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
    "The rate grows from first to last over the steps, each the same multiple of the one before; the run ends where the smoothed loss is four times its best. The suggestion lies within the longest stretch in which the loss falls. The curve is drawn on the terminal and as a picture, out; where a file of that name exists, a number is added. Nothing is trained: give the rate to fovea train as lr0, best with schedule=onecycle.",
  ],
  examples: [
    "fovea lr-find data=mnist model=lenet5",
    "fovea lr-find data=mnist model=lenet5 optimizer=sgd out=sgd.png --json",
  ],
  options: {
    data,
    model: modelOption,
    batch: integer(64, "pictures in a step"),
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
    out: text("lr_find.png", "<file.png>", "where the picture goes"),
    "exist-ok": flag("write the picture although its file exists"),
    ...deviceOptions,
    ...jsonOption,
  },
  run: async ({ values }, { out, err }) => {
    if (!/\.png$/i.test(values.out)) throw new OptionError(`out is a .png file; got "${values.out}"`);
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
    const drawn = await encodePng(lrPicture(curve, `Loss of ${name} as the learning rate grows`));
    const picture = await writeAside(values.out, drawn, values["exist-ok"]);
    if (values.json) {
      out.write(
        `${JSON.stringify({ model: name, data: values.data, suggestion, picture, rates, losses, smoothed })}\n`,
      );
      return 0;
    }
    const ends = [rates[0]!, rates.at(-1)!].map((rate) => rate.toExponential(0));
    // The rise at the end would press everything else flat.
    const shown = smoothed.map((loss) => Math.min(loss, 1.2 * smoothed[0]!));
    out.write(`${chart(shown, { hasUnicode: out.hasUnicode })}\n`);
    out.write(`smoothed loss, learning rate ${ends.join(" … ")}; the picture is ${picture}\n`);
    const rounded = Number(suggestion.toPrecision(2));
    out.write(
      `${style(out, "bold", `suggestion ${rounded}`)}: fovea train data=${values.data} model=${name} lr0=${rounded} schedule=onecycle\n`,
    );
    return 0;
  },
});
