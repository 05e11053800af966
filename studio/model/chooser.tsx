// Which network is on view: a run's, or one of the zoo for pictures and classes of choice.
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { NetworkChoice, ZooEntry } from "../../src/studio/shared/networks.ts";
import { savePreferences } from "../savePreferences.ts";
import { preferences, runs } from "../state.ts";
import { loadZoo } from "./api.ts";
import { t } from "./texts.ts";

/** A run, or a network by name. */
export type Chosen = { readonly run: string } | { readonly choice: NetworkChoice };

/** What was chosen on this page; null for the run that is looked at. */
export const chosen = signal<Chosen | null>(null);

const sizes = ["channels", "height", "width", "classes"] as const;
const largest: Readonly<Record<(typeof sizes)[number], number>> = {
  channels: 64,
  height: 1024,
  width: 1024,
  classes: 100_000,
};

/** The chooser. */
export function Chooser({ run }: { run: string | null }) {
  const zoo = useSignal<readonly ZooEntry[]>([]);
  useEffect(() => {
    void loadZoo().then((loaded) => {
      zoo.value = loaded;
    });
  }, [zoo]);
  const isByName = chosen.value !== null && "choice" in chosen.value;
  const first = zoo.value[0];
  return (
    <div class="row networkChooser">
      <fieldset class="tabs">
        <legend class="hidden">{t("which")}</legend>
        <button
          type="button"
          aria-pressed={!isByName}
          onClick={() => {
            chosen.value = null;
          }}
        >
          {t("ofRun")}
        </button>
        <button
          type="button"
          aria-pressed={isByName}
          disabled={!first}
          onClick={() => {
            if (first && !isByName) chosen.value = { choice: { ...first, classes: 10 } };
          }}
        >
          {t("byName")}
        </button>
      </fieldset>
      {isByName ? <ByName zoo={zoo.value} /> : <OfRun run={run} />}
    </div>
  );
}

function OfRun({ run }: { run: string | null }) {
  if (run === null) return null;
  return (
    <label>
      {t("run")}{" "}
      <select
        value={run}
        onChange={({ currentTarget: { value } }) => {
          const others = preferences.value.shown.filter((id) => id !== value).slice(1);
          void savePreferences({ shown: [value, ...others] });
        }}
      >
        {runs.value.map(({ id, model }) => (
          <option key={id} value={id}>
            {model === "" ? id : `${id} · ${model}`}
          </option>
        ))}
      </select>
    </label>
  );
}

function ByName({ zoo }: { zoo: readonly ZooEntry[] }) {
  const value = chosen.value;
  const form = useSignal<HTMLFormElement | null>(null);
  if (!value || !("choice" in value)) return null;
  const { model, input, classes } = value.choice;
  const numbers = { channels: input[0]!, height: input[1]!, width: input[2]!, classes };
  const show = () => {
    if (!form.value?.reportValidity()) return;
    const data = new FormData(form.value);
    const of = (name: string) => Number(data.get(name));
    chosen.value = {
      choice: { model, input: [of("channels"), of("height"), of("width")], classes: of("classes") },
    };
  };
  return (
    <form
      class="row"
      ref={(element) => {
        form.value = element;
      }}
      onSubmit={(event) => {
        event.preventDefault();
        show();
      }}
    >
      <label>
        {t("network")}{" "}
        <select
          value={model}
          onChange={({ currentTarget }) => {
            const entry = zoo.find((one) => one.model === currentTarget.value)!;
            chosen.value = { choice: { ...entry, classes } };
          }}
        >
          {zoo.map((entry) => (
            <option key={entry.model} value={entry.model}>
              {entry.model}
            </option>
          ))}
        </select>
      </label>
      {sizes.map((name) => (
        <label key={`${model} ${name}`}>
          {t(name)}{" "}
          <input
            type="number"
            name={name}
            min="1"
            max={largest[name]}
            required
            value={numbers[name]}
            class="short"
          />
        </label>
      ))}
      <button type="submit">{t("show")}</button>
    </form>
  );
}
