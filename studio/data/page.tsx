// The page Data: what a set holds at the left; its pictures, what is wrong with them, and what augmentation makes of them at the right.
import { useEffect } from "preact/hooks";
import { AugmentView } from "../augment/augmentView.tsx";
import { NoSet } from "../sets/noSet.tsx";
import { SetChooser } from "../sets/setChooser.tsx";
import { currentSet, watchSets } from "../sets/setStore.ts";
import { Tabs } from "../tabs.tsx";
import { Balance } from "./balance.tsx";
import { Browse } from "./browse.tsx";
import { watchCheck } from "./checkStore.ts";
import { CheckView } from "./checkView.tsx";
import { filter, selected, view, views } from "./filterState.ts";
import { t } from "./texts.ts";

/** The page. */
export function DataPage() {
  useEffect(watchSets, []);
  useEffect(watchCheck, []);
  const set = currentSet.value;
  return (
    <div class="data">
      <h1 class="hidden">{t("data")}</h1>
      <aside aria-label={t("aboutSet")}>
        <SetChooser />
        {set && (
          <Balance
            set={set}
            label={filter.value.label}
            onChoose={(label) => {
              filter.value = { ...filter.value, label };
              view.value = "pictures";
            }}
          />
        )}
      </aside>
      {set && set.names.length > 0 ? (
        <div class="work" key={set.id}>
          <Tabs
            label={t("views")}
            tabs={views.map((id) => ({ id, title: t(id) }))}
            chosen={view.value}
            onChoose={(id) => {
              view.value = id;
            }}
          >
            {view.value === "pictures" && <Browse set={set} />}
            {view.value === "check" && <CheckView set={set} />}
            {view.value === "augmentation" && <AugmentView set={set} first={firstOf(selected.value)} />}
          </Tabs>
        </div>
      ) : (
        <div class="work">
          <NoSet />
        </div>
      )}
    </div>
  );
}

/** The picture that augmentation is tried on first. */
function firstOf([first = 0]: ReadonlySet<number>): number {
  return first;
}
