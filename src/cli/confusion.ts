// A confusion matrix as text: an aligned table with class names, shaded where the terminal has colours.
import { count, percent, style, type Terminal } from "./terminal.ts";

/** How many pairs are listed where the table has no room. */
const listed = 10;

/**
 * Rows are true classes, columns predictions; the last column is the share of the row that is right. Where the table is
 * wider than the terminal, the commonest confusions are listed instead. `confusion` is row-major `[true, predicted]`.
 */
export function confusionTable(
  confusion: ArrayLike<number>,
  classes: readonly string[],
  terminal: Terminal,
): string {
  const n = classes.length;
  const at = (i: number, j: number): number => confusion[i * n + j]!;
  const labelWidth = Math.max(...classes.map((name) => name.length), "true".length);
  const largest = Math.max(...Array.from(confusion));
  const cellWidth = Math.max(...classes.map((name) => name.length), String(largest).length) + 2;
  if (labelWidth + n * cellWidth + 10 > terminal.columns) return confusionList(confusion, classes);

  const head = `${"true".padStart(labelWidth)} ${classes.map((name) => name.padStart(cellWidth)).join("")}${"recall".padStart(9)}`;
  const lines = [style(terminal, "bold", head)];
  for (const [i, name] of classes.entries()) {
    let total = 0;
    for (let j = 0; j < n; j++) total += at(i, j);
    const cells = classes.map((_, j) => {
      const value = at(i, j);
      const cell = (value === 0 ? "." : String(value)).padStart(cellWidth);
      return terminal.hasColour ? shaded(cell, total === 0 ? 0 : value / total, i === j) : cell;
    });
    const recall = total === 0 ? "-" : percent(at(i, i) / total);
    lines.push(`${name.padStart(labelWidth)} ${cells.join("")}${recall.padStart(9)}`);
  }
  return lines.join("\n");
}

/** Steps of the 256-colour palette from faint to strong: right answers green, wrong ones red. */
const greens = [22, 28, 34] as const;
const reds = [52, 88, 124] as const;

function shaded(cell: string, share: number, isRight: boolean): string {
  if (share === 0) return `\x1b[2m${cell}\x1b[0m`;
  const steps = isRight ? greens : reds;
  const limits = isRight ? [0.8, 0.97] : [0.005, 0.03];
  const level = share < limits[0]! ? 0 : share < limits[1]! ? 1 : 2;
  return `\x1b[48;5;${steps[level]};38;5;231m${cell}\x1b[0m`;
}

function confusionList(confusion: ArrayLike<number>, classes: readonly string[]): string {
  const n = classes.length;
  const pairs: { times: number; text: string }[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const times = confusion[i * n + j]!;
      if (i !== j && times > 0)
        pairs.push({ times, text: `${classes[i]} taken for ${classes[j]}: ${count(times)}` });
    }
  }
  if (pairs.length === 0) return "no confusions";
  const most = pairs.sort((a, b) => b.times - a.times).slice(0, listed);
  return ["commonest confusions", ...most.map(({ text }) => `  ${text}`)].join("\n");
}
