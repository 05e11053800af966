// Runs the command line as a user does: a process of its own, in an empty folder.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

/** What a command left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** An empty folder for runs, removed when the tests of this file are over. */
export function emptyFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "fovea-cli-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs `fovea …` in a folder; `onOutput` may look at what was written so far and at the process. */
export function fovea(
  args: readonly string[],
  {
    cwd = tmpdir(),
    env = {},
    onOutput = () => {},
  }: {
    cwd?: string;
    env?: Record<string, string>;
    onOutput?: (out: string, child: ChildProcess) => void;
  } = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [entry, ...args], { cwd, env: { ...process.env, ...env } });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    onOutput(out, child);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}
