// What a figure was measured on: processor, cores, load, Node, date. It knows nothing of the benchmarks.
import { cpus, loadavg } from "node:os";

/** The machine and moment of a measurement. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Mean number of running processes in the last minute, before the benchmark began: above 0.5 the figures are noisy. */
  readonly load: number;
  readonly node: string;
  readonly date: string;
}

/** Describes this machine now. */
export function machine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    node: process.version,
    date: new Date().toISOString(),
  };
}

/** One line for people. */
export function machineLine({ cpu, cores, load, node, date }: Machine): string {
  return `${cpu}, ${cores} cores, load ${load}, Node ${node}, ${date.slice(0, 10)}`;
}
