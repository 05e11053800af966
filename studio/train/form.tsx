// The form of a new run, made from the options of fovea train.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { FormField } from "../../src/studio/shared/protocol.ts";
import { language } from "../i18n/language.ts";
import { loadForm, startRun } from "../runs/api.ts";
import { savePreferences } from "../savePreferences.ts";
import { runs, runWish } from "../state.ts";
import { RateSearch } from "./rateSearch.tsx";
import { t } from "./texts.ts";

/** The form; `onEnd` is called when a run has started, or none is wanted. */
export function RunForm({ onEnd }: { onEnd: () => void }) {
  const fields = useSignal<readonly FormField[]>([]);
  const error = useSignal("");
  const isStarting = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const isBusy = runs.value.some(({ isLive }) => isLive);
  useEffect(() => {
    void loadForm().then((loaded) => {
      fields.value = loaded;
    });
  }, [fields]);
  const hasFields = fields.value.length > 0;
  useEffect(() => {
    if (!hasFields) return;
    form.current?.querySelector<HTMLElement>("input, select")?.focus();
    for (const [name, value] of Object.entries(runWish.peek() ?? {})) write(form.current!, name, value);
    runWish.value = null;
  }, [hasFields]);

  const start = async (event: Event) => {
    event.preventDefault();
    isStarting.value = true;
    error.value = "";
    try {
      const { id } = await startRun(given(form.current!, fields.value));
      await savePreferences({ shown: [id] });
      onEnd();
    } catch (problem) {
      error.value = problem instanceof Error ? problem.message : String(problem);
    } finally {
      isStarting.value = false;
    }
  };
  return (
    <form class="card form" ref={form} onSubmit={(event) => void start(event)} aria-labelledby="form-title">
      <h2 id="form-title">{t("newRun")}</h2>
      <div class="fields">{fields.value.filter(({ isBasic }) => isBasic).map((field) => Field(field))}</div>
      <details>
        <summary>{t("moreOptions")}</summary>
        <div class="fields">
          {fields.value.filter(({ isBasic }) => !isBasic).map((field) => Field(field))}
        </div>
      </details>
      {isBusy && <p class="soft">{t("busy")}</p>}
      {error.value !== "" && (
        <p class="problem" role="alert">
          {error.value}
        </p>
      )}
      <RateSearch
        isBusy={isBusy || isStarting.value}
        options={() => given(form.current!, fields.value)}
        onChoice={(rate) => {
          write(form.current!, "lr0", String(rate));
          write(form.current!, "schedule", "onecycle");
        }}
      />
      <div class="row">
        <button type="submit" class="primary" disabled={isStarting.value || isBusy}>
          {isStarting.value ? t("starting") : t("start")}
        </button>
        <button type="button" onClick={onEnd}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}

function Field({ name, kind, choices, fallback, help }: FormField) {
  const [id, hint] = [`option-${name}`, `option-${name}-hint`];
  return (
    <div class="field" key={name}>
      <label for={id}>{name}</label>
      {kind === "choice" ? (
        <select id={id} name={name} aria-describedby={hint}>
          {choices.map((choice) => (
            <option key={choice} value={choice} selected={choice === fallback}>
              {choice}
            </option>
          ))}
        </select>
      ) : kind === "yes" ? (
        <input
          id={id}
          name={name}
          type="checkbox"
          defaultChecked={fallback === "true"}
          aria-describedby={hint}
        />
      ) : (
        <input
          id={id}
          name={name}
          type="text"
          inputMode={kind === "number" ? "decimal" : "text"}
          placeholder={fallback}
          autocomplete="off"
          aria-describedby={hint}
        />
      )}
      <span class="hint" id={hint}>
        {help[language.value]}
      </span>
    </div>
  );
}

/** What differs from the options' own values. */
function given(form: HTMLFormElement, fields: readonly FormField[]): Record<string, string> {
  const options: Record<string, string> = {};
  for (const { name, kind, fallback } of fields) {
    const control = form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
    const isCheck = kind === "yes" && control instanceof HTMLInputElement;
    const value = isCheck ? String(control.checked) : control.value.trim();
    if (value !== "" && value !== fallback) options[name] = value;
  }
  return options;
}

function write(form: HTMLFormElement, name: string, value: string): void {
  (form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement).value = value;
}
