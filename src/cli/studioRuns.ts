// Training runs as processes of their own, for the studio; and the search for a rate to train with.
import { spawn } from "node:child_process";
import path from "node:path";
import { OptionError } from "../base/errors.ts";
import { LiveRun } from "../studio/runs/liveRun.ts";
import type { Launcher } from "../studio/runs/routes.ts";
import { childLine } from "../studio/runs/runLine.ts";
import type { RateCurve } from "../studio/shared/protocol.ts";
import { lrFind } from "./lrFind.ts";
import { parseArguments, suggestion } from "./options.ts";
import { programArguments, startCommand } from "./studioCommand.ts";
import { trainForm } from "./studioForm.ts";
import { checkTraining } from "./training.ts";
import { trainOptions } from "./trainOptions.ts";

/** Starts `fovea train` with arguments; with `terminal` it has this process' terminal, and else its errors are kept for the page. */
export function startTraining(args: readonly string[], { terminal = false } = {}): LiveRun {
  const child = spawn(process.execPath, programArguments(["train", ...args]), {
    stdio: terminal ? ["inherit", "inherit", "inherit", "ipc"] : ["ignore", "ignore", "pipe", "ipc"],
  });
  return new LiveRun((take) => childLine(child, take));
}

/** How the studio starts runs, in a project folder. */
export function trainLauncher(project: string): Launcher {
  return {
    form: trainForm,
    start: (options) => {
      checkTraining(parseArguments(argumentsOf(options), trainOptions).values);
      return startTraining([...argumentsOf(options), `--project=${path.resolve(project)}`, "--studio"]);
    },
    resume: (folder) => startTraining([`--resume=${folder}`, "--studio"]),
    findRate: (options) => {
      parseArguments(argumentsOf(options), trainOptions);
      const picture = path.join(path.resolve(project), "lr_find.png");
      let found: RateCurve | null = null;
      const { ended, cancel } = startCommand(
        ["lr-find", ...searchArguments(options), `--out=${picture}`, "--exist-ok", "--json"],
        (line) => {
          found = JSON.parse(line) as RateCurve;
        },
      );
      return { curve: ended.then(() => found!), cancel };
    },
  };
}

/** Throws OptionError for options that the form does not have. */
function argumentsOf(options: ReadonlyMap<string, string>): string[] {
  const known = trainForm.map(({ name }) => name);
  for (const name of options.keys()) {
    if (!known.includes(name)) throw new OptionError(`unknown option "${name}"; ${suggestion(name, known)}`);
  }
  return Array.from(options, ([name, value]) => `--${name}=${value}`);
}

/** Those options that the search has too; it has a batch of its own where the run's is still to be chosen. */
function searchArguments(options: ReadonlyMap<string, string>): string[] {
  const shared = [...options].filter(
    ([name, value]) => name in lrFind.options && !(name === "batch" && value === "auto"),
  );
  return shared.map(([name, value]) => `--${name}=${value}`);
}
