// The page Train: the runs at the left, the chosen one at the right.
import { useSignal } from "@preact/signals";
import { shownRun } from "../runs/runStore.ts";
import { preferences, runs, runWish } from "../state.ts";
import { RunForm } from "./form.tsx";
import { RunList } from "./runList.tsx";
import { RunView } from "./runView.tsx";
import { t } from "./texts.ts";

/** The page. */
export function TrainPage() {
  const isAsking = useSignal(runWish.peek() !== null);
  const known = new Set(runs.value.map(({ id }) => id));
  const chosen = preferences.value.shown.filter((id) => known.has(id));
  const first = runs.value[0]?.id;
  const shown = chosen.length > 0 ? chosen : first === undefined ? [] : [first];
  return (
    <div class="train">
      <h1 class="hidden">{t("train")}</h1>
      <RunList
        shown={shown}
        onNew={() => {
          isAsking.value = true;
        }}
      />
      <div class="detail">
        {isAsking.value && (
          <RunForm
            onEnd={() => {
              isAsking.value = false;
            }}
          />
        )}
        {shown.length > 0 && <RunView key={shown[0]} runs={shown.map(shownRun)} />}
        {shown.length === 0 && !isAsking.value && <p class="soft">{t("noRunsHelp")}</p>}
      </div>
    </div>
  );
}
