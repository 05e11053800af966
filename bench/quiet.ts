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

/** Processor seconds that a process has used, all its threads together; 0 where the system does not tell. */
function usedBy(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in parentheses, which may hold spaces; utime and stime are 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return 0;
  }
}

/** Runs `work` and tells which share (0–1) of all cores was used by processes other than `pid` meanwhile. */
export async function watching<T>(
  pid: number,
  work: () => Promise<T>,
): Promise<{ value: T; others: number }> {
  const before = { all: usedByAll(), own: usedBy(pid), time: performance.now() };
  const value = await work();
  const wall = (performance.now() - before.time) / 1000;
  const own = usedBy(pid) - before.own;
  if (process.platform !== "linux") return { value, others: 0 };
  const others = (usedByAll() - before.all - own) / (wall * cpus().length);
  return { value, others: Math.max(0, others) };
}
