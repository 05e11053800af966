// One picture as it is, and what the steps make of it in one epoch after another.
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { type Piece, showPiece } from "../sets/piece.ts";
import { Thumbnail } from "../sets/thumbnail.tsx";
import { spokenName } from "../sets/words.ts";
import { isBusy, outcomes, picture, seed } from "./augmentStore.ts";
import { t } from "./texts.ts";

/** Pictures to choose from: the first of each class, up to so many. */
const mostOffered = 14;

/** The outcomes. */
export function OutcomeView({ set }: { set: SetAnswer }) {
  const index = picture.value;
  const offered = useMemo(() => firstOfEach(set), [set]);
  const shown = outcomes.value;
  return (
    <section aria-label={t("outcomes")} aria-busy={isBusy.value}>
      <div class="row">
        <button type="button" disabled={index === 0} onClick={() => void (picture.value = index - 1)}>
          {t("previous")}
        </button>
        <button
          type="button"
          disabled={index === set.names.length - 1}
          onClick={() => void (picture.value = index + 1)}
        >
          {t("next")}
        </button>
        <button type="button" class="primary" onClick={() => void (seed.value = (seed.value + 1) % 2 ** 32)}>
          {t("again")}
        </button>
        <span class="soft">{spokenName(set, index)}</span>
      </div>
      <ul class="offered" aria-label={t("samples")}>
        {offered.map((one) => (
          <li key={one}>
            <button
              type="button"
              class="picture-button"
              aria-label={spokenName(set, one)}
              aria-pressed={one === index}
              onClick={() => void (picture.value = one)}
            >
              <span class="frame">
                <Thumbnail set={set} index={one} isAlone />
              </span>
            </button>
          </li>
        ))}
      </ul>
      <ul class="outcomes">
        <li>
          <span class="frame">
            <Thumbnail set={set} index={index} isAlone />
          </span>
          <span class="caption">{t("asItIs")}</span>
        </li>
        {shown?.pieces.map((piece, k) => (
          <li key={k}>
            <span class="frame">
              <Outcome piece={piece} label={t("outcome", { epoch: shown.epoch + k + 1 })} />
            </span>
            <span class="caption">{t("epoch", { epoch: shown.epoch + k + 1 })}</span>
          </li>
        ))}
      </ul>
      {shown && (
        <p class="hint">
          {shown.number === null
            ? t("keptBack", { seed: seed.value })
            : t("sameAsTraining", { seed: seed.value })}
        </p>
      )}
    </section>
  );
}

function Outcome({ piece, label }: { piece: Piece; label: string }) {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => showPiece(place.current!, piece), [piece]);
  return (
    <span class="thumbnail">
      <span class="picture" role="img" aria-label={label} ref={place} />
    </span>
  );
}

function firstOfEach({ labels, classes, names }: SetAnswer): number[] {
  const firsts = classes.map((_, label) => labels.indexOf(label)).filter((index) => index >= 0);
  const found = firsts.length > 0 ? firsts : names.map((_, i) => i);
  return found.slice(0, mostOffered);
}
