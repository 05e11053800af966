// The training of one recipe. 5,000 of the training pictures are held out, which rates and numbers of epochs were chosen by; the test
// pictures are looked at once, at the end.
import { dataSets } from "../../src/cli/datasets.ts";
import { ending, sizing } from "../../src/cli/pipelines.ts";
import { DataLoader } from "../../src/data/index.ts";
import { manualSeed } from "../../src/index.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/interop/index.ts";
import { EMA } from "../../src/optim/averaging.ts";
import { decodeState, decodeWeights, encodeState, encodeWeights } from "../../src/train/checkpoint.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import { notStarted } from "../../src/train/events.ts";
import { fit } from "../../src/train/fit.ts";
import { schedule } from "../../src/train/schedule.ts";
import { Compose } from "../../src/transforms/index.ts";
import { makeModel } from "../../src/vision/index.ts";
import type { Recipe } from "./recipes.ts";

const heldOut = 5000;

/** What a training reads and tells. */
export interface Hands {
  /** What `keep` was given last by a training that was stopped. */
  readonly from: Uint8Array | null;
  /** Is given the state of the training after each epoch. */
  readonly keep: (state: Uint8Array) => void;
  readonly say: (line: string) => void;
}

/** Bytes of the weights file that a recipe gives. */
export async function trained(recipe: Recipe, { from, keep, say }: Hands): Promise<Uint8Array> {
  const { seed, batchSize, epochs } = recipe;
  const entry = dataSets.get(recipe.data)!;
  const all = await entry.load("train");
  const [train, val] = all.split(1 - heldOut / all.length, { seed });
  const { classes, sampleShape: input } = train;
  const end = ending(entry.normalization!);
  manualSeed(seed);
  const model = makeModel(recipe.model, { classes: classes.length, input });
  const optimizer = recipe.optimizer(model);
  const average = new EMA(model, { decay: recipe.ema, warmup: true });
  const earlier = from && decodeState(from, "the state");
  if (earlier) {
    model.loadStateDict(earlier.model);
    optimizer.loadStateDict(earlier.optimizer);
    average.loadStateDict(earlier.average!);
  }
  const run = fit(
    model,
    { train, val, batchSize, transform: new Compose([...recipe.augmentation, ...end]) },
    {
      optimizer,
      epochs,
      seed,
      ema: average,
      schedule: schedule("onecycle"),
      from: earlier?.progress ?? notStarted,
    },
  );
  let accuracy = 0;
  for await (const event of run) {
    if (event.type !== "epoch") continue;
    accuracy = event.val.top1;
    const { epoch, trainLoss, seconds, progress } = event;
    say(
      `epoch ${epoch}: loss ${trainLoss.toFixed(4)}, held out ${percent(accuracy)}, ${seconds.toFixed(0)} s`,
    );
    keep(await encodeState({ model, optimizer, average, progress, options: {} }));
  }
  average.apply();
  model.eval();
  const [channels, height, width] = input as [number, number, number];
  const bytes = halved(
    await encodeWeights(model, {
      model: recipe.model,
      classes,
      input,
      transforms: new Compose([...sizing({ channels, height, width }), ...end]),
      background: entry.background,
      data: recipe.data,
      epoch: epochs,
      accuracy,
    }),
  );
  model.loadStateDict(decodeWeights(bytes, "the weights").state);
  const test = new DataLoader(await entry.load("test"), { batchSize: 250 });
  const { top1 } = await evaluate(model, test, { normalization: entry.normalization! });
  say(`test ${percent(top1)}`);
  return bytes;
}

/** The same weights in half precision. */
export function halved(bytes: Uint8Array): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(bytes);
  return encodeSafetensors(tensors, metadata, { floats: "F16" });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}
