// The report of a run and the plots beside it, made from what the run has written. Knows no training.
import fs from "node:fs/promises";
import path from "node:path";
import type { BrokenSample } from "../data/feeds.ts";
import { encodePng } from "../picture/encode.ts";
import { chartPicture } from "../plot/chartPicture.ts";
import { confusionPicture } from "../plot/confusionPicture.ts";
import { reportPage } from "../report/page.ts";
import { chartsOf, type EpochResult, type Measured, mostTableClasses } from "../report/report.ts";
import { evaluationBatchOf } from "../train/batches.ts";
import { fromYaml, type RunFolder } from "../train/runFolder.ts";
import { examine } from "./examine.ts";
import { readFindings } from "./findingFile.ts";
import { clock, count, percent } from "./terminal.ts";
import { dataUri } from "./thumbnail.ts";

/** Files that are made. */
export const reportFiles = ["report.html", "results.png", "confusion_matrix.png"] as const;

/** Where the pictures are, where that has changed, and how they are read. */
export interface ReportOptions {
  readonly data?: string | null;
  readonly workers?: number | null;
  readonly onBroken?: (sample: BrokenSample) => void;
}

/** Writes `report.html`, `results.png` and `confusion_matrix.png`; gives what was measured for them. */
export async function writeReport(folder: RunFolder, options: ReportOptions = {}): Promise<Measured> {
  const settings = fromYaml(await fs.readFile(folder.file("args.yaml"), "utf8"));
  const data = options.data ?? String(settings.data);
  const limit = typeof settings.limit === "number" ? settings.limit : null;
  // As in the run, so that the report has room where the run had.
  const batchSize = evaluationBatchOf(typeof settings.batch === "number" ? settings.batch : 64);
  const { measured, filters, model } = await examine(folder, { ...options, data, limit, batchSize });
  const epochs: EpochResult[] = (await folder.results()).map((row) => ({
    epoch: row.epoch,
    trainLoss: row["train/loss"],
    valLoss: row["val/loss"],
    top1: row["metrics/accuracy_top1"],
    top5: row["metrics/accuracy_top5"],
    lr: row["lr/pg0"],
  }));
  if (epochs.length > 0) {
    const charts = chartPicture(chartsOf(epochs, measured.classes.length));
    await folder.write("results.png", await encodePng(charts));
  }
  const title = `${percent(measured.top1, 2)} of ${count(measured.samples)} pictures are recognised`;
  const matrix = await encodePng(confusionPicture(measured.confusion, measured.classes, { title }));
  await folder.write("confusion_matrix.png", matrix);
  const page = reportPage({
    name: path.basename(path.resolve(folder.path)),
    model,
    data: path.basename(data),
    epochs,
    measured,
    confusionPicture: measured.classes.length > mostTableClasses ? dataUri("png", matrix) : null,
    filters,
    findings: await readFindings(folder),
    settings: Object.entries(settings)
      .filter(([name, value]) => value !== null && value !== false && !unshown.has(name))
      .map(([name, value]) => [name, String(value)]),
    environment: await environmentOf(folder),
  });
  await folder.write("report.html", page);
  return measured;
}

/** Settings that say where files lie rather than how the run learned. */
const unshown: ReadonlySet<string> = new Set(["project", "name", "exist-ok", "dry-run", "task", "report"]);

/** Versions and machine as the run noted them when it began, and how long it took. */
async function environmentOf(folder: RunFolder): Promise<[string, string][]> {
  const entries: [string, string][] = [];
  const lines = (await fs.readFile(folder.file("events.jsonl"), "utf8").catch(() => "")).split("\n");
  const start = lines.map(parsed).findLast((line) => line?.event === "start");
  if (typeof start?.environment === "object" && start.environment !== null) {
    for (const [name, value] of Object.entries(start.environment)) entries.push([name, String(value)]);
  }
  const time = start?.time;
  if (typeof time === "string") entries.push(["begun", `${time.slice(0, 16).replace("T", " ")} UTC`]);
  const last = (await folder.results()).at(-1);
  if (last) entries.push(["took", clock(last.time)]);
  const summary = parsed(await fs.readFile(folder.file("summary.json"), "utf8").catch(() => ""));
  if (typeof summary?.samplesPerSecond === "number") {
    entries.push(["speed", `${count(summary.samplesPerSecond)} images/s`]);
  }
  if (typeof summary?.parameters === "number") entries.push(["parameters", count(summary.parameters)]);
  return entries;
}

/** A JSON object; null for what is none, such as a line that was cut short. */
function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
