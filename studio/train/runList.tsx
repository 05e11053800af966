// The list of runs: one is looked at, others can be laid over its curves.
import type { RunStatus, RunSummary } from "../../src/studio/shared/protocol.ts";
import { percent } from "../format.ts";
import { savePreferences } from "../savePreferences.ts";
import { runs } from "../state.ts";
import { type Key, t } from "./texts.ts";

/** Runs that are laid over each other, at most: there are no more colours to tell apart. */
const mostShown = 6;

export const statusTexts: Readonly<Record<RunStatus, Key>> = {
  running: "statusRunning",
  paused: "statusPaused",
  stopping: "statusStopping",
  ended: "statusEnded",
  interrupted: "statusInterrupted",
  failed: "statusFailed",
  unfinished: "statusUnfinished",
};

/** The list. */
export function RunList({ shown, onNew }: { shown: readonly string[]; onNew: () => void }) {
  return (
    <section class="runs" aria-labelledby="runs-title">
      <div class="row">
        <h2 id="runs-title">{t("runs")}</h2>
        <button type="button" class="primary" onClick={onNew}>
          {t("newRun")}
        </button>
      </div>
      {runs.value.length === 0 && <p class="soft">{t("noRuns")}</p>}
      <ul>
        {runs.value.map((run) => (
          <Row key={run.id} run={run} shown={shown} />
        ))}
      </ul>
    </section>
  );
}

function Row({ run, shown }: { run: RunSummary; shown: readonly string[] }) {
  const { id, status, model, data, epochs, epochsDone, bestAccuracy } = run;
  const place = shown.indexOf(id);
  const compare = () => {
    const others = shown.filter((other) => other !== id);
    void savePreferences({ shown: place >= 0 ? others : [...others, id] });
  };
  return (
    <li class={place === 0 ? "chosen" : ""}>
      <input
        type="checkbox"
        aria-label={t("compare", { id })}
        checked={place >= 0}
        disabled={place === 0 || (place < 0 && shown.length >= mostShown)}
        onChange={compare}
        class={place >= 0 ? `colour${place}` : ""}
      />
      <button
        type="button"
        class="run"
        aria-current={place === 0 ? "true" : undefined}
        onClick={() => void savePreferences({ shown: [id, ...shown.slice(1).filter((one) => one !== id)] })}
      >
        <span class="name">{id}</span>
        <span class={`status ${status}`}>{t(statusTexts[status])}</span>
        <span class="soft">{[model, data].filter((text) => text !== "").join(" · ")}</span>
        <span class="soft">
          {t("epochsDone", { done: epochsDone, all: epochs })}
          {bestAccuracy !== null && ` · ${t("accuracyOf", { percent: percent(bestAccuracy) })}`}
        </span>
      </button>
    </li>
  );
}
