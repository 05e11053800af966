// The picture in question, in large: its name, what it is labelled, and what a model says of it.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { percent } from "../format.ts";
import { lookInLarge } from "../sets/enlargement.ts";
import { t as setText } from "../sets/texts.ts";
import { largeOf } from "./api.ts";
import type { Rows } from "./rows.ts";
import { suggestions, suspects } from "./said.ts";
import { t } from "./texts.ts";
import { command, openSuspects, shown } from "./work.ts";

export function LargePicture({ set, rows, index }: { set: SetAnswer; rows: Rows; index: number }) {
  const name = set.names[index]!;
  const label = rows.classes[rows.labels[index]!];
  const fate = rows.isDropped[index] ? t("droppedSign") : rows.isSkipped[index] ? t("skippedSign") : null;
  const next = shown.value[shown.value.indexOf(index) + 1];
  useEffect(() => {
    if (next !== undefined) new Image().src = largeOf(set, next);
  }, [set.id, set.version, next]);
  return (
    <figure class="large">
      <Stage key={`${set.id} ${set.version} ${index}`} address={largeOf(set, index)} name={name} />
      <figcaption>
        <strong class={label === undefined ? "soft" : ""}>{label ?? t("noLabel")}</strong>
        {fate !== null && <span class="bad">{fate}</span>}
        <span class="soft name">{name}</span>
        <Said index={index} name={name} label={label} />
      </figcaption>
    </figure>
  );
}

function Stage({ address, name }: { address: string; name: string }) {
  const look = useSignal("");
  const isBroken = useSignal(false);
  return (
    <div class="stage">
      {isBroken.value ? (
        <p class="problem">{setText("unreadable")}</p>
      ) : (
        <img
          src={address}
          alt={name}
          class={look.value}
          onLoad={({ currentTarget }) => {
            const { naturalWidth: width, naturalHeight: height } = currentTarget;
            look.value = lookInLarge({ width, height });
          }}
          onError={() => {
            isBroken.value = true;
          }}
        />
      )}
    </div>
  );
}

/** A suggestion, or a doubt, with the keys that answer it. */
function Said({ index, name, label }: { index: number; name: string; label: string | undefined }) {
  const suspect = suspects.value.get(name);
  if (suspect && openSuspects.value.includes(index)) {
    return (
      <span class="row said">
        {t("doubt", { given: suspect.given, suggested: suspect.suggested, share: percent(suspect.score, 0) })}
        <button type="button" onClick={() => command({ kind: "accept" })}>
          {t("fix", { name: suspect.suggested })} <kbd>↵</kbd>
        </button>
        <button type="button" onClick={() => command({ kind: "keep" })}>
          {t("keep", { name: suspect.given })} <kbd>K</kbd>
        </button>
      </span>
    );
  }
  const suggestion = suggestions.value.get(name);
  if (!suggestion || label !== undefined) return null;
  return (
    <span class="row said">
      <button type="button" class="ghost" onClick={() => command({ kind: "accept" })}>
        {t("ghost", { name: suggestion.class, share: percent(suggestion.probability, 0) })} <kbd>↵</kbd>
      </button>
    </span>
  );
}
