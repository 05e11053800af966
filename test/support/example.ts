// Runs an example as a reader would.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const folder = new URL("../../examples/", import.meta.url);

/** What an example prints; fails where it prints errors. */
export async function runExample(name: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [
    fileURLToPath(new URL(`${name}.js`, folder)),
    ...args,
  ]);
  assert.equal(stderr, "");
  return stdout;
}
