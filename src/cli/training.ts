// The work behind `fovea train`: puts data, network and optimizer together, listens to the loop, shows it and saves it.
import path from "node:path";
import { channelStatistics } from "../data/statistics.ts";
import { getBackend } from "../graph/session.ts";
import type { Module } from "../nn/module/module.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { manualSeed } from "../tensor/random.ts";
import { decodeState, encodeState, encodeWeights, loadWeights, type ModelInfo } from "../train/checkpoint.ts";
import { NonFiniteError, trainClassifier } from "../train/classifier.ts";
import {
  type EndEvent,
  type EpochEvent,
  notStarted,
  type Progress,
  type TrainEvent,
} from "../train/events.ts";
import { RunFolder, toYaml } from "../train/runFolder.ts";
import { schedule } from "../train/schedule.ts";
import { makeModel, model } from "../vision/index.ts";
import { type Context, dataSet, useDevice } from "./command.ts";
import { confusionTable } from "./confusion.ts";
import { Interruption } from "./interruption.ts";
import { makeOptimizer, recordedName, weightDecayOf } from "./optimizers.ts";
import { ProgressView } from "./progress.ts";
import { clock, count, percent, style } from "./terminal.ts";
import type { TrainValues } from "./trainOptions.ts";
import { readBytes } from "./weights.ts";

/** Task of the runs' folder. */
const task = "classify";
/** Top-1 accuracy, loss and rates go to JSON as they are; events of single steps do not. */
const told: ReadonlySet<TrainEvent["type"]> = new Set(["start", "epoch", "interrupted", "end"]);

/** What is trained, and what may have come from an earlier run. */
interface Setup {
  readonly values: TrainValues;
  readonly folder: RunFolder;
  readonly network: Module;
  readonly optimizer: Optimizer<{ lr: number }>;
  readonly from: Progress;
}

/** Trains as the options say; gives the exit code. */
export async function runTraining(
  asked: TrainValues,
  given: ReadonlySet<string>,
  context: Context,
): Promise<number> {
  const earlier = asked.resume === null ? null : await openRun(asked.resume);
  const values = earlier ? resumedValues(asked, given, earlier.state.options) : asked;
  const entry = dataSet(values.data);
  model(values.model); // an unknown name is told before anything is read
  const parts = await Promise.all([entry.load("train"), entry.load("test")]);
  const [trainData, testData] = parts.map((part) => part.slice(0, values.limit ?? undefined)) as [
    (typeof parts)[0],
    (typeof parts)[0],
  ];
  // Of the whole training part, so that a limit changes nothing of it.
  const normalization = entry.normalization ?? channelStatistics(parts[0]!);
  useDevice(values);
  manualSeed(values.seed);
  const { classes, sampleShape } = trainData;
  const network = makeModel(values.model, { classes: classes.length, input: sampleShape });
  const optimizer = makeOptimizer(network, values);
  if (earlier) {
    loadWeights(network, earlier.state.model, earlier.folder.stateFile);
    optimizer.loadStateDict(earlier.state.optimizer);
  }
  const { project, name } = values;
  const folder =
    earlier?.folder ?? (await RunFolder.create({ project, task, name, existOk: values["exist-ok"] }));
  const setup: Setup = { values, folder, network, optimizer, from: earlier?.state.progress ?? notStarted };
  await (earlier ? folder.keepResults(setup.from.epoch) : folder.startResults());
  await folder.write("args.yaml", toYaml(recorded(values, optimizer)));

  const info = (progress: Progress, accuracy: number | null): ModelInfo => ({
    model: values.model,
    classes,
    input: sampleShape,
    ...normalization,
    background: entry.background,
    data: values.data,
    epoch: progress.epoch,
    accuracy,
  });
  const save = async (progress: Progress, accuracy: number | null, isBest: boolean): Promise<void> => {
    const weights = await encodeWeights(network, info(progress, accuracy));
    await folder.write(path.join("weights", "last.safetensors"), weights);
    if (isBest) await folder.write(path.join("weights", "best.safetensors"), weights);
    await folder.write(
      path.join("weights", "resume.safetensors"),
      await encodeState(network, optimizer, progress, values),
    );
  };

  const interruption = new Interruption(() => {
    view.clear();
    context.err.write("stopping after this step; press Ctrl-C again to quit at once\n");
  });
  const view = new ProgressView(context.out);
  const say = (text: string): void => {
    if (!values.json) context.out.write(text);
  };
  try {
    const events = trainClassifier({
      model: network,
      optimizer,
      train: trainData,
      val: testData,
      epochs: values.epochs,
      batchSize: values.batch,
      seed: values.seed,
      normalization,
      schedule: schedule(values.schedule, {
        final: values.lrf,
        warmup: Math.min(1, values.warmup / values.epochs),
      }),
      signal: interruption.signal,
      from: setup.from,
    });
    for await (const event of events) {
      if (event.type === "step") {
        if (!values.json) view.step(event, values.epochs);
        continue;
      }
      if (event.type === "epoch") {
        await folder.appendResult(resultRow(event));
        await save(event.progress, event.val.top1, event.isBest);
      }
      if (event.type === "interrupted") await save(event.progress, null, false);
      if (values.json && told.has(event.type))
        context.out.write(`${JSON.stringify(toldLine(event, folder))}\n`);
      if (event.type === "start")
        say(`${startText(setup, event.trainSamples, event.valSamples, event.parameters)}\n`);
      if (event.type === "epoch" && !values.json) view.epoch(event);
      if (event.type === "interrupted") {
        view.clear();
        say(`${interruptedText(event.progress, folder)}\n`);
        return interruption.exitCode;
      }
      if (event.type === "end") {
        await folder.write("summary.json", `${JSON.stringify(summary(setup, event), null, 2)}\n`);
        say(`\n${confusionTable(event.val.confusion, classes, context.out)}\n\n`);
        say(
          `${style(context.out, "bold", `test accuracy ${percent(event.val.top1, 2)}`)}  best ${percent(event.bestAccuracy, 2)} in epoch ${event.bestEpoch}\n`,
        );
        say(`saved in ${folder.path}  ${clock(event.seconds)}, ${count(event.samplesPerSecond)} images/s\n`);
      }
    }
    return 0;
  } catch (error) {
    view.clear();
    if (error instanceof NonFiniteError) {
      await save(error.progress, null, false);
      context.err.write(
        `weights from before that step are in ${folder.file("weights", "last.safetensors")}\n`,
      );
    }
    throw error;
  } finally {
    interruption.end();
  }
}

async function openRun(where: string) {
  const folder = await RunFolder.open(where);
  return { folder, state: decodeState(await readBytes(folder.stateFile), folder.stateFile) };
}

/** The options of the earlier run, with those that were given anew and may change. */
function resumedValues(
  asked: TrainValues,
  given: ReadonlySet<string>,
  saved: Readonly<Record<string, unknown>>,
): TrainValues {
  const own = Object.fromEntries(
    Object.keys(asked).flatMap((key) => (given.has(key) || !(key in saved) ? [] : [[key, saved[key]]])),
  );
  return { ...asked, ...own, json: asked.json };
}

/** All options as they took effect, for `args.yaml`. */
function recorded(values: TrainValues, optimizer: Optimizer<{ lr: number }>): Record<string, unknown> {
  const { resume: _resume, json: _json, ...rest } = values;
  return {
    task,
    ...rest,
    optimizer: recordedName(values),
    lr0: optimizer.lr,
    weightDecay: weightDecayOf(values),
  };
}

function resultRow(event: EpochEvent) {
  return {
    epoch: event.epoch,
    time: event.seconds,
    "train/loss": event.trainLoss,
    "metrics/accuracy_top1": event.val.top1,
    "metrics/accuracy_top5": event.val.top5,
    "val/loss": event.val.loss,
    "lr/pg0": event.lr,
  };
}

/** What a run came to. `testAccuracy` is that of the last weights: the best ones were chosen by these same pictures. */
function summary({ values, network, folder }: Setup, event: EndEvent) {
  return {
    testAccuracy: event.val.top1,
    testAccuracyTop5: event.val.top5,
    testLoss: event.val.loss,
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

function toldLine(event: TrainEvent, folder: RunFolder) {
  const { type, ...rest } = event;
  const plain = JSON.parse(
    JSON.stringify(rest, (_, value: unknown) => (value instanceof Int32Array ? [...value] : value)),
  );
  return { event: type, run: folder.path, ...plain };
}

function startText(
  { values, folder, from }: Setup,
  trainSamples: number,
  testSamples: number,
  parameters: number,
): string {
  const begun = from.epoch + from.step > 0 ? `, from epoch ${from.epoch + 1}, step ${from.step + 1}` : "";
  return (
    `${values.model} (${count(parameters)} parameters) on ${values.data} (${count(trainSamples)} + ${count(testSamples)} pictures), ` +
    `${getBackend().name}, ${values.epochs} ${values.epochs === 1 ? "epoch" : "epochs"}${begun} → ${folder.path}`
  );
}

function interruptedText(progress: Progress, folder: RunFolder): string {
  const where =
    progress.step > 0 ? `epoch ${progress.epoch + 1}, step ${progress.step}` : `epoch ${progress.epoch}`;
  return `stopped after ${where}; saved ${folder.file("weights", "last.safetensors")}. Go on with: fovea train resume=${folder.path}`;
}
