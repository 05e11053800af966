// Which process may add to a file: each makes a mark of its own beside it, by its host and process id, and looks who else has one.
import { open, readdir, realpath, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FoveaError } from "../../base/errors.ts";

/** How often two that came at the same moment try again. */
const tries = 5;

/** Files that this process holds, by their real paths. */
const held = new Set<string>();

/**
 * Marks this process as the one that writes a file; gives what takes the mark away. Throws FoveaError where another process is alive that has marked it, or one of another
 * host. Marks of processes that are gone are removed.
 *
 * Of two that come together each makes its mark before it looks, so the later one sees the earlier; none takes another's mark over, so there is no moment in
 * which both could.
 */
export async function markWriter(folder: string, name: string): Promise<() => Promise<void>> {
  const real = path.join(await realpath(folder), name);
  if (held.has(real))
    throw new FoveaError(`${path.join(folder, name)} is open in this process already; close it first`);
  held.add(real);
  const own = `${name}.${hostName()}.${process.pid}.lock`;
  try {
    for (let left = tries; ; left--) {
      // "w", not "wx": a mark of this process's number and host is its own, or that of one that is gone.
      await (await open(path.join(folder, own), "w", 0o600)).close();
      const other = await otherWriter(folder, name, own);
      if (!other) break;
      await rm(path.join(folder, own), { force: true });
      if (left === 1) throw new FoveaError(explain(folder, name, other));
      await sleep(10 + Math.random() * 40);
    }
  } catch (error) {
    held.delete(real);
    throw error;
  }
  return async () => {
    held.delete(real);
    await rm(path.join(folder, own), { force: true });
  };
}

interface Writer {
  readonly mark: string;
  readonly host: string;
  readonly pid: number;
}

/** Another process that has marked a file; marks of those that are gone are removed on the way. */
async function otherWriter(folder: string, name: string, own: string): Promise<Writer | null> {
  for (const mark of await readdir(folder)) {
    if (!mark.startsWith(`${name}.`) || mark === own) continue;
    const [, host, pid] = /^(.*)\.(\d+)\.lock$/.exec(mark.slice(name.length + 1)) ?? [];
    if (host === undefined || pid === undefined) continue;
    const writer = { mark, host, pid: Number(pid) };
    if (host !== hostName() || isAlive(writer.pid)) return writer;
    await rm(path.join(folder, mark), { force: true });
  }
  return null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's
  }
}

function hostName(): string {
  return os.hostname().replace(/[^\w-]/g, "_") || "localhost";
}

function explain(folder: string, name: string, { mark, host, pid }: Writer): string {
  const file = path.join(folder, name);
  const who = host === hostName() ? `process ${pid}` : `process ${pid} on ${host}`;
  return `${file} is being written by ${who}: two writers would mix up the labels. Close the other one first; if there is none, remove ${path.join(folder, mark)}`;
}
