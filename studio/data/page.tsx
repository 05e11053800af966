// The page Data: what a set holds at the left; its pictures, what is wrong with them, and what augmentation makes of them at the right.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { NoSet } from "../sets/noSet.tsx";
import { SetChooser } from "../sets/setChooser.tsx";
import { currentSet, watchSets } from "../sets/setStore.ts";
import { Balance } from "./balance.tsx";
import { Browse } from "./browse.tsx";
import { filter } from "./filterState.ts";
import { Tabs } from "./tabs.tsx";
import { type Key, t } from "./texts.ts";

const tabs = ["pictures"] as const satisfies readonly Key[];

/** The page. */
export function DataPage() {
  useEffect(watchSets, []);
  const tab = useSignal<(typeof tabs)[number]>("pictures");
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
              tab.value = "pictures";
            }}
          />
        )}
      </aside>
      {set && set.names.length > 0 ? (
        <div class="work" key={set.id}>
          <Tabs
            label={t("views")}
            tabs={tabs.map((id) => ({ id, title: t(id) }))}
            chosen={tab.value}
            onChoose={(id) => {
              tab.value = id;
            }}
          >
            {tab.value === "pictures" && <Browse set={set} />}
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
