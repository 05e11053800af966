// `fovea data list`: the data sets that are known by name, and where they are on this machine.
import { OptionError } from "../base/errors.ts";
import { findSet } from "../data/publicSet.ts";
import { cacheFolder } from "./cache.ts";
import { command, jsonOption } from "./command.ts";
import { dataSets } from "./datasets.ts";
import { bytes, count, style, type Terminal } from "./terminal.ts";

/** One data set, as --json tells it. */
interface Row {
  readonly name: string;
  readonly summary: string;
  readonly train: number;
  readonly test: number;
  readonly shape: readonly number[];
  readonly classes: number;
  /** Size of a download. */
  readonly bytes: number;
  /** Folder or archive where it was found; null where it has to be got first. */
  readonly path: string | null;
  readonly get: string;
}

/** The command. */
export const dataList = command({
  name: "data list",
  summary: "Show the data sets that are known by name, and where they are here.",
  usage: "data list [options]",
  notes: [
    "A data set is looked for in the cache ($XDG_CACHE_HOME/fovea, by default ~/.cache/fovea), then in installed packages that carry it. Nothing is downloaded.",
  ],
  examples: ["fovea data list", "fovea data list --json"],
  options: jsonOption,
  run: async ({ values, operands }, { out }) => {
    if (operands.length > 0) throw new OptionError(`data list takes no names; got ${operands.join(" ")}`);
    const rows = listed();
    if (values.json) out.write(`${JSON.stringify(rows)}\n`);
    else out.write(table(rows, out));
    return 0;
  },
});

function listed(): Row[] {
  const cache = cacheFolder();
  const entries = [...dataSets].filter(([name, { set }]) => name === set.name);
  return entries.map(([name, { set, summary }]) => ({
    name,
    summary,
    ...set.counts,
    shape: set.sampleShape,
    classes: set.classes.length,
    bytes: set.files.reduce((sum, file) => sum + file.bytes, 0),
    path: findSet(set, ["train", "test"], { cache })?.path ?? null,
    get: `fovea data get ${name}`,
  }));
}

function table(rows: readonly Row[], out: Terminal): string {
  const cells = rows.map((row) => [
    row.name,
    `${count(row.train)} + ${count(row.test)}`,
    row.shape.join("×"),
    String(row.classes),
    bytes(row.bytes),
  ]);
  const titles = ["name", "train + test", "shape", "classes", "download"];
  const widths = titles.map((title, i) => Math.max(title.length, ...cells.map((line) => line[i]!.length)));
  const line = (texts: readonly string[], last: string): string =>
    `${texts.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join("  ")}  ${last}\n`;
  const lines = rows.map(({ path, get }, i) =>
    line(cells[i]!, path ?? style(out, "dim", `not here: ${get}`)),
  );
  return [style(out, "bold", line(titles, "where").trimEnd()), "\n", ...lines].join("");
}
