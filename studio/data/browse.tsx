// The pictures of the set in a grid: filtered, and one of them in large.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { count } from "../format.ts";
import { filtered, noFilter } from "../sets/filter.ts";
import { type Badge, PictureGrid } from "../sets/pictureGrid.tsx";
import { PictureViewer } from "../sets/pictureViewer.tsx";
import { currentParts } from "../sets/setStore.ts";
import { findingOf, findings } from "./checkStore.ts";
import { filter, selected } from "./filterState.ts";
import { wordsOf } from "./findingWords.ts";
import { t } from "./texts.ts";

/** The view. */
export function Browse({ set }: { set: SetAnswer }) {
  const open = useSignal<number | null>(null);
  const parts = currentParts.value;
  // Another filter begins at the top; the same one stays where it is as the set changes.
  const { label, part, text, among } = filter.value;
  const indices = useMemo(() => filtered(set, parts, filter.value), [set, parts, filter.value]);
  return (
    <>
      <Filters set={set} shown={indices.length} selected={selected.value.size} />
      {indices.length === 0 ? (
        <p class="soft">{t("nothingFits")}</p>
      ) : (
        <PictureGrid
          key={`${label} ${part} ${text} ${among?.size}`}
          set={set}
          indices={indices}
          label={t("pictures")}
          selected={selected.value}
          onSelect={(chosen) => {
            selected.value = chosen;
          }}
          badge={badgeOf}
          onOpen={(index) => {
            open.value = indices.indexOf(index);
          }}
        />
      )}
      {open.value !== null && open.value < indices.length && (
        <PictureViewer
          set={set}
          indices={indices}
          at={open.value}
          about={foundOf}
          onMove={(at) => {
            open.value = at;
          }}
          onClose={() => {
            open.value = null;
          }}
        />
      )}
    </>
  );
}

/** All that the check has found of a picture. */
function foundOf(index: number): ComponentChildren {
  const found = findings.value.filter(({ cases }) => cases.some(({ pictures }) => pictures.includes(index)));
  return found.map((finding) => (
    <p key={finding.id} class={finding.severity}>
      <span class="badge">{wordsOf(finding).title}</span> {wordsOf(finding).fix}
    </p>
  ));
}

/** The worst that the check has found of a picture. */
function badgeOf(index: number): Badge | null {
  const finding = findingOf.value.get(index);
  return finding ? { text: wordsOf(finding).title, tone: finding.severity } : null;
}

function Filters({ set, shown, selected }: { set: SetAnswer; shown: number; selected: number }) {
  const { label, part, text } = filter.value;
  const parts = currentParts.value;
  const change = (changed: Partial<typeof filter.value>) => {
    filter.value = { ...filter.value, ...changed };
  };
  return (
    <search class="row filters">
      <input
        type="text"
        aria-label={t("search")}
        placeholder={t("search")}
        value={text}
        onInput={({ currentTarget }) => change({ text: currentTarget.value })}
      />
      <select
        aria-label={t("class")}
        value={label ?? ""}
        onChange={({ currentTarget: { value } }) => change({ label: value === "" ? null : Number(value) })}
      >
        <option value="">{t("allClasses")}</option>
        {set.classes.map((name, i) => (
          <option key={name} value={i}>
            {name}
          </option>
        ))}
        {set.labels.includes(-1) && <option value={-1}>{t("unlabelled")}</option>}
      </select>
      {parts.names.length > 0 && (
        <select
          aria-label={t("part")}
          value={part ?? ""}
          onChange={({ currentTarget: { value } }) => change({ part: value === "" ? null : value })}
        >
          <option value="">{t("allParts")}</option>
          {parts.names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
      {findingOf.value.size > 0 && <FindingChoice />}
      {filter.value !== noFilter && (
        <button
          type="button"
          onClick={() => {
            filter.value = noFilter;
          }}
        >
          {t("showAll")}
        </button>
      )}
      <span class="soft" aria-live="polite">
        {t("shown", { count: count(shown) })}
        {selected > 0 && ` · ${t("selected", { count: count(selected) })}`}
      </span>
    </search>
  );
}

/** Pictures that the check has found something of: all of them, or those of one finding. */
function FindingChoice() {
  const { among } = filter.value;
  const all = findings.value.map((finding) => ({
    finding,
    pictures: new Set(finding.cases.flatMap(({ pictures }) => pictures)),
  }));
  const chosen = all.find(({ pictures }) => among !== null && isSame(pictures, among))?.finding.id;
  const any = new Set(findingOf.value.keys());
  return (
    <select
      aria-label={t("findings")}
      value={among === null ? "" : (chosen ?? "any")}
      onChange={({ currentTarget: { value } }) => {
        const pictures =
          value === "any" ? any : (all.find(({ finding }) => finding.id === value)?.pictures ?? null);
        filter.value = { ...filter.value, among: pictures };
      }}
    >
      <option value="">{t("anyFinding")}</option>
      <option value="any">{t("withFinding", { count: count(any.size) })}</option>
      {all
        .filter(({ pictures }) => pictures.size > 0)
        .map(({ finding, pictures }) => (
          <option key={finding.id} value={finding.id}>
            {wordsOf(finding).title} ({count(pictures.size)})
          </option>
        ))}
    </select>
  );
}

function isSame(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((index) => b.has(index));
}
