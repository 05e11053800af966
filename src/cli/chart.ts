// A curve in characters, for terminals and pipes.

/** How a chart is drawn. */
export interface ChartOptions {
  readonly width?: number;
  readonly height?: number;
  /** Draws with finer marks. */
  readonly hasUnicode?: boolean;
}

/**
 * Values from left to right, the largest at the top: lines of text with the largest and smallest value beside them. A column shows the mean of its values.
 */
export function chart(
  values: readonly number[],
  { width = 60, height = 12, hasUnicode = true }: ChartOptions = {},
): string {
  const columns = Math.min(width, values.length);
  const means = Array.from({ length: columns }, (_, i) => {
    const part = values.slice(
      Math.floor((i * values.length) / columns),
      Math.max(
        Math.floor((i * values.length) / columns) + 1,
        Math.floor(((i + 1) * values.length) / columns),
      ),
    );
    return part.reduce((a, b) => a + b, 0) / part.length;
  });
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const mark = hasUnicode ? "•" : "*";
  const rows = Array.from({ length: height }, () => Array.from({ length: columns }, () => " "));
  for (const [column, value] of means.entries()) {
    const share = high === low ? 0.5 : (value - low) / (high - low);
    rows[Math.round((1 - share) * (height - 1))]![column] = mark;
  }
  const labels = rows.map((_, i) => (i === 0 ? short(high) : i === height - 1 ? short(low) : ""));
  const margin = Math.max(...labels.map((label) => label.length));
  const bar = hasUnicode ? "│" : "|";
  return rows.map((row, i) => `${labels[i]!.padStart(margin)} ${bar}${row.join("").trimEnd()}`).join("\n");
}

function short(value: number): string {
  return Number(value.toPrecision(4)).toString();
}
