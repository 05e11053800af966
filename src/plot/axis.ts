// Axes: where values lie between 0 and 1, and the round numbers to mark. Knows no pixels.

/** A mark of an axis. */
export interface Tick {
  /** Where it lies, 0 … 1. */
  readonly at: number;
  readonly label: string;
}

/** An axis from `low` to `high`. */
export interface Axis {
  /** Where a value lies; 0 at the low end, 1 at the high one. */
  readonly at: (value: number) => number;
  readonly ticks: readonly Tick[];
}

/** What an axis is made for. */
export interface AxisOptions {
  /** Marks to aim at. Default 5. */
  readonly count?: number;
  /** Whole numbers alone. */
  readonly whole?: boolean;
  /** Labels as shares in per cent. */
  readonly percent?: boolean;
  /** No value is below or above. */
  readonly least?: number;
  readonly most?: number;
}

/** Values that lie further apart than this need powers of ten. */
const widestLinear = 40;

/** A linear axis around the finite values. */
export function linearAxis(values: readonly number[], options: AxisOptions = {}): Axis {
  const { count = 5, whole = false, percent = false, least, most } = options;
  const finite = values.filter(Number.isFinite);
  let [low, high] = finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
  if (whole) {
    if (low === high) [low, high] = [low - 1, high + 1];
  } else {
    const pad = (high - low) * 0.05 || Math.abs(high) * 0.1 || 1;
    [low, high] = [Math.max(low - pad, least ?? -Infinity), Math.min(high + pad, most ?? Infinity)];
  }
  const step = roundStep((high - low) / count, whole ? 1 : 0);
  const decimals = Math.max(0, -Math.floor(Math.log10(percent ? step * 100 : step) + 1e-9));
  const ticks: Tick[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    const value = i * step;
    const label = percent ? `${(value * 100).toFixed(decimals)}%` : number(value, decimals);
    ticks.push({ at: (value - low) / (high - low), label });
  }
  return { at: (value) => (value - low) / (high - low), ticks };
}

/** An axis for values above 0: of powers of ten where they lie far apart, else linear. */
export function lossAxis(values: readonly number[]): Axis {
  const finite = values.filter((value) => Number.isFinite(value) && value > 0);
  const [least, largest] = [Math.min(...finite), Math.max(...finite)];
  if (finite.length === 0 || largest / least < widestLinear) return linearAxis(values, { least: 0 });
  return powersAxis(Math.log10(least) - 0.1, Math.log10(largest) + 0.1);
}

/** An axis of powers of ten from the least to the largest of the values above 0; `marked` are values to mark in the place of round ones. */
export function logAxis(values: readonly number[], marked?: readonly number[]): Axis {
  const logs = values.filter((value) => Number.isFinite(value) && value > 0).map(Math.log10);
  const [least, largest] = logs.length > 0 ? [Math.min(...logs), Math.max(...logs)] : [0, 1];
  const axis = least < largest ? powersAxis(least, largest) : powersAxis(least - 0.5, largest + 0.5);
  if (!marked) return axis;
  const ticks = marked.map((value) => ({ at: axis.at(value), label: String(value) }));
  return { ...axis, ticks: ticks.filter(({ at }) => at >= 0 && at <= 1) };
}

/** An axis from 10^low to 10^high. */
function powersAxis(low: number, high: number): Axis {
  const marks = high - low > 3 ? [1] : high - low > 1.8 ? [1, 3] : [1, 2, 5];
  const ticks: Tick[] = [];
  const every = Math.max(1, Math.round((high - low) / 6));
  for (let power = Math.floor(low); power <= high; power++) {
    if (power % every !== 0) continue;
    for (const mark of marks) {
      const log = power + Math.log10(mark);
      if (log < low - 1e-9 || log > high + 1e-9) continue;
      ticks.push({ at: (log - low) / (high - low), label: number(mark * 10 ** power, Math.max(0, -power)) });
    }
  }
  const at = (value: number) => (value > 0 ? (Math.log10(value) - low) / (high - low) : 0);
  return { at, ticks };
}

/** The nearest of 1, 2, 5, 10 … times a power of ten by its ratio, and at least `least`. */
function roundStep(rough: number, least: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / power;
  const step = factor >= Math.sqrt(50) ? 10 : factor >= Math.sqrt(10) ? 5 : factor >= Math.SQRT2 ? 2 : 1;
  return Math.max(least, step * power);
}

/** A number as people write it, with powers of ten where zeros would be many. */
function number(value: number, decimals: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e5)) {
    return value.toExponential(
      Number((size / 10 ** Math.floor(Math.log10(size))).toFixed(1)) % 1 === 0 ? 0 : 1,
    );
  }
  return value.toFixed(Math.min(decimals, 6));
}
