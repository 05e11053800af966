// Curves over the steps of a run, of bounded size however long the run is. Plain data, for the server and the page alike.

/** A curve set as plain JSON. */
export interface SeriesState {
  readonly every: number;
  readonly steps: readonly number[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
}

/**
 * Named columns of numbers by step, with at most `capacity` rows. When they are full, each row comes to stand for twice as many steps, with their mean: a run of
 * any length keeps between half its capacity and all of it. Numbers that are not finite are null, and count for nothing in a mean.
 */
export class Series {
  readonly capacity: number;
  /** Steps that a row stands for. */
  every = 1;
  /** The last step of each row. */
  steps: number[] = [];
  readonly columns = new Map<string, (number | null)[]>();
  /** Steps that are in the last row so far. */
  #open = 0;

  constructor(capacity = 4096) {
    this.capacity = capacity;
  }

  static from({ every, steps, columns }: SeriesState, capacity?: number): Series {
    const series = new Series(capacity);
    series.every = every;
    series.steps = [...steps];
    for (const [name, values] of Object.entries(columns)) series.columns.set(name, [...values]);
    const last = steps.at(-1);
    if (last !== undefined) series.#open = ((last - 1) % every) + 1;
    return series;
  }

  get length(): number {
    return this.steps.length;
  }

  /** Adds the numbers of a step, counted from 1 over the whole run; steps come in order. Columns that are not given have none. */
  add(step: number, row: Readonly<Record<string, number | null>>): void {
    const last = this.steps.at(-1);
    if (last !== undefined && this.#bucket(last) === this.#bucket(step)) {
      for (const [name, value] of Object.entries(row)) {
        const column = this.#column(name);
        column[column.length - 1] = mixed(column.at(-1) ?? null, this.#open, finite(value), 1);
      }
      this.steps[this.steps.length - 1] = step;
      this.#open++;
      return;
    }
    if (this.steps.length >= this.capacity) {
      this.#halve();
      this.add(step, row);
      return;
    }
    for (const name of Object.keys(row)) this.#column(name);
    for (const [name, column] of this.columns) column.push(finite(row[name]));
    this.steps.push(step);
    this.#open = 1;
  }

  /** Drops what came after a step. */
  truncate(lastStep: number): void {
    const kept = this.steps.findIndex((step) => step > lastStep);
    if (kept < 0) return;
    this.steps.length = kept;
    for (const column of this.columns.values()) column.length = kept;
    this.#open = this.every; // what the last row holds is all that it will
  }

  toJSON(): SeriesState {
    return { every: this.every, steps: this.steps, columns: Object.fromEntries(this.columns) };
  }

  #bucket(step: number): number {
    return Math.floor((step - 1) / this.every);
  }

  #column(name: string): (number | null)[] {
    let column = this.columns.get(name);
    if (!column) {
      column = new Array<number | null>(this.steps.length).fill(null);
      this.columns.set(name, column);
    }
    return column;
  }

  #halve(): void {
    this.every *= 2;
    const { steps } = this;
    let rows = 0;
    for (let i = 0; i < steps.length; i++) {
      const joins = rows > 0 && this.#bucket(steps[rows - 1]!) === this.#bucket(steps[i]!);
      if (!joins) rows++;
      steps[rows - 1] = steps[i]!;
      for (const column of this.columns.values()) {
        column[rows - 1] = joins ? mixed(column[rows - 1]!, 1, column[i]!, 1) : column[i]!;
      }
    }
    steps.length = rows;
    for (const column of this.columns.values()) column.length = rows;
    this.#open = ((steps.at(-1)! - 1) % this.every) + 1;
  }
}

function finite(value: number | null | undefined): number | null {
  return value !== undefined && value !== null && Number.isFinite(value) ? value : null;
}

function mixed(a: number | null, weightOfA: number, b: number | null, weightOfB: number): number | null {
  if (a === null || b === null) return a ?? b;
  return (a * weightOfA + b * weightOfB) / (weightOfA + weightOfB);
}
