// `fovea train --studio`: a studio in this process, and the run in one of its own that has the terminal. So the page
// answers at once while the run computes, and the run is what it is without a page.
import { once } from "node:events";
import fs from "node:fs/promises";
import path from "node:path";
import { Studio } from "../studio/studio.ts";
import { RunFolder } from "../train/runFolder.ts";
import { openAugmentation } from "./augmenter.ts";
import { studioAddress, studioMemory } from "./cache.ts";
import type { Context } from "./command.ts";
import { knownSets } from "./knownSets.ts";
import { openInBrowser } from "./openBrowser.ts";
import { labelHelper } from "./studioLabels.ts";
import { joinStudio, parentLine, type StudioLine } from "./studioLine.ts";
import { startTraining, trainLauncher } from "./studioRuns.ts";
import { style } from "./terminal.ts";
import type { TrainValues } from "./trainOptions.ts";

/** The line to the studio that shows the run: of the one that started this process, or that is open on the project; null where there is neither. */
export async function studioOf(values: TrainValues, { out }: Context): Promise<StudioLine | null> {
  if (process.send) return parentLine();
  const joined = await joinStudio((await placeOf(values)).project);
  if (!joined) return null;
  tellAddress(joined, values, out);
  return joined.line;
}

const signals = ["SIGINT", "SIGTERM"] as const;

/** Trains as this process was asked to, and shows it; gives the run's exit code. When the run is over the page stays until Ctrl-C. */
export async function hostTraining(values: TrainValues, { out }: Context): Promise<number> {
  const { json } = values;
  const { earlier, project } = await placeOf(values);
  await fs.mkdir(project, { recursive: true });
  const sets = { folders: [], known: knownSets() };
  const studio = new Studio({
    project,
    launcher: trainLauncher(project),
    sets,
    helper: labelHelper,
    augment: openAugmentation,
    memory: studioMemory(),
    address: studioAddress(project),
  });
  const port = await studio.listen(0);
  const { url } = studio;
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  // The terminal hands a signal to the run as well, which ends by itself.
  for (const signal of signals) process.on(signal, leave);
  try {
    tellAddress({ url, port }, values, out);
    if (out.isLive) openInBrowser(url);
    const before = earlier === null ? undefined : await studio.board.earlier(studio.board.idOf(earlier));
    const run = startTraining(process.argv.slice(3), { terminal: true });
    const folder = await run.opened;
    if (folder === null) return (await run.ended).code ?? 1;
    studio.show(await studio.board.follow(run, folder, before));
    const { code } = await run.ended;
    if (!leaving.signal.aborted) {
      if (!json) out.write(`${style(out, "dim", `the page stays open at ${url}; Ctrl-C closes it`)}\n`);
      await once(leaving.signal, "abort");
    }
    return code ?? 1;
  } finally {
    for (const signal of signals) process.off(signal, leave);
    await studio.close();
  }
}

/** The project of a run, and the folder of the one that is taken up again. */
async function placeOf({
  resume,
  project,
}: TrainValues): Promise<{ project: string; earlier: string | null }> {
  if (resume === null) return { project, earlier: null };
  const earlier = path.resolve((await RunFolder.open(resume)).path);
  return { project: path.dirname(path.dirname(earlier)), earlier };
}

function tellAddress(
  { url, port }: { readonly url: string; readonly port: number },
  { json }: TrainValues,
  out: Context["out"],
): void {
  out.write(json ? `${JSON.stringify({ event: "studio", url, port })}\n` : `Fovea Studio: ${url}\n`);
}
