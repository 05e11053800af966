// How far labelling has come, whether all is saved, and what there is for everything at once.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { count } from "../format.ts";
import { ExportForm } from "./exportForm.tsx";
import { labelling } from "./session.ts";
import { t } from "./texts.ts";
import { command, complaint, counts } from "./work.ts";

/** Time for which an act may be on its way before that is said, ms. */
const patience = 400;

export function Toolbar({ onHelp }: { onHelp: () => void }) {
  const isExporting = useSignal(false);
  const all = counts.value;
  const own = labelling.value;
  const state = own && own.version.value >= 0 ? own.state : null;
  if (!all || !own || !state) return null;
  const total = all.all - all.dropped;
  return (
    <>
      <span class="progress">
        <progress value={all.labelled} max={Math.max(1, total)} aria-label={t("progress")} />
        <span>{t("labelledOf", { done: count(all.labelled), total: count(total) })}</span>
      </span>
      <Saved />
      <span class="row tools">
        <button type="button" disabled={!state.toUndo} onClick={() => command({ kind: "undo" })}>
          {t("undo")} <kbd>U</kbd>
        </button>
        <button type="button" disabled={!state.toRedo} onClick={() => command({ kind: "redo" })}>
          {t("redo")} <kbd>R</kbd>
        </button>
        <button
          type="button"
          aria-expanded={isExporting.value}
          onClick={() => {
            isExporting.value = !isExporting.value;
          }}
        >
          {t("export")}
        </button>
        <button type="button" onClick={onHelp}>
          {t("keys")} <kbd>?</kbd>
        </button>
      </span>
      {isExporting.value && (
        <ExportForm
          onEnd={() => {
            isExporting.value = false;
          }}
        />
      )}
      <Problems />
    </>
  );
}

/** Whether all acts are in the journal; those that are not are kept by the browser. */
function Saved() {
  const waiting = labelling.value?.waiting.value ?? 0;
  const isLate = useSignal(false);
  const isWaiting = waiting > 0;
  useEffect(() => {
    isLate.value = false;
    if (!isWaiting) return;
    const timer = setTimeout(() => {
      isLate.value = true;
    }, patience);
    return () => clearTimeout(timer);
  }, [isWaiting, isLate]);
  return (
    <span class={isLate.value ? "saved bad" : "saved soft"} role="status" data-waiting={waiting}>
      {isLate.value && isWaiting ? t("notSaved", { count: waiting }) : t("saved")}
    </span>
  );
}

function Problems() {
  const own = labelling.value;
  const texts = [
    complaint.value,
    own?.refusal.value,
    own && own.waiting.value > 0 ? own.trouble.value : null,
  ];
  const said = texts.filter((text) => text);
  return said.length > 0 ? (
    <p class="problem" role="alert">
      {said.join("\n")}
    </p>
  ) : null;
}
