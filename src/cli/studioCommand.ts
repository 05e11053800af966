// Another command of the program as a process of its own, for what the studio's server leaves to it.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { FoveaError } from "../base/errors.ts";

const entry = fileURLToPath(new URL("./main.js", import.meta.url));
/** Characters of stderr that are kept. */
const mostSaid = 4000;

/** How this process' own program is started with other arguments. */
export function programArguments(args: readonly string[]): string[] {
  return [...process.execArgv, entry, ...args];
}

/** A command in progress. */
export interface StudioCommand {
  /** Settles when the process has ended. Rejects with FoveaError in the words of the command where it failed, and where it was cancelled. */
  readonly ended: Promise<void>;
  cancel(): void;
}

/** Starts a command, such as `["lr-find", "--json"]`; `onLine` is given each line of its output. */
export function startCommand(args: readonly string[], onLine: (line: string) => void): StudioCommand {
  const child: ChildProcess = spawn(process.execPath, programArguments(args), {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let isCancelled = false;
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-mostSaid);
  });
  createInterface({ input: child.stdout! }).on("line", onLine);
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (isCancelled) reject(new FoveaError(`${args[0]} was cancelled`));
      else if (code === 0) resolve();
      else
        reject(new FoveaError(said.trim().replace(/^error: /, "") || `${args[0]} ended with code ${code}`));
    });
  });
  const cancel = () => {
    isCancelled = true;
    child.kill("SIGKILL");
  };
  return { ended, cancel };
}
