// `npm run soak [-- training|labels --count 200 --seed 0]`: what is killed at seeded moments has to end as if nothing had happened. `training`, by default, kills a run at many
// points and resumes it each time; `labels` kills the studio, and the page too, while pictures are labelled by keys.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { findChromium } from "./chromium.ts";
import { labelRound } from "./soak/labels.ts";
import { disturbedRun, killPoints, referenceRun } from "./soak/runs.ts";

/** Rounds in a folder; gives how many were good. */
type Soak = (cwd: string, count: number, seed: number) => Promise<number>;

const training: Soak = async (cwd, count, seed) => {
  const reference = await referenceRun(cwd);
  const points = killPoints(count, seed, reference);
  console.log(
    `an undisturbed run: ${reference.operations} file operations, ${Math.round(reference.milliseconds)} ms; ${points.length} kills`,
  );
  let good = 0;
  for (const [i, point] of points.entries()) {
    const failure = await disturbedRun(cwd, `run${i}`, point, reference);
    if (failure === null) good++;
    else console.log(`${JSON.stringify(point)}: ${failure}`);
    await rm(path.join(cwd, "runs/classify", `run${i}`), { recursive: true, force: true });
    if ((i + 1) % 20 === 0) console.log(`${i + 1} kills, ${good} as if nothing had happened`);
  }
  return good;
};

const labels: Soak = async (cwd, count, seed) => {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("no Chromium: install it, or set CHROMIUM_PATH");
  const browser = await chromium.launch({
    executablePath,
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  try {
    let good = 0;
    let [allKills, allActs] = [0, 0];
    for (let i = 0; i < count; i++) {
      const round = { cwd, seed: seed + i, pictures: 200, killsPage: i % 3 === 2 };
      const { failure, kills, acts } = await labelRound(browser, round);
      allKills += kills;
      allActs += acts;
      if (failure === null) good++;
      else console.log(`round ${seed + i}: ${failure}`);
      if ((i + 1) % 5 === 0)
        console.log(
          `${i + 1} rounds, ${allKills} kills, ${allActs} acts; ${good} rounds lost and doubled nothing`,
        );
    }
    return good;
  } finally {
    await browser.close();
  }
};

const soaks: Readonly<Record<string, { readonly run: Soak; readonly count: number }>> = {
  training: { run: training, count: 200 },
  labels: { run: labels, count: 50 },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string" }, seed: { type: "string", default: "0" } },
});
const chosen = soaks[positionals[0] ?? "training"];
if (!chosen || positionals.length > 1) throw new Error(`soak takes one of ${Object.keys(soaks).join(", ")}`);
const count = Number(values.count ?? chosen.count);
const cwd = await mkdtemp(path.join(tmpdir(), "fovea-soak-"));
try {
  const good = await chosen.run(cwd, count, Number(values.seed));
  console.log(`${good} of ${count} rounds ended as if nothing had happened`);
  if (good < count) process.exitCode = 1;
} finally {
  await rm(cwd, { recursive: true, force: true });
}
