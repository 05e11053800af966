// What a run learns from and how, as the options of `fovea train` say.
import type { FitData, FitOptions } from "../train/fitOptions.ts";
import { schedule } from "../train/schedule.ts";
import { CutMix, MixUp } from "../transforms/index.ts";
import type { TrainingData } from "./trainingData.ts";
import type { RunValues, TrainValues } from "./trainOptions.ts";
import type { Unreadable } from "./unreadable.ts";

/** The data of a run; pictures that can't be read are counted. */
export function fitData(data: TrainingData, values: RunValues, unreadable: Unreadable): FitData {
  return {
    train: data.train,
    val: data.val,
    ...(data.transform && { transform: data.transform }),
    ...(data.evaluation && { evaluation: data.evaluation }),
    ...batchTransformOf(values, data.classes.length),
    batchSize: values.batch,
    workers: data.workers,
    onBroken: unreadable.add,
    normalization: data.saved.normalize!,
  };
}

/** How the run learns, by its options. */
export function learning(values: RunValues): FitOptions {
  const { epochs, seed, accumulate, clip, patience } = values;
  return {
    epochs,
    seed,
    accumulate,
    schedule: schedule(values.schedule, {
      final: values.lrf,
      warmup: Math.min(1, values.warmup / epochs),
    }),
    ...(clip !== null && { clipGradNorm: clip }),
    ...(patience !== null && { earlyStopping: { patience }, restoreBest: false }), // the best ones are on disk
    ...(values["max-steps"] !== null && { maxSteps: values["max-steps"] }),
    ...(values["max-seconds"] !== null && { maxSeconds: values["max-seconds"] }),
    ...(values.overfit && { overfitBatch: true }),
  };
}

/** What mixes the samples of a batch, by `mixup=` and `cutmix=`. */
function batchTransformOf(
  { mixup, cutmix }: TrainValues,
  numClasses: number,
): { batchTransform?: MixUp | CutMix } {
  if (mixup > 0) return { batchTransform: new MixUp({ alpha: mixup, numClasses }) };
  return cutmix > 0 ? { batchTransform: new CutMix({ alpha: cutmix, numClasses }) } : {};
}
