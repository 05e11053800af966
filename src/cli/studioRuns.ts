// Training runs as processes of their own, for the studio.
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { OptionError } from "../base/errors.ts";
import { LiveRun } from "../studio/runs/liveRun.ts";
import type { Launcher } from "../studio/runs/routes.ts";
import { parseArguments, suggestion } from "./options.ts";
import { trainForm } from "./studioForm.ts";
import { checkTraining } from "./training.ts";
import { trainOptions } from "./trainOptions.ts";

const entry = fileURLToPath(new URL("./main.js", import.meta.url));

/** Starts `fovea train` with arguments; with `terminal` it has this process' terminal, and else its errors are kept for the page. */
export function startTraining(args: readonly string[], { terminal = false } = {}): LiveRun {
  const child = spawn(process.execPath, [...process.execArgv, entry, "train", ...args], {
    stdio: terminal ? ["inherit", "inherit", "inherit", "ipc"] : ["ignore", "ignore", "pipe", "ipc"],
  });
  return new LiveRun(child);
}

/** How the studio starts runs, in a project folder. */
export function trainLauncher(project: string): Launcher {
  return {
    form: trainForm,
    start: (options) => {
      const known = trainForm.map(({ name }) => name);
      for (const name of options.keys()) {
        if (!known.includes(name))
          throw new OptionError(`unknown option "${name}"; ${suggestion(name, known)}`);
      }
      const args = Array.from(options, ([name, value]) => `--${name}=${value}`);
      checkTraining(parseArguments(args, trainOptions).values);
      return startTraining([...args, `--project=${path.resolve(project)}`, "--studio"]);
    },
    resume: (folder) => startTraining([`--resume=${folder}`, "--studio"]),
  };
}
