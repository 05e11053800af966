// What models are asked about the set: classes for pictures without a label, labels in doubt; and a new training run with the labels as they are.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Suggestion, Suspect } from "../../src/studio/shared/labels.ts";
import { count } from "../format.ts";
import { runs, runWish } from "../state.ts";
import { askModels, loadRuns } from "./api.ts";
import type { Filter } from "./rows.ts";
import { suggestions, suspects } from "./said.ts";
import { labelling } from "./session.ts";
import { t } from "./texts.ts";
import { filter, select } from "./work.ts";

interface Asking {
  readonly what: "suggestions" | "doubts";
  readonly done: number;
  readonly total: number;
  readonly stop: AbortController;
}

export function Models({ set }: { set: string }) {
  const known = useSignal<readonly string[] | null>(null);
  const run = useSignal<string | null>(null);
  const asking = useSignal<Asking | null>(null);
  const found = useSignal<{ readonly key: "suggestedCount" | "doubtCount"; readonly count: number } | null>(
    null,
  );
  const problem = useSignal("");
  // A run may be asked as soon as it has saved weights.
  const progress = runs.value.map(({ id, status, epochsDone }) => `${id} ${status} ${epochsDone > 0}`).join();
  useEffect(() => {
    void loadRuns(set).then((ids) => {
      known.value = ids;
      if (run.value === null || !ids?.includes(run.value)) run.value = ids?.[0] ?? null;
    });
  }, [set, progress]);
  useEffect(() => () => asking.peek()?.stop.abort(), [asking]);

  const ask = async <T extends object>(
    what: Asking["what"],
    take: (found: ReadonlyMap<string, T>) => void,
  ) => {
    const stop = new AbortController();
    asking.value = { what, done: 0, total: 0, stop };
    found.value = null;
    problem.value = "";
    try {
      const onProgress = (done: number, total: number) => {
        asking.value = { what, done, total, stop };
      };
      const answer = await askModels<Record<string, T>>(set, what, run.value, onProgress, stop.signal);
      const all = new Map(Object.entries(answer));
      take(all);
      found.value = { key: what === "doubts" ? "doubtCount" : "suggestedCount", count: all.size };
    } catch (error) {
      if (!stop.signal.aborted) problem.value = error instanceof Error ? error.message : String(error);
    } finally {
      asking.value = null;
    }
  };
  const look = (kind: Exclude<Filter["kind"], "class">) => {
    select([]);
    filter.value = { kind };
  };
  const suggest = () =>
    void ask<Suggestion>("suggestions", (all) => {
      suggestions.value = all;
      look("suggested");
    });
  const doubt = () =>
    void ask<Suspect>("doubts", (all) => {
      suspects.value = all;
      look("suspected");
    });
  const folder = labelling.value?.answer.value?.folder;
  if (known.value === null) return null;
  return (
    <div class="row models">
      {asking.value ? (
        <>
          <progress
            aria-label={t(asking.value.what)}
            {...(asking.value.total > 0 && { value: asking.value.done, max: asking.value.total })}
          />
          <button type="button" onClick={() => asking.value?.stop.abort()}>
            {t("stop")}
          </button>
        </>
      ) : (
        <>
          {known.value.length > 0 && (
            <>
              <select
                aria-label={t("run")}
                value={run.value ?? ""}
                onChange={({ currentTarget }) => {
                  run.value = currentTarget.value;
                }}
              >
                {known.value.map((id) => (
                  <option key={id} value={id}>
                    {id}
                  </option>
                ))}
              </select>
              <button type="button" onClick={suggest}>
                {t("suggest")}
              </button>
            </>
          )}
          <button type="button" onClick={doubt}>
            {t("findDoubts")}
          </button>
          {folder !== undefined && (
            <button
              type="button"
              onClick={() => {
                runWish.value = { data: folder };
                location.hash = "#/train";
              }}
            >
              {t("trainAgain")}
            </button>
          )}
        </>
      )}
      <span class="soft" role="status">
        {found.value && t(found.value.key, { count: count(found.value.count) })}
      </span>
      {problem.value !== "" && (
        <span class="problem" role="alert">
          {problem.value}
        </span>
      )}
    </div>
  );
}
