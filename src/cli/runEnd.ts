// How a training run ends: a test of its best weights, what it came to as a file, and in words.
import { DataLoader } from "../data/loader.ts";
import { getBackend } from "../graph/session.ts";
import type { Module } from "../nn/module/module.ts";
import { decodeWeights } from "../train/checkpoint.ts";
import { type Evaluation, evaluate } from "../train/evaluate.ts";
import type { EndEvent } from "../train/events.ts";
import type { RunFolder } from "../train/runFolder.ts";
import type { Context } from "./command.ts";
import { confusionTable } from "./confusion.ts";
import { clock, count, percent, style } from "./terminal.ts";
import type { TrainingData } from "./trainingData.ts";
import type { RunValues } from "./trainOptions.ts";
import type { Unreadable } from "./unreadable.ts";
import { readBytes, takeWeights } from "./weights.ts";

/** A run that has ended. */
interface Ended {
  readonly values: RunValues;
  readonly network: Module;
  readonly folder: RunFolder;
}

/** Tests, writes the summary, and says what the run came to. */
export async function finish(
  setup: Ended,
  data: TrainingData,
  event: EndEvent,
  unreadable: Unreadable,
  { out }: Context,
): Promise<void> {
  const { values, folder } = setup;
  const test = data.test && (await testBest(setup, data, unreadable));
  const result = summary(setup, event, test, unreadable.count);
  await folder.write("summary.json", `${JSON.stringify(result, null, 2)}\n`);
  if (values.json) {
    if (test) out.write(`${JSON.stringify({ event: "test", run: folder.path, ...plain(test) })}\n`);
    return;
  }
  if (event.reason === "earlyStopping") {
    out.write(`\nno better for ${values.patience} epochs, so the run ended after ${event.epochs}\n`);
  }
  out.write(`\n${confusionTable((test ?? event.val).confusion, data.classes, out)}\n\n`);
  const best = `best ${percent(event.bestAccuracy, 2)} in epoch ${event.bestEpoch}`;
  const accuracy = style(out, "bold", `test accuracy ${percent((test ?? event.val).top1, 2)}`);
  out.write(test ? `${accuracy} with the best weights  validation: ${best}\n` : `${accuracy}  ${best}\n`);
  out.write(`saved in ${folder.path}  ${clock(event.seconds)}, ${count(event.samplesPerSecond)} images/s\n`);
}

/** Accuracy on the test pictures, which nothing was chosen by, with the weights that were best on the validation pictures. */
async function testBest(
  { folder, network, values }: Ended,
  { test, evaluation, saved, workers }: TrainingData,
  unreadable: Unreadable,
): Promise<Evaluation> {
  const file = folder.file("weights", "best.safetensors");
  await takeWeights(network, decodeWeights(await readBytes(file), file).state, file);
  const loader = new DataLoader(test!, {
    batchSize: values.batch,
    workers,
    transform: evaluation!,
    onBroken: unreadable.add,
  });
  try {
    return await evaluate(network, loader, { normalization: saved.normalize! });
  } finally {
    loader.close();
  }
}

/**
 * What a run came to. Where test pictures were held back, `testAccuracy` is that of the best weights on them; else that of the last weights, as
 * the best ones were chosen by these same pictures.
 */
function summary(
  { values, network, folder }: Ended,
  event: EndEvent,
  test: Evaluation | null,
  unreadable: number,
) {
  const { top1, top5, loss } = test ?? event.val;
  return {
    testAccuracy: top1,
    testAccuracyTop5: top5,
    testLoss: loss,
    ...(test && { valAccuracy: event.val.top1, valLoss: event.val.loss }),
    ...(unreadable > 0 && { unreadablePictures: unreadable }),
    bestAccuracy: event.bestAccuracy,
    bestEpoch: event.bestEpoch,
    epochs: event.epochs,
    seconds: Number(event.seconds.toFixed(3)),
    samplesPerSecond: Math.round(event.samplesPerSecond),
    model: values.model,
    parameters: network.parameters().reduce((sum, p) => sum + p.size, 0),
    data: values.data,
    seed: values.seed,
    device: getBackend().name,
    run: folder.path,
  };
}

/** Plain JSON, with arrays of numbers as lists; the answers to single pictures are left out. */
export function plain(value: object): object {
  return JSON.parse(
    JSON.stringify(value, (key, item: unknown) =>
      key === "answers" ? undefined : item instanceof Int32Array ? [...item] : item,
    ),
  ) as object;
}
