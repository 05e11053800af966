// `fovea studio`: a local page that shows the pictures and runs of a project, starts runs, and has its hands on those in progress.
import { OptionError } from "../base/errors.ts";
import { Studio } from "../studio/studio.ts";
import { openAugmentation } from "./augmenter.ts";
import { studioAddress, studioMemory } from "./cache.ts";
import { command, jsonOption } from "./command.ts";
import { Interruption } from "./interruption.ts";
import { knownSets } from "./knownSets.ts";
import { openInBrowser } from "./openBrowser.ts";
import { integer, text, toggle } from "./options.ts";
import { labelHelper } from "./studioLabels.ts";
import { namedSets, placeOf } from "./studioPlace.ts";
import { trainLauncher } from "./studioRuns.ts";
import { style } from "./terminal.ts";

/** The command. */
export const studio = command({
  name: "studio",
  summary: "Open a local page on pictures and runs: look at data, start runs, watch and steer them.",
  usage: "studio [<folder>|<run>] [options]",
  notes: [
    "<folder> is a project: a folder with runs, or one that has them in runs; by default runs. <run> is the folder of one run, which is shown first. A folder of pictures, with a folder for each class, within train, val and test, or without any, is a set of pictures; where it has no runs in it, they go to runs in the working folder.",
    "Sets of pictures are the folder, those that data= names, what the project's runs were trained on, and the public sets that are on this machine. Nothing is downloaded.",
    "The page is served to this machine alone, at an address with a random token, and loads nothing from elsewhere. Runs that it starts are processes of their own; Ctrl-C stops them, and they save themselves.",
    "With --json one line says the address: url, port, project.",
  ],
  examples: [
    "fovea studio",
    "fovea studio runs/classify/train",
    "fovea studio photos",
    "fovea studio data=photos,mnist",
    "fovea studio photos/runs port=8080 open=false",
  ],
  options: {
    data: text(
      null,
      "<folder|name>,…",
      "sets of pictures: folders, and public sets that are on this machine",
    ),
    port: integer(null, "port of 127.0.0.1; by default one that is free", { min: 1, max: 65_535 }),
    open: toggle("open the page in the browser, where there is a desktop"),
    ...jsonOption,
  },
  run: async ({ values, operands }, { out, err }) => {
    if (operands.length > 1) throw new OptionError(`studio takes one folder; got ${operands.join(" ")}`);
    const known = knownSets();
    const named = namedSets(values.data, known);
    const { project, shown, folders } = await placeOf(operands[0]);
    const sets = { folders: [...folders, ...named.folders], known, asked: named.asked };
    const opened = new Studio({
      project,
      launcher: trainLauncher(project),
      shown,
      sets,
      helper: labelHelper,
      augment: openAugmentation,
      memory: studioMemory(),
      address: studioAddress(project),
    });
    const port = await opened.listen(values.port ?? 0);
    const isAboutData = sets.folders.length + sets.asked.length > 0 && opened.board.runs.length === 0;
    const url = isAboutData ? `${opened.url}#/data` : opened.url;
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
