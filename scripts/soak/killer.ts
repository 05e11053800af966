// Loaded before a command (`node --import`): ends the process, as `kill -9` does, at the file operation whose number stands in SOAK_KILL_AT.
// Without that number it prints how many there were. Operations are those that change files: opening, writing, syncing, renaming, appending, removing.
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const killAt = Number(process.env.SOAK_KILL_AT ?? Number.POSITIVE_INFINITY);
let operations = 0;

/** Half of the operations die before they are done, half after: both sides of each step are tried. */
function counted<A extends unknown[], R>(operation: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  return async (...args) => {
    const isLast = ++operations === killAt;
    if (isLast && operations % 2 === 0) process.kill(process.pid, "SIGKILL");
    const result = await operation(...args);
    if (isLast) process.kill(process.pid, "SIGKILL");
    return result;
  };
}

const open = fs.open.bind(fs);
fs.open = counted(async (...args: Parameters<typeof fs.open>) => {
  const handle = await open(...args);
  const { writeFile, sync } = handle;
  handle.sync = counted(sync.bind(handle));
  handle.writeFile = counted(async (data, options) => {
    // A kill in the middle of a write leaves a part of it.
    if (operations === killAt && operations % 2 === 1 && data instanceof Uint8Array) {
      await handle.write(data.subarray(0, data.length >> 1));
      process.kill(process.pid, "SIGKILL");
    }
    return writeFile.call(handle, data, options);
  });
  return handle;
});
fs.rename = counted(fs.rename.bind(fs));
fs.appendFile = counted(fs.appendFile.bind(fs));
fs.rm = counted(fs.rm.bind(fs));
syncBuiltinESMExports();

process.on("exit", () => {
  if (killAt === Number.POSITIVE_INFINITY) process.stderr.write(`operations ${operations}\n`);
});
