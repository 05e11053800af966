// The folder of one run on disk: a name of its own, rows appended, files replaced as a whole. Node only; knows
// nothing of models and training.
import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import path from "node:path";
import { FoveaError, OptionError } from "../base/errors.ts";

/** Columns of `results.csv`. */
export const resultColumns = [
  "epoch",
  "time",
  "train/loss",
  "metrics/accuracy_top1",
  "metrics/accuracy_top5",
  "val/loss",
  "lr/pg0",
] as const;

/** One row of `results.csv`. */
export type ResultRow = Readonly<Record<(typeof resultColumns)[number], number>>;

/** A run's folder. */
export class RunFolder {
  readonly path: string;

  private constructor(folder: string) {
    this.path = folder;
  }

  /**
   * Makes `<project>/<task>/<name>`, or `<name>2`, `<name>3`, … where that is taken; with `existOk` the folder itself is
   * used again. Of two runs that start at once each gets a folder of its own.
   */
  static async create({
    project,
    task,
    name,
    existOk = false,
  }: {
    project: string;
    task: string;
    name: string;
    existOk?: boolean;
  }): Promise<RunFolder> {
    const folder = await newFolder(path.join(project, task), name, existOk);
    await fs.mkdir(path.join(folder, "weights"), { recursive: true });
    return new RunFolder(folder);
  }

  /** The folder of an earlier run: the path itself or a file in it, such as `weights/last.safetensors`. */
  static async open(where: string): Promise<RunFolder> {
    for (const folder of [where, path.dirname(where), path.dirname(path.dirname(where))]) {
      if (await isFile(path.join(folder, "args.yaml"))) return new RunFolder(path.normalize(folder));
    }
    throw new FoveaError(
      `no run at ${where}: args.yaml was not found there; give the folder of a run, such as runs/classify/train`,
    );
  }

  file(...parts: string[]): string {
    return path.join(this.path, ...parts);
  }

  /** Where the run's whole states are kept. */
  get checkpoints(): string {
    return this.file("checkpoints");
  }

  /** Starts `results.csv` anew with the rows that are given as lines. */
  async startResults(lines: readonly string[] = []): Promise<void> {
    await this.write("results.csv", `${[resultColumns.join(), ...lines].join("\n")}\n`);
  }

  /** Adds a row to `results.csv`. */
  async appendResult(row: ResultRow): Promise<void> {
    const line = resultColumns.map((column) => String(Number(row[column].toPrecision(7)))).join();
    await fs.appendFile(this.file("results.csv"), `${line}\n`);
  }

  /** Drops the rows after an epoch, which a run that goes on from there will write again. */
  async keepResults(lastEpoch: number): Promise<void> {
    const text = await fs.readFile(this.file("results.csv"), "utf8").catch(() => "");
    const rows = text
      .split("\n")
      .slice(1)
      .filter((line) => line !== "" && Number.parseInt(line, 10) <= lastEpoch);
    await this.startResults(rows);
  }

  /** The rows of `results.csv`, whole ones alone. */
  async results(): Promise<ResultRow[]> {
    const text = await fs.readFile(this.file("results.csv"), "utf8").catch(() => "");
    const rows = text
      .split("\n")
      .slice(1)
      .map((line) => line.split(",").map(Number))
      .filter((values) => values.length === resultColumns.length);
    return rows.map(
      (row) => Object.fromEntries(resultColumns.map((name, i) => [name, row[i]!])) as ResultRow,
    );
  }

  /** Writes a file of the folder as a whole: readers see the old content or the new one, never a part. */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    await writeAtomically(this.file(name), content);
  }
}

/**
 * Makes `<parent>/<name>`, or `<name>2`, `<name>3`, … where that is taken, and gives its path; with `existOk` the folder itself is used again. Throws OptionError
 * where `name` is not the name of one folder.
 */
export async function newFolder(parent: string, name: string, existOk = false): Promise<string> {
  if (name === "" || name === "." || name === ".." || /[/\\\0]/.test(name)) {
    throw new OptionError(`name must be the name of one folder; got ${JSON.stringify(name)}`);
  }
  await fs.mkdir(parent, { recursive: true });
  for (let i = 1; ; i++) {
    const folder = path.join(parent, i === 1 ? name : `${name}${i}`);
    if (await makeFolder(folder, existOk)) return folder;
  }
}

/** Replaces a file by way of a temporary one beside it; where that fails, the file is as it was. */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  try {
    const handle = await fs.open(
      temporary,
      constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY,
      0o666,
    );
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(temporary, file);
  } catch (error) {
    await fs.rm(temporary, { force: true }).catch(() => {});
    throw new FoveaError(
      `${file} could not be written (${reason(error)}); what was there before is unchanged`,
    );
  }
}

/** Plain YAML of one level: names and numbers as they are, other text quoted. */
export function toYaml(values: Readonly<Record<string, unknown>>): string {
  const plain = /^[A-Za-z_][\w./-]*$/;
  const reserved = /^(true|false|null|yes|no|on|off|y|n)$/i;
  const lines = Object.entries(values).map(([key, value]) => {
    const isPlain = typeof value !== "string" || (plain.test(value) && !reserved.test(value));
    return `${key}: ${isPlain ? String(value) : JSON.stringify(value)}\n`;
  });
  return lines.join("");
}

/** The values of `toYaml`'s text, as text where they were quoted or are no number, true, false or null. */
export function fromYaml(text: string): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const line of text.split("\n")) {
    const [, key, raw] = /^([\w-]+): (.*)$/.exec(line) ?? [];
    if (key !== undefined && raw !== undefined) values[key] = parsedValue(raw);
  }
  return values;
}

function parsedValue(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

async function makeFolder(folder: string, existOk: boolean): Promise<boolean> {
  try {
    await fs.mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return existOk && (await fs.stat(folder)).isDirectory();
  }
}

async function isFile(file: string): Promise<boolean> {
  return fs.stat(file).then(
    (stat) => stat.isFile(),
    () => false,
  );
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
