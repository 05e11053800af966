// `fovea train --studio`: a studio in this process, and the run in one of its own that has the terminal. So the page
// answers at once while the run computes, and the run is what it is without a page.
import { once } from "node:events";
import fs from "node:fs/promises";
import path from "node:path";
import { Studio } from "../studio/studio.ts";
import { RunFolder } from "../train/runFolder.ts";
import { studioMemory } from "./cache.ts";
import type { Context } from "./command.ts";
import { openInBrowser } from "./openBrowser.ts";
import { startTraining, trainLauncher } from "./studioRuns.ts";
import { style } from "./terminal.ts";
import type { TrainValues } from "./trainOptions.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/** Trains as this process was asked to, and shows it; gives the run's exit code. When the run is over the page stays until Ctrl-C. */
export async function hostTraining(values: TrainValues, { out }: Context): Promise<number> {
  const { json, resume } = values;
  const earlier = resume === null ? null : path.resolve((await RunFolder.open(resume)).path);
  const project = earlier === null ? values.project : path.dirname(path.dirname(earlier));
  await fs.mkdir(project, { recursive: true });
  const studio = new Studio({ project, launcher: trainLauncher(project), memory: studioMemory() });
  const port = await studio.listen(0);
  const { url } = studio;
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  // The terminal hands a signal to the run as well, which ends by itself.
  for (const signal of signals) process.on(signal, leave);
  try {
    out.write(json ? `${JSON.stringify({ event: "studio", url, port })}\n` : `Fovea Studio: ${url}\n`);
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
