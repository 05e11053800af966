// Class folders on request: copies in a folder beside that of the pictures.
import { useSignal } from "@preact/signals";
import { count } from "../format.ts";
import { chosenSet } from "../sets/setStore.ts";
import { exportTo } from "./api.ts";
import { t } from "./texts.ts";

export function ExportForm({ onEnd }: { onEnd: () => void }) {
  const set = chosenSet.value;
  const name = useSignal(`${set?.name ?? ""}-by-class`);
  const isBusy = useSignal(false);
  const said = useSignal<{ readonly text: string; readonly isGood: boolean } | null>(null);
  const write = async (event: Event) => {
    event.preventDefault();
    if (!set) return;
    isBusy.value = true;
    try {
      const { to, pictures } = await exportTo(set.id, name.value.trim());
      said.value = { text: t("exported", { count: count(pictures), to }), isGood: true };
    } catch (error) {
      said.value = { text: error instanceof Error ? error.message : String(error), isGood: false };
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <form class="row export" onSubmit={(event) => void write(event)}>
      <label for="export-to">{t("exportTo")}</label>
      <input
        id="export-to"
        type="text"
        autocomplete="off"
        value={name.value}
        onInput={({ currentTarget }) => {
          name.value = currentTarget.value;
        }}
      />
      <button type="submit" class="primary" disabled={isBusy.value}>
        {t("exportNow")}
      </button>
      <button type="button" onClick={onEnd}>
        {t("close")}
      </button>
      {said.value && (
        <span class={said.value.isGood ? "good" : "problem"} role="status">
          {said.value.text}
        </span>
      )}
    </form>
  );
}
