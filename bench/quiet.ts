// Notices when other programs used the processor during a measurement, because two threads that wait for each other
// lose far more than the share that was taken from them. It measures on Linux; elsewhere every moment counts as quiet.
import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** Share of all cores that others may use before a measurement counts as disturbed. */
export const tolerated = 0.05;

/** Clock ticks of /proc, a second; fixed by Linux's interface to programs. */
const ticksPerSecond = 100;

/** Processor seconds that all processes have used since the machine started. */
function usedByAll(): number {
  let ms = 0;
  for (const { times } of cpus()) ms += times.user + times.nice + times.sys + times.irq;
  return ms / 1000;
}

/** Fields of /proc/PID/stat behind the program's name. */
const ownTime = [11, 12];
const timeOfEndedChildren = [13, 14];

/** Processor seconds that a process has used, all its threads together; 0 where the system does not tell. */
function usedBy(pid: number, fields: readonly number[]): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in parentheses, which may hold spaces.
    const values = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields.reduce((sum, field) => sum + Number(values[field]), 0) / ticksPerSecond;
  } catch {
    return 0;
  }
}

/** Runs `work` and tells which share (0–1) of all cores was used by processes other than `pid` meanwhile. */
export function watching<T>(pid: number, work: () => Promise<T>): Promise<Watched<T>> {
  return watch(work, () => usedBy(pid, ownTime));
}

/** Runs `work`, which starts a process and waits for its end, and tells which share of all cores others used meanwhile. */
export function watchingChild<T>(work: () => Promise<T>): Promise<Watched<T>> {
  return watch(work, () => usedBy(process.pid, timeOfEndedChildren));
}

async function watch<T>(work: () => Promise<T>, ownSeconds: () => number): Promise<Watched<T>> {
  const before = { all: usedByAll(), own: ownSeconds(), time: performance.now() };
  const value = await work();
  const wall = (performance.now() - before.time) / 1000;
  const own = ownSeconds() - before.own;
  if (process.platform !== "linux") return { value, others: 0 };
  const others = (usedByAll() - before.all - own) / (wall * cpus().length);
  return { value, others: Math.max(0, others) };
}

/** A measurement, and which share of the cores others used during it. */
export interface Watched<T> {
  readonly value: T;
  readonly others: number;
}

/** So many quiet measurements; where the machine stays busy, the quietest of three times as many. */
export async function quietest<T>(count: number, measure: () => Promise<Watched<T>>): Promise<Watched<T>[]> {
  const all: Watched<T>[] = [];
  const quiet = () => all.filter(({ others }) => others <= tolerated).length;
  while (quiet() < count && all.length < count * 3) all.push(await measure());
  return all.toSorted((a, b) => a.others - b.others).slice(0, count);
}
