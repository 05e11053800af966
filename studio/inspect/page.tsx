// The page Inspect: a trained network, looked at from inside and by its mistakes.
import { effect, untracked } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { runs } from "../state.ts";
import { TabList } from "../tabs.tsx";
import { refreshModels } from "./modelChoice.ts";
import { ModelChooser } from "./modelChooser.tsx";
import { readPlace, tab, writePlace } from "./place.ts";
import { tabs } from "./tabs.ts";
import { t } from "./texts.ts";

function openTab(id: string): void {
  tab.value = id;
  writePlace();
}

/** The page. */
export function InspectPage() {
  useEffect(() => {
    const follow = () => {
      if (!location.hash.startsWith("#/inspect")) return;
      readPlace();
      void refreshModels();
    };
    readPlace();
    addEventListener("hashchange", follow);
    // Runs bring models along, and newer weights, while the page is open.
    const stop = effect(() => {
      if (runs.value) void untracked(refreshModels);
    });
    return () => {
      removeEventListener("hashchange", follow);
      stop();
    };
  }, []);
  const { id: open, View } = tabs.find(({ id }) => id === tab.value) ?? tabs[0]!;
  return (
    <div class="inspect">
      <h1 class="hidden">{t("inspect")}</h1>
      <div class="row">
        <TabList
          own="inspect"
          label={t("inspect")}
          tabs={tabs.map(({ id, title }) => ({ id, title: t(title) }))}
          chosen={open}
          onChoose={openTab}
        />
        <ModelChooser />
      </div>
      <div id="inspect-view" role="tabpanel" aria-labelledby={`inspect-${open}`}>
        <View />
      </div>
    </div>
  );
}
