// The typed errors of the library; every message says what was asked, which rule broke, and the way out.

/** Base class of every error that the library throws on purpose. */
export class FoveaError extends Error {
  override name = "FoveaError";
}

/** Sizes, ranks or axes that do not fit an op. */
export class ShapeError extends FoveaError {
  override name = "ShapeError";
}

/** An element type that an op does not take. */
export class DTypeError extends FoveaError {
  override name = "DTypeError";
}

/** A derivative that was asked for and does not exist. */
export class GradError extends FoveaError {
  override name = "GradError";
}

/** An option outside its rule: unknown name, wrong range, contradiction. */
export class OptionError extends FoveaError {
  override name = "OptionError";
}

/** Something that a backend can't do; names backend, op and reason. */
export class UnsupportedError extends FoveaError {
  override name = "UnsupportedError";
}

/** A value that is no longer there, because a parameter it depends on was updated in place. */
export class StaleError extends FoveaError {
  override name = "StaleError";
}

/** A file whose bytes break its format's rules. */
export class FormatError extends FoveaError {
  override name = "FormatError";
  /** The file's name, where one is known. */
  readonly file: string | undefined;
  /** Where in the file the rule is broken, in bytes from its start, where that can be told. */
  readonly offset: number | undefined;

  constructor(
    message: string,
    { file, offset }: { file?: string | undefined; offset?: number | undefined } = {},
  ) {
    super(file === undefined ? message : `${file}: ${message}`);
    this.file = file;
    this.offset = offset;
  }
}

/** A worker thread that died, hung or reported a failure; the run that it belonged to gave no result. */
export class WorkerError extends FoveaError {
  override name = "WorkerError";
}

/** The name among `known` that is nearest to `name` by edit distance, or null when none is near. */
export function nearest(name: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance with transposition of neighbours counted as one edit. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, rows[i - 2]![j - 2]! + 1);
      }
      row.push(cost);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
