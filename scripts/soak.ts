// `npm run soak [-- --count 200 --seed 0]`: kills a training run at many seeded points, resumes it each time, and counts the runs that
// end as if nothing had happened.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { disturbedRun, killPoints, referenceRun } from "./soak/runs.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "200" }, seed: { type: "string", default: "0" } },
});
const cwd = await mkdtemp(path.join(tmpdir(), "fovea-soak-"));
try {
  const reference = await referenceRun(cwd);
  const points = killPoints(Number(values.count), Number(values.seed), reference);
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
  console.log(`${good} of ${points.length} runs ended as if nothing had happened`);
  if (good < points.length) process.exitCode = 1;
} finally {
  await rm(cwd, { recursive: true, force: true });
}
