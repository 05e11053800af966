// Tables as text: rows of comma-separated values, and numbers of pictures in them. Knows no file system.
// Source: RFC 4180, with any of its line ends, and blank lines left out.
import { allocate, type DType } from "../base/dtype.ts";
import { FormatError, nearest, OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import { ArrayDataset } from "./dataset.ts";

/** How a table is read. */
export interface CsvOptions {
  /** Name for errors. */
  readonly file?: string | undefined;
  /** One character between fields. Default a comma. */
  readonly delimiter?: string;
}

/** A row of a table, and the line in which it begins, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * The rows of a table. Fields in double quotes may hold delimiters, line ends, and quotes as `""`. Throws FormatError, with the line, for a
 * quote that is never closed, for text behind a closing one, for rows of different lengths, and for bytes that are not UTF-8.
 */
export function* parseCsv(content: string | Uint8Array, options: CsvOptions = {}): Generator<CsvRow, void> {
  checkOptions("parseCsv", options, ["file", "delimiter"]);
  const { file, delimiter = "," } = options;
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) {
    throw new OptionError(
      `parseCsv: delimiter is one character, neither quote nor line end; got ${JSON.stringify(delimiter)}`,
    );
  }
  const text = textOf(content, file);
  let width = -1;
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const start = line;
    const row = readRow(text, at, line, { delimiter, file });
    at = row.end;
    line = row.nextLine;
    if (row.fields.length === 1 && row.fields[0] === "" && !row.isQuoted) continue;
    if (width < 0) width = row.fields.length;
    if (row.fields.length !== width) {
      throw new FormatError(
        `csv: line ${start}: ${row.fields.length} fields; expected ${width}, as in the first row`,
        {
          file,
        },
      );
    }
    yield { line: start, fields: row.fields };
  }
}

/** Text of bytes in UTF-8, without a byte order mark; throws FormatError for other bytes. */
export function textOf(content: string | Uint8Array, file: string | undefined): string {
  if (typeof content === "string") return content.startsWith("\ufeff") ? content.slice(1) : content;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    throw new FormatError("the text is not UTF-8; save it as UTF-8 first", { file });
  }
}

interface Row {
  readonly fields: string[];
  readonly end: number;
  readonly nextLine: number;
  readonly isQuoted: boolean;
}

function readRow(
  text: string,
  start: number,
  line: number,
  { delimiter, file }: { delimiter: string; file: string | undefined },
): Row {
  const lineEnd = endOfLine(text, start);
  const whole = text.slice(start, lineEnd);
  if (!whole.includes('"')) {
    return {
      fields: whole.split(delimiter),
      end: afterLineEnd(text, lineEnd),
      nextLine: line + 1,
      isQuoted: false,
    };
  }
  const fail = (where: number, message: string): never => {
    throw new FormatError(`csv: line ${where}: ${message}`, { file });
  };
  const fields: string[] = [];
  let at = start;
  let now = line;
  for (;;) {
    if (text[at] === '"') {
      const opened = now;
      let field = "";
      let from = at + 1;
      for (;;) {
        const quote = text.indexOf('"', from);
        if (quote < 0) fail(opened, `the quote that opens field ${fields.length + 1} is never closed`);
        field += text.slice(from, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        field += '"';
        from = at + 1;
      }
      now += field.match(/\r\n|\r|\n/g)?.length ?? 0;
      fields.push(field);
      const next = text[at];
      if (next !== undefined && next !== delimiter && next !== "\r" && next !== "\n") {
        fail(
          now,
          `${JSON.stringify(next)} behind the closing quote of field ${fields.length}; expected ${JSON.stringify(delimiter)} or the line's end`,
        );
      }
    } else {
      let end = at;
      while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end++;
      const field = text.slice(at, end);
      if (field.includes('"')) {
        fail(now, `a quote inside of field ${fields.length + 1}, which does not begin with one`);
      }
      fields.push(field);
      at = end;
    }
    if (text[at] !== delimiter) {
      return { fields, end: afterLineEnd(text, at), nextLine: now + 1, isQuoted: true };
    }
    at++;
  }
}

/** Where the line ends that begins at `start`. Goes by characters: searches for one kind of line end could run far beyond another. */
function endOfLine(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) return at;
  }
  return text.length;
}

function afterLineEnd(text: string, at: number): number {
  return text[at] === "\r" && text[at + 1] === "\n" ? at + 2 : at + 1;
}

/** A column's place by its name in the header. Throws FormatError that lists the names that are there. */
export function columnOf(
  header: readonly string[],
  name: string,
  { file, line }: { file: string | undefined; line: number },
): number {
  const place = header.indexOf(name);
  if (place < 0) {
    const near = nearest(name, header);
    const shown =
      header.length > 12
        ? `${header.slice(0, 12).join(", ")} and ${header.length - 12} more`
        : header.join(", ");
    throw new FormatError(
      `csv: line ${line}: there is no column "${name}"${near === null ? "." : `; did you mean "${near}"?`} Columns: ${shown}`,
      { file },
    );
  }
  if (header.indexOf(name, place + 1) >= 0) {
    throw new FormatError(`csv: line ${line}: two columns are named "${name}"`, { file });
  }
  return place;
}

/** How a table of labels and numbers becomes a data set. */
export interface CsvDatasetOptions extends CsvOptions {
  /** Column of the labels: its name, or its place from 0. Default 0. */
  readonly label?: string | number;
  /** Whether the first row names the columns; by default it does where one of its other fields is no number. */
  readonly header?: boolean;
  /** Shape of a sample. Default `[columns]`, without the label's. */
  readonly shape?: Shape;
  /** Element type: `uint8` (default) takes whole numbers 0 … 255, `float32` all numbers. */
  readonly dtype?: DType & ("uint8" | "float32");
  /**
   * Names of the classes. By default labels that are all whole numbers from 0 on are class indices, and others are names, whose order is that
   * of their characters.
   */
  readonly classes?: readonly string[];
}

/**
 * A data set of a table with a label and numbers in each row, such as `label,pixel0,pixel1,…`. Throws FormatError that names line and column for what is
 * no number or outside its type, for a label that is no class, and where shape and number of columns differ.
 */
export function csvDataset(content: string | Uint8Array, options: CsvDatasetOptions = {}): ArrayDataset {
  checkOptions("csvDataset", options, ["file", "delimiter", "label", "header", "shape", "dtype", "classes"]);
  const { file, delimiter, label = 0, dtype = "uint8", classes } = options;
  if (dtype !== "uint8" && dtype !== "float32") {
    throw new OptionError(`csvDataset: dtype is uint8 or float32; got ${String(dtype)}`);
  }
  const labels: { readonly line: number; readonly text: string }[] = [];
  const samples: (Uint8Array | Float32Array)[] = [];
  let header: readonly string[] | null = null;
  let labelAt = -1;
  for (const { line, fields } of parseCsv(content, { file, ...(delimiter !== undefined && { delimiter }) })) {
    if (labelAt < 0) {
      const place = typeof label === "number" ? label : -1;
      const hasHeader =
        options.header ??
        (typeof label === "string" || fields.some((field, i) => i !== place && !isNumber(field)));
      if (typeof label === "string") {
        if (!hasHeader)
          throw new OptionError("csvDataset: label is a column's place where header is false, such as 0");
        labelAt = columnOf(fields, label, { file, line });
      } else if (Number.isInteger(label) && label >= 0 && label < fields.length) labelAt = label;
      else {
        throw new OptionError(
          `csvDataset: label column ${label} is outside 0 to ${fields.length - 1}, the columns of ${file ?? "the table"}`,
        );
      }
      checkWidth(fields.length - 1, options.shape, line, file);
      if (hasHeader) {
        header = fields;
        continue;
      }
    }
    labels.push({ line, text: fields[labelAt]! });
    samples.push(numbersOf(fields, { labelAt, dtype, header, line, file }));
  }
  const columns = samples[0]?.length ?? (header ? header.length - 1 : 0);
  const shape = options.shape ?? [columns];
  const data = allocate(dtype, samples.length * columns);
  for (const [i, sample] of samples.entries()) data.set(sample, i * columns);
  const found = classesOf(labels, classes, file);
  return new ArrayDataset({ data, sampleShape: shape, dtype, ...found });
}

function checkWidth(columns: number, shape: Shape | undefined, line: number, file: string | undefined): void {
  if (shape === undefined || sizeOf(shape) === columns) return;
  throw new FormatError(
    `csv: line ${line}: shape [${shape.join(", ")}] needs ${sizeOf(shape)} columns beside the label; got ${columns}`,
    { file },
  );
}

function numbersOf(
  fields: readonly string[],
  {
    labelAt,
    dtype,
    header,
    line,
    file,
  }: {
    labelAt: number;
    dtype: "uint8" | "float32";
    header: readonly string[] | null;
    line: number;
    file: string | undefined;
  },
): Uint8Array | Float32Array {
  const numbers = dtype === "uint8" ? new Uint8Array(fields.length - 1) : new Float32Array(fields.length - 1);
  let k = 0;
  for (let i = 0; i < fields.length; i++) {
    if (i === labelAt) continue;
    const field = fields[i]!;
    const value = field === "" ? Number.NaN : Number(field);
    const fits = dtype === "uint8" ? value >= 0 && value <= 255 && Number.isInteger(value) : isNumber(field);
    if (!fits) {
      const name = header ? `"${header[i]}"` : String(i);
      const rule =
        dtype === "uint8"
          ? 'a whole number from 0 to 255; for others give dtype: "float32"'
          : "a finite number";
      throw new FormatError(
        `csv: line ${line}, column ${name}: ${JSON.stringify(shortened(field))} is not ${rule}`,
        {
          file,
        },
      );
    }
    numbers[k++] = value;
  }
  return numbers;
}

function classesOf(
  labels: readonly { readonly line: number; readonly text: string }[],
  given: readonly string[] | undefined,
  file: string | undefined,
): { labels: Int32Array; classes: readonly string[] } {
  const areNumbers = labels.every(({ text }) => /^\d{1,9}$/.test(text));
  const distinct = [...new Set(labels.map(({ text }) => text))];
  const largest = areNumbers ? labels.reduce((most, { text }) => Math.max(most, Number(text)), -1) : -1;
  const classes =
    given ?? (areNumbers ? Array.from({ length: largest + 1 }, (_, i) => String(i)) : distinct.sort());
  const indexOf = new Map(classes.map((name, i) => [name, i]));
  const indices = labels.map(({ line, text }) => {
    const index =
      indexOf.get(text) ?? (areNumbers && Number(text) < classes.length ? Number(text) : undefined);
    if (index !== undefined) return index;
    throw new FormatError(
      `csv: line ${line}: label ${JSON.stringify(shortened(text))} is no class; known are ${classes.slice(0, 12).join(", ")}`,
      { file },
    );
  });
  return { labels: Int32Array.from(indices), classes };
}

function isNumber(field: string): boolean {
  return field.trim() !== "" && Number.isFinite(Number(field));
}

function shortened(field: string): string {
  return field.length > 40 ? `${field.slice(0, 40)}…` : field;
}
