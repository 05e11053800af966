// How far a run has come, in figures.
import { clock, count, figure, percent } from "../format.ts";
import { modelOf, type ShownRun } from "../runs/runStore.ts";
import { t } from "./texts.ts";

/** A bar, and the figures of the last step or epoch. */
export function Progress({ run }: { run: ShownRun }) {
  const model = modelOf(run);
  if (!model) return null;
  const { now, epochs, facts, status } = model;
  const last = epochs.at(-1);
  const total = (facts?.epochs ?? 0) * (facts?.stepsPerEpoch ?? 0);
  const done = now
    ? (now.epoch - 1) * now.steps + now.step
    : (last?.epoch ?? 0) * (facts?.stepsPerEpoch ?? 0);
  const best = epochs.length > 0 ? Math.max(...epochs.map(({ top1 }) => top1)) : null;
  const isRunning = status === "running" || status === "paused";
  const tiles: [string, string][] = [
    [t("epoch"), `${now?.epoch ?? last?.epoch ?? 0} / ${facts?.epochs ?? "–"}`],
    ...(now ? ([[t("step"), `${now.step} / ${now.steps}`]] as [string, string][]) : []),
    [t("loss"), figure(now?.loss ?? last?.trainLoss ?? null)],
    [t("accuracy"), percent(now?.accuracy ?? last?.trainAccuracy ?? null)],
    [t("best"), percent(best, 2)],
    [t("learningRate"), figure(now?.lr ?? last?.lr ?? null, 3)],
    ...(now
      ? ([[t("speed"), t("perSecond", { count: count(now.samplesPerSecond) })]] as [string, string][])
      : []),
    isRunning ? [t("timeLeft"), clock(now?.secondsLeft ?? null)] : [t("time"), clock(last?.seconds ?? null)],
  ];
  return (
    <section class="card progress" aria-label={t("progress")}>
      <progress max={Math.max(1, total)} value={done} aria-label={t("progress")} />
      <dl class="tiles">
        {tiles.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
