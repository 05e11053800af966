// A sweep on disk: what it is (sweep.json) and what its trials came to (trials.csv), each replaced as a whole, with a folder for each trial beside them.
import fs from "node:fs/promises";
import path from "node:path";
import { FormatError, FoveaError } from "../base/errors.ts";
import { parseCsv } from "../data/csv.ts";
import { newFolder, writeAtomically } from "../train/runFolder.ts";
import type { PlannedTrial } from "../train/sweep/plan.ts";
import type { SweepValue } from "../train/sweep/space.ts";

/** What a sweep is: options as they are written on the command line, and how the trials are chosen. */
export interface SweepSettings {
  /** Options of fovea train that are the same for all trials. */
  readonly options: Readonly<Record<string, string>>;
  /** Options that vary: ranges and choices. */
  readonly space: Readonly<Record<string, string>>;
  readonly search: "random" | "grid";
  /** Number of trials; a grid has as many as it has combinations. */
  readonly trials: number;
  readonly prune: "none" | "median";
}

/** How a trial may end, the best way first. */
export const states = ["finished", "pruned", "failed"] as const;

/** What a trial came to. */
export interface TrialResult {
  readonly number: number;
  readonly state: (typeof states)[number];
  readonly values: Readonly<Record<string, SweepValue>>;
  /** Best accuracy on the validation pictures; null where the trial failed. */
  readonly accuracy: number | null;
  readonly bestEpoch: number;
  /** Epochs done. */
  readonly epochs: number;
  readonly seconds: number;
  /** Why it failed. */
  readonly reason: string;
}

/** Version of what sweep.json holds. */
const format = 1;
const resultColumns = ["best_accuracy", "best_epoch", "epochs_done", "seconds", "reason"] as const;

/** The folder of one sweep. */
export class SweepFolder {
  readonly path: string;

  private constructor(folder: string) {
    this.path = folder;
  }

  /** Makes `<project>/sweep/<name>`, with a number behind the name where that is taken. */
  static async create(project: string, name: string): Promise<SweepFolder> {
    return new SweepFolder(await newFolder(path.join(project, "sweep"), name));
  }

  /** The folder of an earlier sweep, or a file in it; throws FoveaError where there is none. */
  static async open(where: string): Promise<SweepFolder> {
    for (const folder of [where, path.dirname(where)]) {
      const found = await fs.stat(path.join(folder, "sweep.json")).then(
        (stat) => stat.isFile(),
        () => false,
      );
      if (found) return new SweepFolder(path.normalize(folder));
    }
    throw new FoveaError(
      `no sweep at ${where}: sweep.json was not found there; give the folder of a sweep, such as runs/sweep/sweep`,
    );
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    await writeAtomically(this.file(name), content);
  }

  async saveSettings(settings: SweepSettings): Promise<void> {
    await this.write("sweep.json", `${JSON.stringify({ format, ...settings }, null, 2)}\n`);
  }

  /** Throws FormatError where sweep.json is not what `saveSettings` writes. */
  async settings(): Promise<SweepSettings> {
    const file = this.file("sweep.json");
    const found = parsed(await fs.readFile(file, "utf8"), file);
    const isText = (value: unknown) =>
      typeof value === "object" &&
      value !== null &&
      Object.values(value).every((text) => typeof text === "string");
    const { options, space, search, trials, prune } = found as unknown as SweepSettings;
    const fits =
      isText(options) &&
      isText(space) &&
      (search === "random" || search === "grid") &&
      Number.isInteger(trials) &&
      (prune === "none" || prune === "median");
    if (found.format !== format || !fits) {
      throw new FormatError(`this is no sweep of format ${format}; start a new sweep`, { file });
    }
    return { options, space, search, trials, prune };
  }

  /** Replaces trials.csv. */
  async saveResults(names: readonly string[], results: readonly TrialResult[]): Promise<void> {
    const rows = results.map((result) => [
      result.number,
      result.state,
      ...names.map((name) => result.values[name]!),
      result.accuracy ?? "",
      result.bestEpoch,
      result.epochs,
      result.seconds,
      result.reason,
    ]);
    const lines = [["trial", "state", ...names, ...resultColumns], ...rows].map((row) =>
      row.map(field).join(),
    );
    await this.write("trials.csv", `${lines.join("\n")}\n`);
  }

  /** The trials that have ended. Throws FormatError where trials.csv does not belong to the plan. */
  async results(plan: readonly PlannedTrial[]): Promise<TrialResult[]> {
    const file = this.file("trials.csv");
    const content = await fs.readFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    const [, ...rows] = parseCsv(content, { file });
    return rows.map(({ line, fields }) => {
      const [number, state, ...rest] = fields;
      if (!states.some((known) => known === state)) {
        throw new FormatError(`line ${line}: there is no state "${state}"; known are ${states.join(", ")}`, {
          file,
        });
      }
      const values = plan[Number(number) - 1]?.values;
      const own = values && Object.values(values).map(String);
      if (!values || own!.join() !== rest.slice(0, own!.length).join()) {
        throw new FormatError(
          `line ${line}: trial ${number} of sweep.json has other values; one of the two files was changed, or another version of Fovea wrote them`,
          { file },
        );
      }
      const [accuracy, bestEpoch, epochs, seconds, reason = ""] = rest.slice(own!.length);
      return {
        number: Number(number),
        state: state as TrialResult["state"],
        values,
        accuracy: accuracy === "" ? null : Number(accuracy),
        bestEpoch: Number(bestEpoch),
        epochs: Number(epochs),
        seconds: Number(seconds),
        reason,
      };
    });
  }
}

/** Name of a trial's folder. */
export function trialName(number: number): string {
  return `trial-${String(number).padStart(3, "0")}`;
}

function parsed(text: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through to the error for anything that is no object.
  }
  throw new FormatError("this is no JSON object; start a new sweep", { file });
}

/** A field of a table, in quotes where it holds what separates fields. */
function field(value: SweepValue): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
