// What is said of a training run in words, at its start and where it stopped.
import { getBackend } from "../graph/session.ts";
import type { Progress, StartEvent } from "../train/events.ts";
import type { RunFolder } from "../train/runFolder.ts";
import { count } from "./terminal.ts";
import type { RunValues } from "./trainOptions.ts";

/** The first line: what is trained, on what, and where it goes on. */
export function startText(
  {
    values,
    folder,
    from,
  }: { readonly values: RunValues; readonly folder: RunFolder; readonly from: Progress },
  { trainSamples, valSamples, parameters }: StartEvent,
): string {
  const begun = from.epoch + from.step > 0 ? `, from epoch ${from.epoch + 1}, step ${from.step + 1}` : "";
  const origin = values.weights === null ? "" : ` from ${values.weights}`;
  return (
    `${values.model} (${count(parameters)} parameters)${origin} on ${values.data} (${count(trainSamples)} + ${count(valSamples)} pictures), ` +
    `${getBackend().name}, ${values.epochs} ${values.epochs === 1 ? "epoch" : "epochs"}${begun} → ${folder.path}`
  );
}

/** Where a run stopped, and how it goes on. */
export function interruptedText(progress: Progress, folder: RunFolder): string {
  const where =
    progress.step > 0 ? `epoch ${progress.epoch + 1}, step ${progress.step}` : `epoch ${progress.epoch}`;
  return `stopped after ${where}; saved ${folder.file("weights", "last.safetensors")}. Go on with: fovea train resume=${folder.path}`;
}
