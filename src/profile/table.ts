// A profile as text for people. Knows nothing of how it was measured.
import type { KernelProfile, Profile } from "./profile.ts";

/** Options of `profileTable`. */
export interface TableOptions {
  /** Most kernels that get a row, the slowest ones. Default: all. */
  readonly rows?: number;
}

/** The step in a few lines, then a table of its kernels, the slowest first. */
export function profileTable(
  profile: Profile,
  { rows = Number.POSITIVE_INFINITY }: TableOptions = {},
): string {
  const { stepMs, javascriptMs, threads, busyMs, waitingMs, compileMs, memory, roof } = profile;
  const ofStep = (ms: number) => `${ms.toFixed(3)} ms (${percent(ms / stepMs)})`;
  const slowest = profile.kernels.toSorted((a, b) => b.microseconds - a.microseconds);
  const shown = slowest.slice(0, rows);
  const left = slowest.slice(shown.length);
  const head = ["kernel", "time µs", "share", "GFLOP/s", "GB/s", "of roof"];
  const lines = [head, ...shown.map(row), ...(left.length > 0 ? [rest(left)] : [])];
  return [
    `step ${stepMs.toFixed(3)} ms, median of ${profile.steps}; JavaScript ${ofStep(javascriptMs)}${threads > 1 ? ", while other threads compute" : ""}`,
    `${threads} thread${threads === 1 ? "" : "s"}: ${busyMs.toFixed(3)} ms in kernels, ${waitingMs.toFixed(3)} ms without one`,
    `plan compiled in ${compileMs.toFixed(0)} ms; its buffers take ${mebibytes(memory.arenaBytes)}, one beside the other ${mebibytes(memory.sumBytes)}`,
    ...(roof ? [`roof of one thread: ${roof.gflops.toFixed(1)} GFLOP/s with ${roof.flavour}`] : []),
    "",
    ...align(lines),
  ].join("\n");
}

function row({ label, microseconds, share, gflops, gigabytesPerSecond, ofRoof }: KernelProfile): string[] {
  return [
    label,
    microseconds.toFixed(1),
    percent(share),
    gflops.toFixed(1),
    gigabytesPerSecond.toFixed(1),
    ofRoof === null ? "" : percent(ofRoof, 0),
  ];
}

function rest(kernels: readonly KernelProfile[]): string[] {
  const time = kernels.reduce((sum, k) => sum + k.microseconds, 0);
  const share = kernels.reduce((sum, k) => sum + k.share, 0);
  return [`${kernels.length} more`, time.toFixed(1), percent(share), "", "", ""];
}

/** Longest kernel name that is shown whole. */
const widest = 48;

/** Rows with their cells in columns, the first to the left. */
function align(rows: readonly (readonly string[])[]): string[] {
  const cut = rows.map(([name, ...cells]) => [
    name!.length > widest ? `${name!.slice(0, widest - 1)}…` : name!,
    ...cells,
  ]);
  const widths = cut[0]!.map((_, column) => Math.max(...cut.map((cells) => cells[column]!.length)));
  return cut.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]! + 2)))
      .join("")
      .trimEnd(),
  );
}

function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)}%`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
