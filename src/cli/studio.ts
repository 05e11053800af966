// `fovea studio`: a local page that shows the runs of a project, starts them, and has its hands on those in progress.
import { existsSync, statSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { FoveaError, OptionError } from "../base/errors.ts";
import { Studio } from "../studio/studio.ts";
import { studioAddress, studioMemory } from "./cache.ts";
import { command, jsonOption } from "./command.ts";
import { Interruption } from "./interruption.ts";
import { openInBrowser } from "./openBrowser.ts";
import { integer, toggle } from "./options.ts";
import { trainLauncher } from "./studioRuns.ts";
import { style } from "./terminal.ts";

/** The command. */
export const studio = command({
  name: "studio",
  summary: "Open a local page on runs: start them, watch them, steer them.",
  usage: "studio [<folder>|<run>] [options]",
  notes: [
    "<folder> is a project: a folder with runs, or one that has them in runs; by default runs. <run> is the folder of one run, which is shown first.",
    "The page is served to this machine alone, at an address with a random token, and loads nothing from elsewhere. Runs that it starts are processes of their own; Ctrl-C stops them, and they save themselves.",
    "With --json one line says the address: url, port, project.",
  ],
  examples: [
    "fovea studio",
    "fovea studio runs/classify/train",
    "fovea studio photos/runs port=8080 open=false",
  ],
  options: {
    port: integer(null, "port of 127.0.0.1; by default one that is free", { min: 1, max: 65_535 }),
    open: toggle("open the page in the browser, where there is a desktop"),
    ...jsonOption,
  },
  run: async ({ values, operands }, { out, err }) => {
    if (operands.length > 1) throw new OptionError(`studio takes one folder; got ${operands.join(" ")}`);
    const { project, shown } = await placeOf(operands[0]);
    const opened = new Studio({
      project,
      launcher: trainLauncher(project),
      shown,
      memory: studioMemory(),
      address: studioAddress(project),
    });
    const port = await opened.listen(values.port ?? 0);
    const { url } = opened;
    if (values.json) out.write(`${JSON.stringify({ event: "studio", url, port, project })}\n`);
    else out.write(`Fovea Studio on ${project}: ${url}\n${style(out, "dim", "Ctrl-C closes it")}\n`);
    if (values.open && out.isLive) openInBrowser(url);
    const interruption = new Interruption(() => {
      if (opened.board.isBusy) err.write("stopping the run; press Ctrl-C again to quit at once\n");
    });
    try {
      await new Promise((resolve) => interruption.signal.addEventListener("abort", resolve));
      await opened.close();
      return 0;
    } finally {
      interruption.end();
    }
  },
});

/** The project folder, and the run in it that was named. */
async function placeOf(where: string | undefined): Promise<{ project: string; shown: string[] }> {
  if (where === undefined) {
    await fs.mkdir("runs", { recursive: true });
    return { project: "runs", shown: [] };
  }
  if (!existsSync(where) || !statSync(where).isDirectory()) {
    throw new FoveaError(`studio: there is no folder ${where}; give a folder with runs, or a run's own`);
  }
  if (existsSync(path.join(where, "args.yaml"))) {
    const run = path.resolve(where);
    const project = path.dirname(path.dirname(run));
    return { project, shown: [`${path.basename(path.dirname(run))}/${path.basename(run)}`] };
  }
  const inner = path.join(where, "runs");
  return { project: existsSync(inner) ? inner : where, shown: [] };
}
