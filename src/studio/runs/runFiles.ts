// A run as its folder tells it: options, events, step curves and findings. Reads alone.
import fs from "node:fs/promises";
import path from "node:path";
import { isRunFinding } from "../../doctor/index.ts";
import { readEventScalars } from "../../interop/index.ts";
import { fromYaml } from "../../train/runFolder.ts";
import type { LayerFigures, RunEvent, RunStatus, RunSummary } from "../shared/protocol.ts";
import { RunModel } from "../shared/runModel.ts";
import { eventFiles } from "./eventFiles.ts";

/** Files of a run that can be shown as they are. */
const pictureNames = ["train_batch0.jpg", "confusion_matrix.png"];

type Line = Readonly<Record<string, unknown>> & { readonly event: string };

/** The options of a run; null where its folder has none. */
export async function settingsOf(folder: string): Promise<Record<string, unknown> | null> {
  const text = await fs.readFile(path.join(folder, "args.yaml"), "utf8").catch(() => null);
  return text === null ? null : fromYaml(text);
}

/** The pictures that a run has left. */
export async function picturesOf(folder: string): Promise<string[]> {
  const names: string[] = await fs.readdir(folder).catch(() => []);
  return pictureNames.filter((name) => names.includes(name));
}

/** A run's row in the list. */
export async function summaryOf(folder: string, id: string): Promise<RunSummary> {
  const [settings, lines] = [(await settingsOf(folder)) ?? {}, await linesOf(folder)];
  const model = new RunModel(id);
  for (const event of lines.flatMap(eventOf)) model.add(event);
  return {
    id,
    status: statusOf(lines),
    isLive: false,
    model: String(settings.model ?? ""),
    data: String(settings.data ?? ""),
    epochs: Number(settings.epochs ?? 0),
    epochsDone: model.epochs.at(-1)?.epoch ?? 0,
    bestAccuracy: bestOf(model),
    changed: await changedAt(folder),
  };
}

/** The highest accuracy so far, null before the first epoch. */
export function bestOf({ epochs }: RunModel): number | null {
  return epochs.length === 0 ? null : Math.max(...epochs.map(({ top1 }) => top1));
}

/** When the files of a run last changed, ms since 1970. */
export async function changedAt(folder: string): Promise<number> {
  const stats = await Promise.all(
    ["args.yaml", "events.jsonl", "summary.json"].map((name) =>
      fs.stat(path.join(folder, name)).catch(() => null),
    ),
  );
  return Math.max(0, ...stats.map((stat) => Math.round(stat?.mtimeMs ?? 0)));
}

/** Everything that a folder tells of a run. */
export async function readRun(folder: string, id: string): Promise<RunModel> {
  const model = new RunModel(id);
  const lines = await linesOf(folder);
  const events = lines.flatMap(eventOf);
  for (const event of events) model.add(event);
  model.status = statusOf(lines);
  if (model.facts) await addCurves(model, folder);
  return model;
}

/** The lines of events.jsonl that are whole. */
async function linesOf(folder: string): Promise<Line[]> {
  const text = await fs.readFile(path.join(folder, "events.jsonl"), "utf8").catch(() => "");
  return text.split("\n").flatMap((line): Line[] => {
    try {
      const value: unknown = JSON.parse(line);
      const isLine = typeof value === "object" && value !== null && "event" in value;
      return isLine ? [value as Line] : [];
    } catch {
      return []; // cut short, as the process was killed while it wrote
    }
  });
}

function statusOf(lines: readonly Line[]): RunStatus {
  const last = lines.findLast(({ event }) => ["start", "end", "interrupted"].includes(event))?.event;
  return last === "end" ? "ended" : last === "interrupted" ? "interrupted" : "unfinished";
}

/** A line of events.jsonl as the page knows it. */
function eventOf(line: Line): RunEvent[] {
  const record = (name: string) => (line[name] ?? {}) as Record<string, unknown>;
  const number = (value: unknown) => (typeof value === "number" ? value : 0);
  const orNull = (value: unknown) => (typeof value === "number" ? value : null);
  switch (line.event) {
    case "start": {
      const from = record("from");
      const stepsPerEpoch = number(line.stepsPerEpoch);
      return [
        {
          type: "start",
          epochs: number(line.epochs),
          stepsPerEpoch,
          trainSamples: number(line.trainSamples),
          valSamples: number(line.valSamples),
          parameters: number(line.parameters),
          classes: Array.isArray(line.classes) ? line.classes.length : 0,
          optimizer: String(line.optimizer ?? ""),
          chanceLoss: orNull(line.chanceLoss),
          from: number(from.epoch) * stepsPerEpoch + number(from.step),
        },
      ];
    }
    case "epoch": {
      const val = record("val");
      return [
        {
          type: "epoch",
          epoch: number(line.epoch),
          trainLoss: orNull(line.trainLoss),
          trainAccuracy: orNull(line.trainAccuracy),
          valLoss: orNull(val.loss),
          top1: number(val.top1),
          top5: number(val.top5),
          lr: number(line.lr),
          seconds: number(line.seconds),
        },
      ];
    }
    case "finding":
      return isRunFinding(line) ? [{ type: "finding", finding: line }] : [];
    case "heal": {
      const { epoch, firstRate } = record("progress");
      const remedy = line.remedy === "stop" ? "stop" : "lower-rate";
      return [{ type: "heal", remedy, epoch: number(epoch), rate: orNull(firstRate) }];
    }
    default:
      return [];
  }
}

/** Adds the curves of steps and layers from the run's event files. */
async function addCurves(model: RunModel, folder: string): Promise<void> {
  const steps = new Map<number, Record<string, number>>();
  const layers = new Map<number, Map<string, { gradient: number | null; ratio: number | null }>>();
  for (const { name, bytes } of await eventFiles(folder)) {
    try {
      for (const event of readEventScalars(bytes, name)) {
        if ("restart" in event) {
          for (const map of [steps, layers])
            for (const at of map.keys()) if (at >= event.restart) map.delete(at);
        } else note(event.tag, event.step, event.value, steps, layers);
      }
    } catch {
      // A damaged file ends its curves where it is damaged.
    }
  }
  for (const [at, row] of [...steps].sort(([a], [b]) => a - b)) model.steps.add(at, row);
  for (const [at, figures] of [...layers].sort(([a], [b]) => a - b)) {
    const all = Array.from(figures, ([name, figure]): LayerFigures => ({ name, ...figure }));
    model.add({ type: "vitals", at, layers: all, activations: [] });
  }
}

const columns: Readonly<Record<string, string>> = { "train/loss": "loss", "lr/pg0": "lr" };

function note(
  tag: string,
  step: number,
  value: number,
  steps: Map<number, Record<string, number>>,
  layers: Map<number, Map<string, { gradient: number | null; ratio: number | null }>>,
): void {
  const column = columns[tag];
  if (column !== undefined) {
    const row = steps.get(step) ?? {};
    row[column] = value;
    steps.set(step, row);
  }
  const [, kind, name = ""] = /^(gradient|update_ratio)\/(.*weight.*)$/.exec(tag) ?? [];
  if (kind === undefined) return;
  const figures = layers.get(step) ?? new Map();
  const figure = figures.get(name) ?? { gradient: null, ratio: null };
  figure[kind === "gradient" ? "gradient" : "ratio"] = value;
  figures.set(name, figure);
  layers.set(step, figures);
}
