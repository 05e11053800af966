// `fovea train --studio`: a studio in this process, and the run in one of its own that has the terminal. So the page
// answers at once while the run computes, and the run is what it is without a page.
import fs from "node:fs/promises";
import { Studio } from "../studio/studio.ts";
import type { Context } from "./command.ts";
import { openInBrowser } from "./openBrowser.ts";
import { startTraining, trainLauncher } from "./studioRuns.ts";
import { style } from "./terminal.ts";
import type { TrainValues } from "./trainOptions.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/** Trains as this process was asked to, and shows it; gives the run's exit code. After a run that went through, the page stays until Ctrl-C. */
export async function hostTraining({ project, json }: TrainValues, { out }: Context): Promise<number> {
  await fs.mkdir(project, { recursive: true });
  const studio = new Studio({ project, launcher: trainLauncher(project) });
  const port = await studio.listen(0);
  const { url } = studio;
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  // The terminal hands a signal to the run as well, which ends by itself.
  for (const signal of signals) process.on(signal, leave);
  try {
    out.write(json ? `${JSON.stringify({ event: "studio", url, port })}\n` : `Fovea Studio: ${url}\n`);
    if (out.isLive) openInBrowser(url);
    const run = startTraining(process.argv.slice(3), { terminal: true });
    const folder = await run.opened;
    if (folder !== null) studio.show(await studio.board.follow(run, folder));
    const { code } = await run.ended;
    if (code === 0) {
      if (!json) out.write(`${style(out, "dim", `the page stays open at ${url}; Ctrl-C closes it`)}\n`);
      await left;
    }
    return code ?? 1;
  } finally {
    for (const signal of signals) process.off(signal, leave);
    await studio.close();
  }
}
