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
  const said = useSignal<{ readonly text: string; readonly isGood: boolean } | null>(null);
  // A run may be asked as soon as it has saved weights.
  const progress = runs.value.map(({ id, status, epochsDone }) => `${id} ${status} ${epochsDone > 0}`).join();
  useEffect(() => {
    void loadRuns(set).then((found) => {
      known.value = found;
      if (run.value === null || !found?.includes(run.value)) run.value = found?.[0] ?? null;
    });
  }, [set, progress]);
  useEffect(() => () => asking.peek()?.stop.abort(), [asking]);

  const ask = async <T extends object>(
    what: Asking["what"],
    take: (found: ReadonlyMap<string, T>) => string,
  ) => {
    const stop = new AbortController();
    asking.value = { what, done: 0, total: 0, stop };
    said.value = null;
    try {
      const onProgress = (done: number, total: number) => {
        asking.value = { what, done, total, stop };
      };
      const found = await askModels<Record<string, T>>(set, what, run.value, onProgress, stop.signal);
      said.value = { text: take(new Map(Object.entries(found))), isGood: true };
    } catch (error) {
      if (!stop.signal.aborted) said.value = { text: String(error).replace(/^Error: /, ""), isGood: false };
    } finally {
      asking.value = null;
    }
  };
  const look = (kind: Exclude<Filter["kind"], "class">) => {
    select([]);
    filter.value = { kind };
  };
  const suggest = () =>
    void ask<Suggestion>("suggestions", (found) => {
      suggestions.value = found;
      look("suggested");
      return t("suggestedCount", { count: count(found.size) });
    });
  const doubt = () =>
    void ask<Suspect>("doubts", (found) => {
      suspects.value = found;
      look("suspected");
      return t("doubtCount", { count: count(found.size) });
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
      {said.value && (
        <span class={said.value.isGood ? "soft" : "problem"} role="status">
          {said.value.text}
        </span>
      )}
    </div>
  );
}
