// A summary as text for people. Knows nothing of how it was found.

import { formatShape } from "../base/shape.ts";
import type { FieldAxis } from "./receptiveField.ts";
import type { Summary, SummaryRow, SummaryTotals } from "./summary.ts";

/** The model in a table, a row for each call, and its sums below. */
export function summaryTable({ inputs, rows, totals }: Summary): string {
  const head = ["layer", "output", "parameters", "multiply-adds", "memory", "field", "jump", "centre"];
  const cells = rows.map((row, i) => cellsOf(row, parentPath(rows, i)));
  const shapes = inputs.map(({ shape, dtype }) => `${dtype} ${formatShape(shape)}`).join(", ");
  return [`input ${shapes}`, "", ...align([head, ...cells]), "", ...sums(totals)].join("\n");
}

function cellsOf(row: SummaryRow, around: string): string[] {
  const { path, name, depth, call, outputs, multiplyAdds, bytes } = row;
  const short = around !== "" && path.startsWith(`${around}.`) ? path.slice(around.length + 1) : path;
  const layer = `${"  ".repeat(depth)}${short === "" ? name : `${short} ${name}`}${call > 1 ? ` (call ${call})` : ""}`;
  if (call === 0) return [layer, "not called", parameterCell(row), "", "", "", "", ""];
  const axes = row.field?.axes ?? [];
  // Of several inputs the first that the layer depends on.
  const own = axes.filter(({ input }) => input === axes[0]!.input);
  const moves = own.some(({ jump }) => jump > 0);
  return [
    layer,
    outputs.map(formatShape).join(" "),
    parameterCell(row),
    multiplyAdds > 0 ? commas(multiplyAdds) : "",
    memory(bytes),
    perAxis(own, ({ field }) => field),
    moves ? perAxis(own, ({ jump }) => jump) : "",
    moves ? perAxis(own, ({ centre }) => centre) : "",
  ];
}

function parameterCell({ parameters, trainable, shared }: SummaryRow): string {
  const count = parameters > 0 ? commas(parameters) : "";
  const frozen = trainable === parameters ? "" : trainable === 0 ? "frozen" : "partly frozen";
  return [count, frozen, shared ? "shared" : ""].filter((part) => part !== "").join(" ");
}

/** One number where all axes agree, as they do for square kernels, else one for each. */
function perAxis(axes: readonly FieldAxis[], value: (axis: FieldAxis) => number): string {
  const values = axes.map((axis) => String(Number(value(axis).toFixed(2))));
  return new Set(values).size === 1 ? values[0]! : values.join("×");
}

function sums(totals: SummaryTotals): string[] {
  const { parameters, trainable, frozen, parameterBytes, multiplyAdds, inputBytes } = totals;
  const kinds = frozen === 0 ? "all trainable" : `${commas(trainable)} trainable, ${commas(frozen)} frozen`;
  const lines = [
    ["parameters", `${commas(parameters)}, ${kinds}: ${memory(parameterBytes)}`],
    ["multiply-adds", commas(multiplyAdds)],
    ["input", memory(inputBytes)],
    ["activations", `${memory(totals.activationBytes)} in the outputs of all layers`],
    ...(totals.passBytes === null
      ? []
      : [["one pass", `${memory(totals.passBytes)} at once, fused, without gradients`]]),
  ];
  return lines.map(([name, text]) => `${name!.padEnd(15)}${text}`);
}

/** The path of the row that a row lies in. */
function parentPath(rows: readonly SummaryRow[], place: number): string {
  const { depth } = rows[place]!;
  return rows.slice(0, place).findLast((row) => row.depth < depth)?.path ?? "";
}

/** Rows with their cells in columns, layer and output to the left, numbers to the right. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}

function commas(value: number): string {
  return value.toLocaleString("en-US");
}

function memory(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const power = Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 2 ** (10 * power)).toFixed(1)} ${["B", "KiB", "MiB", "GiB"][power]}`;
}
