// The page Label: the picture in question and its classes at the left, all pictures at the right. Keys do everything.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { NoSet } from "../sets/noSet.tsx";
import { type Badge, PictureGrid } from "../sets/pictureGrid.tsx";
import { SetChooser } from "../sets/setChooser.tsx";
import { chosenSet, watchSets } from "../sets/setStore.ts";
import { Adding } from "./adding.tsx";
import { ClassBar } from "./classBar.tsx";
import { FilterChooser } from "./filterChooser.tsx";
import { KeyHelp } from "./keyHelp.tsx";
import { commandOf } from "./keys.ts";
import { LargePicture } from "./largePicture.tsx";
import { Models } from "./models.tsx";
import type { Rows } from "./rows.ts";
import { labelling, watchLabels } from "./session.ts";
import { t } from "./texts.ts";
import { Toolbar } from "./toolbar.tsx";
import {
  command,
  labelled,
  large,
  openSuspects,
  proposalFor,
  select,
  selected,
  show,
  shown,
  startAfresh,
} from "./work.ts";

/** The page. */
export function LabelPage() {
  useEffect(watchSets, []);
  useEffect(watchLabels, []);
  useEffect(startAfresh, [chosenSet.value?.id]);
  const isHelping = useSignal(false);
  const isNaming = useSignal(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      if (event.isComposing || target?.closest("input, select, textarea, dialog")) return;
      const isOnButton = event.key === "Enter" && target?.closest("button, a, summary") !== null;
      const asked = isOnButton
        ? null
        : commandOf(event, target?.closest(".grid") !== null && target !== null);
      if (!asked) return;
      event.preventDefault();
      event.stopPropagation();
      if (asked.kind === "help") isHelping.value = true;
      else if (asked.kind === "newClass") isNaming.value = true;
      else command(asked);
    };
    // Before the grid, which has meanings of its own for some of the keys.
    addEventListener("keydown", press, { capture: true });
    return () => removeEventListener("keydown", press, { capture: true });
  }, [isHelping, isNaming]);
  const now = labelled.value;
  return (
    <div class="label">
      <h1 class="hidden">{t("label")}</h1>
      <div class="row head">
        <SetChooser />
        <Toolbar
          onHelp={() => {
            isHelping.value = true;
          }}
        />
      </div>
      <Body
        isNaming={isNaming.value}
        onNaming={(is) => {
          isNaming.value = is;
        }}
      />
      {isHelping.value && (
        <KeyHelp
          classes={now?.rows.classes ?? []}
          onClose={() => {
            isHelping.value = false;
          }}
        />
      )}
    </div>
  );
}

function Body({ isNaming, onNaming }: { isNaming: boolean; onNaming: (is: boolean) => void }) {
  const now = labelled.value;
  const chosen = chosenSet.value;
  if (chosen && !chosen.isEditable) return <p class="soft">{t("notEditable")}</p>;
  const trouble = labelling.value?.trouble.value;
  if (!now) {
    return trouble ? (
      <p class="problem" role="alert">
        {trouble}
      </p>
    ) : (
      <NoSet />
    );
  }
  const { set, rows } = now;
  return (
    <div class="halves">
      <section class="one" aria-label={t("picture")}>
        {large.value === null ? (
          <p class="soft nothing">{t("nothingShown")}</p>
        ) : (
          <LargePicture set={set} rows={rows} index={large.value} />
        )}
        <ClassBar isNaming={isNaming} onNaming={onNaming} />
      </section>
      <section class="all" aria-label={t("pictures")}>
        <div class="row">
          <FilterChooser />
          {selected.value.size > 1 && <span class="soft">{t("chosen", { count: selected.value.size })}</span>}
        </div>
        <PictureGrid
          set={set}
          indices={shown.value}
          label={t("pictures")}
          selected={selected.value}
          onSelect={select}
          onActive={show}
          onOpen={show}
          current={large.value}
          badge={(index) => badgeOf(rows, index)}
          tile={96}
        />
        <Models set={set.id} />
        <Adding set={set} />
      </section>
    </div>
  );
}

/** The sign of a picture: what was done with it, or what a model would have it be. */
function badgeOf({ labels, isDropped, isSkipped }: Rows, index: number): Badge | null {
  if (isDropped[index]) return { text: t("droppedSign"), tone: "error" };
  if (isSkipped[index]) return { text: t("skippedSign"), tone: "warning" };
  const proposal =
    labels[index] === -1 || openSuspects.value.includes(index) ? proposalFor(index) : undefined;
  return proposal === undefined ? null : { text: `${proposal}?`, tone: "note" };
}
