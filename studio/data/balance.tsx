// How many pictures each class has, by part, and how far classes differ.
import { useMemo } from "preact/hooks";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { count } from "../format.ts";
import { type ClassCount, classCounts, imbalanceOf } from "../sets/filter.ts";
import { currentParts } from "../sets/setStore.ts";
import { t } from "./texts.ts";

/** From this ratio on the data check warns. */
const unbalanced = 5;

interface BalanceProps {
  readonly set: SetAnswer;
  /** The class that is looked at; null for all. */
  readonly label: number | null;
  readonly onChoose: (label: number | null) => void;
}

/** Figures, parts, and a bar for each class, which shows its pictures alone. */
export function Balance({ set, label, onChoose }: BalanceProps) {
  const parts = currentParts.value;
  const counts = useMemo(() => classCounts(set, parts), [set, parts]);
  const ratio = imbalanceOf(counts);
  const largest = Math.max(1, ...counts.map(({ total }) => total));
  return (
    <>
      <p class="figures">
        <strong>{count(set.names.length)}</strong> {t("picturesIn")} <strong>{set.classes.length}</strong>{" "}
        {t("classesWord")}
      </p>
      <ul class="splits" aria-label={t("parts")}>
        {parts.names.map((name, i) => (
          <li key={name}>
            <span class={`swatch bar${i}`} /> {name}{" "}
            <span class="soft">{count(counts.reduce((sum, { byPart }) => sum + byPart[i]!, 0))}</span>
          </li>
        ))}
      </ul>
      {parts.isDrawn && <p class="hint">{t("drawnParts")}</p>}
      {ratio !== null && (
        <p class={ratio >= unbalanced ? "bad" : "soft"}>{t("imbalance", { ratio: ratio.toFixed(1) })}</p>
      )}
      <ul class="bars" aria-label={t("balance")}>
        {counts.map((row) => (
          <li key={row.label}>
            <button
              type="button"
              aria-pressed={row.label === label}
              onClick={() => onChoose(row.label === label ? null : row.label)}
            >
              <span class="name">{set.classes[row.label] ?? t("unlabelled")}</span>
              <span class="soft">{count(row.total)}</span>
              <Bar row={row} largest={largest} />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Bar({ row: { total, byPart }, largest }: { row: ClassCount; largest: number }) {
  const parts = byPart.length > 0 ? byPart : [total];
  return (
    <span class="bar" aria-hidden="true">
      {parts.map((part, i) => (
        <span key={i} class={`bar${i}`} style={{ width: `${(100 * part) / largest}%` }} />
      ))}
    </span>
  );
}
