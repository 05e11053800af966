// Benchmark "startup": fresh processes, each timed from importing the library to the end of its first training step.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Machine, machine, machineLine } from "./machine.ts";
import { round, type Summary, summarise } from "./statistics.ts";

/** What one fresh process measured, in milliseconds since the import began. */
export interface FirstStep {
  /** The library is imported. */
  readonly imported: number;
  /** Loss and new parameters of the first step are computed. */
  readonly firstStep: number;
}

/** Milliseconds over the processes; `milliseconds` is the median of the whole way. */
export interface StartupResult {
  readonly milliseconds: number;
  readonly import: Summary;
  readonly firstStep: Summary;
  readonly runs: number;
  readonly machine: Machine;
}

const run = promisify(execFile);

/** Starts so many processes one after the other. */
export async function startup(runs: number): Promise<StartupResult> {
  const before = machine();
  const script = fileURLToPath(new URL("ours/first_step.js", import.meta.url));
  const results: FirstStep[] = [];
  for (let i = 0; i < runs; i++) {
    const { stdout } = await run(process.execPath, [script]);
    results.push(JSON.parse(stdout));
  }
  const firstStep = summarise(results.map((r) => round(r.firstStep)));
  return {
    milliseconds: firstStep.median,
    import: summarise(results.map((r) => round(r.imported))),
    firstStep,
    runs,
    machine: before,
  };
}

/** The result for people. */
export function startupTable(result: StartupResult): string {
  const row = (name: string, { median, min, max }: Summary) =>
    `${name.padEnd(32)}${median.toFixed(0).padStart(6)} ms   (${min.toFixed(0)}–${max.toFixed(0)})`;
  return [
    machineLine(result.machine),
    `LeNet, batch 64, median of ${result.runs} fresh processes`,
    row("import", result.import),
    row("import to first finished step", result.firstStep),
  ].join("\n");
}
