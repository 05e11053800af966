// Tables that name a file and its label in each row: CSV with a header, and metadata.jsonl as Hugging Face's image folders have it. Knows no file system.
import { FormatError, nearest } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { type CsvOptions, columnOf, parseCsv, textOf } from "./csv.ts";

/** A file with its label, and the line of the table that says so. */
export interface LabelledFile {
  /** The path as it is written, relative to the table. */
  readonly file: string;
  readonly label: string;
  readonly line: number;
}

/** Which columns hold what. */
export interface LabelTableOptions {
  /** Name of the table, for errors. */
  readonly file?: string | undefined;
  /** Column or key of the file's path. Default `file_name`. */
  readonly fileColumn?: string;
  /** Column or key of the label. Default `label`. */
  readonly labelColumn?: string;
}

const optionNames = ["file", "fileColumn", "labelColumn"] as const;

/**
 * The rows of a CSV table with a header, in their order; other columns may be there too. Throws FormatError, with the line, for a missing column (naming those
 * that are there), an empty file name or label, a file named twice, and what `parseCsv` refuses.
 */
export function csvLabels(
  content: string | Uint8Array,
  options: LabelTableOptions & CsvOptions = {},
): LabelledFile[] {
  checkOptions("csvLabels", options, [...optionNames, "delimiter"]);
  const { file, delimiter, fileColumn = "file_name", labelColumn = "label" } = options;
  const rows = parseCsv(content, { file, ...(delimiter !== undefined && { delimiter }) });
  const first = rows.next();
  if (first.done) {
    throw new FormatError(
      `csv: the table is empty; expected a header with ${fileColumn} and ${labelColumn}`,
      {
        file,
      },
    );
  }
  const { fields: header, line } = first.value;
  const fileAt = columnOf(header, fileColumn, { file, line });
  const labelAt = columnOf(header, labelColumn, { file, line });
  const table = new Table("csv", file);
  for (const { fields, line } of rows) {
    table.add({ file: fields[fileAt]!, label: fields[labelAt]!, line }, { fileColumn, labelColumn });
  }
  return table.rows;
}

/**
 * The lines of a metadata.jsonl, each a JSON object, in their order; other keys may be there too, and blank lines. Labels are texts, numbers or true and
 * false. Throws FormatError, with the line, for what is no JSON object, a missing key (naming those that are there), a label of another kind, and a file named twice.
 */
export function jsonlLabels(content: string | Uint8Array, options: LabelTableOptions = {}): LabelledFile[] {
  checkOptions("jsonlLabels", options, optionNames);
  const { file, fileColumn = "file_name", labelColumn = "label" } = options;
  const table = new Table("jsonl", file);
  for (const [i, text] of textOf(content, file)
    .split(/\r\n|\r|\n/)
    .entries()) {
    if (text.trim() === "") continue;
    const line = i + 1;
    const fail = (message: string): never => {
      throw new FormatError(`jsonl: line ${line}: ${message}`, { file });
    };
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      fail(`not JSON (${(error as Error).message})`);
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return fail(`expected an object with ${fileColumn} and ${labelColumn}`);
    }
    // Entries and a map: a key such as __proto__ is data like any other.
    const entries = new Map<string, unknown>(Object.entries(value));
    const read = (key: string): unknown => {
      if (entries.has(key)) return entries.get(key);
      const near = nearest(key, entries.keys());
      return fail(
        `there is no "${key}"${near === null ? "." : `; did you mean "${near}"?`} Keys: ${[...entries.keys()].join(", ")}`,
      );
    };
    const [name, label] = [read(fileColumn), read(labelColumn)];
    if (typeof name !== "string") return fail(`${fileColumn} is ${kindOf(name)}; expected a text`);
    if (typeof label !== "string" && typeof label !== "number" && typeof label !== "boolean") {
      return fail(`${labelColumn} is ${kindOf(label)}; expected a text or a number`);
    }
    table.add({ file: name, label: String(label), line }, { fileColumn, labelColumn });
  }
  return table.rows;
}

/** Rows as they are collected, and checked together. */
class Table {
  readonly rows: LabelledFile[] = [];
  readonly #format: string;
  readonly #file: string | undefined;
  readonly #lines = new Map<string, number>();

  constructor(format: string, file: string | undefined) {
    this.#format = format;
    this.#file = file;
  }

  add(row: LabelledFile, { fileColumn, labelColumn }: { fileColumn: string; labelColumn: string }): void {
    const { file, label, line } = row;
    const fail = (message: string): never => {
      throw new FormatError(`${this.#format}: line ${line}: ${message}`, { file: this.#file });
    };
    if (file === "") fail(`${fileColumn} is empty`);
    if (label === "") fail(`${labelColumn} is empty`);
    const before = this.#lines.get(file);
    if (before !== undefined) fail(`${JSON.stringify(file)} is in line ${before} already`);
    this.#lines.set(file, line);
    this.rows.push(row);
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
