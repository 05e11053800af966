// The work behind `fovea train`: puts data, network and optimizer together, listens to the loop, shows it and saves it.
import { OptionError } from "../base/errors.ts";
import type { AttendedEvent } from "../doctor/index.ts";
import { EMA } from "../optim/averaging.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { manualSeed } from "../tensor/random.ts";
import type { ModelInfo } from "../train/checkpoint.ts";
import { type EpochEvent, notStarted, type Progress } from "../train/events.ts";
import { fit } from "../train/fit.ts";
import { RunFolder, toYaml } from "../train/runFolder.ts";
import { NonFiniteError } from "../train/step.ts";
import { makeModel, model } from "../vision/index.ts";
import { chooseBatch } from "./batchSize.ts";
import { type Context, useDevice } from "./command.ts";
import { healText } from "./findingView.ts";
import { Interruption } from "./interruption.ts";
import { Keys, keysHelp } from "./keys.ts";
import { fitData, learning } from "./learning.ts";
import { makeOptimizer, recordedName, weightDecayOf } from "./optimizers.ts";
import { ProgressView } from "./progress.ts";
import { finish, plain } from "./runEnd.ts";
import { type EarlierRun, openRun, RunFiles, type Trained, takeUp } from "./runFiles.ts";
import { RunRecord } from "./runRecord.ts";
import { interruptedText, startText } from "./runText.ts";
import { startFrom, startWeights } from "./startWeights.ts";
import type { StudioLine } from "./studioLine.ts";
import { StudioLink } from "./studioLink.ts";
import { style } from "./terminal.ts";
import { isFolder, type TrainingData, trainingData } from "./trainingData.ts";
import type { NamedValues, RunValues, TrainValues } from "./trainOptions.ts";
import { Unreadable } from "./unreadable.ts";
import { Ward } from "./ward.ts";
import type { SavedWeights } from "./weights.ts";

/** What runs are trained for, and their folder within the project. */
const task = "classify";
/** Top-1 accuracy, loss and rates go to JSON as they are; events of single steps do not. */
const told: ReadonlySet<AttendedEvent["type"]> = new Set([
  "start",
  "epoch",
  "finding",
  "heal",
  "interrupted",
  "end",
]);

/** Who looks after a run that is part of something larger: it chooses the device, takes care of signals and keys, and shows the run itself. */
export interface Supervisor {
  /** Where the run's folder lies within the project. */
  readonly parent: string;
  /** Opens the data; may hand out again what several runs have in common. */
  readonly open: typeof trainingData;
  /** Ends the run after the step in progress. */
  readonly signal: AbortSignal;
  /** Is told of each event when its files are written. */
  readonly onEvent: (event: AttendedEvent) => Promise<void>;
}

/** What a run has around it. */
export interface Surroundings {
  readonly supervisor?: Supervisor | null;
  /** The studio that shows it. */
  readonly studio?: StudioLine | null;
}

/** Throws OptionError for an unknown network and for options that exclude each other. */
export function checkTraining({ model: name, mixup, cutmix, doctor, heal }: TrainValues): void {
  if (heal && !doctor) throw new OptionError("heal is what the doctor does; leave doctor=false out, or heal");
  if (name !== null) model(name);
  if (mixup > 0 && cutmix > 0) throw new OptionError("mixup and cutmix exclude each other; give one of them");
}

/** Trains as the options say; gives the exit code. */
export async function runTraining(
  asked: TrainValues,
  given: ReadonlySet<string>,
  context: Context,
  { supervisor = null, studio = null }: Surroundings = {},
): Promise<number> {
  const earlier = asked.resume === null ? null : await openRun(asked.resume);
  for (const text of earlier?.passedOver ?? []) context.err.write(`passed over: ${text}\n`);
  const chosen = earlier ? resumedValues(asked, given, earlier.state.options) : asked;
  const start = await startWeights(chosen);
  const usual = start?.info.model ?? ((await isFolder(chosen.data)) ? "resnet20" : "lenet");
  const named = { ...chosen, model: chosen.model ?? usual };
  checkTraining(named); // before anything is read
  if (!supervisor) useDevice(named);
  const unreadable = new Unreadable(context.err);
  const data = await (supervisor?.open ?? trainingData)(named, unreadable.add);
  const trained = await prepare(named, data, start, earlier);
  const auto = named.batch === "auto" ? chooseBatch(named.memory, trained, data) : null;
  const values: RunValues = { ...named, batch: auto?.batch ?? Number(named.batch) };
  if (auto && !values.json) context.out.write(`${auto.text}\n`);
  if (values["dry-run"]) return dryRun(trained, data, values, unreadable, context);
  const setup = {
    ...trained,
    values,
    ...(await placeOf(values, trained, data, earlier, supervisor?.parent ?? task)),
  };
  const { network, optimizer, average, folder, from } = setup;
  const { classes, input } = data;
  const info = (progress: Progress, accuracy: number | null): ModelInfo => ({
    model: values.model,
    classes,
    input,
    transforms: data.saved,
    background: data.background,
    data: values.data,
    epoch: progress.epoch,
    accuracy,
  });
  const files = new RunFiles(folder, setup, info, values);
  if (!earlier) await files.begin(from);

  const interruption = supervisor
    ? null
    : new Interruption(() => {
        view.clear();
        context.err.write("stopping after this step; press Ctrl-C again to quit at once\n");
      });
  const view = new ProgressView(context.out);
  const say = (text: string): void => {
    if (!values.json) context.out.write(text);
  };
  const fed = fitData(data, values, unreadable);
  const { seed, report } = values;
  const record = new RunRecord({ folder, network, data: fed, seed, report }, context.err);
  const options = {
    optimizer,
    ...(average && { ema: average }),
    ...learning(values),
    signal: supervisor?.signal ?? interruption?.signal,
    from,
  };
  const ward = values.doctor ? new Ward(folder, context.out) : null;
  const run = ward
    ? ward.attend(network, fed, { ...options, heal: values.heal }, earlier?.state.notes.doctor)
    : fit(network, fed, options);
  if (ward) files.notes = () => ({ doctor: ward.state });
  let rate = from.firstRate ?? optimizer.lr;
  let isAgain = false; // a run that goes back starts again
  const link = studio ? new StudioLink(studio, folder.path, run, rate) : null;
  const keys = supervisor
    ? null
    : new Keys(
        link ?? run,
        () => rate,
        (text) => {
          view.clear();
          say(`${text}\n`);
        },
      );
  try {
    for await (const event of run) {
      switch (event.type) {
        case "start":
          await ward?.write();
          if (isAgain) break;
          say(`${startText(setup, event)}\n`);
          if (keys?.active) say(`${style(context.out, "dim", keysHelp)}\n`);
          break;
        case "step":
          rate = event.progress.firstRate ?? rate;
          if (!values.json) view.step(event, values.epochs);
          if (isSaveStep(event.progress, event.steps, values)) await files.checkpoint(event.progress);
          break;
        case "epoch":
          await folder.appendResult(resultRow(event));
          await files.weights(event.progress, event.val.top1, event.isBest);
          await files.checkpoint(event.progress);
          if (!values.json) view.epoch(event);
          break;
        case "finding":
          view.clear();
          say(`${ward!.told(event.finding)}\n`);
          await ward!.write();
          break;
        case "heal":
          view.clear();
          say(`${healText(event)}\n`);
          ward!.forget();
          isAgain = true;
          if (event.remedy === "lower-rate") await folder.keepResults(event.progress.epoch);
          await files.checkpoint(event.progress);
          await ward!.write();
          break;
        case "interrupted":
          await files.weights(event.progress, null, false);
          await files.checkpoint(event.progress);
          view.clear();
          say(`${interruptedText(event.progress, folder)}\n`);
          break;
        case "end":
          await finish(setup, data, event, unreadable, context);
          break;
      }
      await record.add(event);
      link?.add(event);
      if (values.json && told.has(event.type)) {
        context.out.write(`${JSON.stringify(toldLine(event, folder))}\n`);
      }
      await supervisor?.onEvent(event);
      if (event.type === "interrupted") return interruption?.exitCode ?? 0;
    }
    return 0;
  } catch (error) {
    view.clear();
    link?.failed(error);
    if (error instanceof NonFiniteError) {
      await files.weights(error.progress, null, false);
      await files.checkpoint(error.progress);
      context.err.write(
        `weights from before that step are in ${folder.file("weights", "last.safetensors")}\n`,
      );
    }
    throw error;
  } finally {
    await record.flush();
    keys?.end();
    link?.end();
    interruption?.end();
  }
}

/** Network, optimizer and average: new ones, with weights to start from, or those of an earlier run. */
async function prepare(
  values: NamedValues,
  data: TrainingData,
  start: SavedWeights | null,
  earlier: EarlierRun | null,
): Promise<Trained> {
  manualSeed(values.seed);
  const network = makeModel(values.model, { classes: data.classes.length, input: data.input });
  if (start) await startFrom(network, start, data.classes);
  const optimizer = makeOptimizer(network, values);
  const average = values.ema === null ? null : new EMA(network, { decay: values.ema, warmup: true });
  const trained = { network, optimizer, average };
  if (earlier) await takeUp(trained, earlier);
  return trained;
}

/** The run's folder, and where it goes on. */
async function placeOf(
  values: RunValues,
  { optimizer }: Trained,
  data: TrainingData,
  earlier: EarlierRun | null,
  parent: string,
): Promise<{ folder: RunFolder; from: Progress }> {
  const { project, name } = values;
  const folder =
    earlier?.folder ?? (await RunFolder.create({ project, task: parent, name, existOk: values["exist-ok"] }));
  const from = earlier?.state.progress ?? notStarted;
  await (earlier ? folder.keepResults(from.epoch) : folder.startResults());
  await folder.write("args.yaml", toYaml(recorded(values, optimizer, data)));
  return { folder, from };
}

/** One step and one batch of evaluation, without a folder. */
async function dryRun(
  { network, optimizer }: Trained,
  data: TrainingData,
  values: RunValues,
  unreadable: Unreadable,
  { out }: Context,
): Promise<number> {
  const options = { optimizer, ...learning(values), dryRun: true };
  for await (const event of fit(network, fitData(data, values, unreadable), options)) {
    if (event.type !== "epoch") continue;
    const { trainLoss: loss, val } = event;
    if (values.json) out.write(`${JSON.stringify({ event: "dry-run", loss, valLoss: val.loss })}\n`);
    else {
      out.write(
        `${values.model} on ${values.data}: everything fits. Loss of the first batch ${loss.toFixed(4)}, ` +
          `by chance ${Math.log(data.classes.length).toFixed(4)}; nothing was kept\n`,
      );
    }
  }
  return 0;
}

/** Whether a checkpoint is due within an epoch; the one at its end is written with the epoch's results. */
function isSaveStep({ epoch, step }: Progress, steps: number, values: RunValues): boolean {
  const every = values["save-steps"];
  return every !== null && step < steps && (epoch * steps + step) % every === 0;
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
function recorded(
  values: RunValues,
  optimizer: Optimizer<{ lr: number }>,
  { input, augment, workers }: TrainingData,
): Record<string, unknown> {
  const { resume: _resume, json: _json, studio: _studio, ...rest } = values;
  return {
    task,
    ...rest,
    optimizer: recordedName(values),
    lr0: optimizer.lr,
    weightDecay: weightDecayOf(values),
    imgsz: input[1] === input[2] ? input[1] : input.slice(1),
    channels: input[0],
    augment,
    workers,
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

function toldLine(event: AttendedEvent, folder: RunFolder) {
  const { type, ...rest } = event;
  return { event: type, run: folder.path, ...plain(rest) };
}
