// Which set of pictures the pages are about: chosen on one of them, and kept for all.
import type { SetKind, SetSummary } from "../../src/studio/shared/sets.ts";
import { count } from "../format.ts";
import { chooseSet, chosenSet, sets } from "./setStore.ts";
import { t } from "./texts.ts";

const kinds: readonly SetKind[] = ["folder", "known"];

/** The chooser. */
export function SetChooser() {
  const all = sets.value ?? [];
  const groups = kinds
    .map((kind) => ({ kind, members: all.filter((set) => set.kind === kind) }))
    .filter(({ members }) => members.length > 0);
  return (
    <select
      class="sets"
      aria-label={t("set")}
      value={chosenSet.value?.id ?? ""}
      disabled={all.length === 0}
      onChange={({ currentTarget }) => chooseSet(currentTarget.value)}
    >
      {groups.map(({ kind, members }) => (
        <optgroup key={kind} label={t(kind)}>
          {members.map((set) => (
            <option key={set.id} value={set.id}>
              {lineOf(set)}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

function lineOf({ name, length, problem }: SetSummary): string {
  return problem === null ? t("setLine", { name, count: count(length) }) : name;
}
