// The pictures that are meant, the worst first, and the one that is looked at.
import { useMemo } from "preact/hooks";
import { count, percent } from "../format.ts";
import { lookAtSample } from "../inspect/lookAtSample.ts";
import { PictureGrid } from "../sets/pictureGrid.tsx";
import { Thumbnail } from "../sets/thumbnail.tsx";
import { isWrong, numberOf, type Outcome, orders, rowsByNumber, truthOf } from "./outcome.ts";
import { lookedAt, type Meant, mean, meant, order, rowsOf } from "./selection.ts";
import { t } from "./texts.ts";

/** The card. */
export function Pictures({ outcome }: { outcome: Outcome }) {
  const { held, set, found } = outcome;
  const now = meant.value;
  const rows = useMemo(() => rowsOf(outcome, now, order.value), [outcome, now, order.value]);
  const numbers = useMemo(() => rows.map((row) => numberOf(outcome, row)), [outcome, rows]);
  const byNumber = useMemo(() => rowsByNumber(outcome), [outcome]);
  const at = lookedAt.value;
  const lineOf = (index: number): string => {
    const row = byNumber.get(index)!;
    const [truth, answer] = [truthOf(outcome, row), found.answers[row]!];
    const sure = percent(found.confidence[row]!, 0);
    if (truth === answer) return `${held.classes[truth]} ${sure}`;
    return t("pictureLine", { truth: held.classes[truth]!, answer: held.classes[answer]!, percent: sure });
  };
  return (
    <section class="card mistakePictures" aria-labelledby="pictures-title">
      <div class="row">
        <h3 id="pictures-title">
          {titleOf(outcome, now)} <span class="soft">{count(rows.length)}</span>
        </h3>
        {now.kind !== "mistakes" && (
          <button type="button" onClick={() => mean({ kind: "mistakes" })}>
            {t("allMistakes")}
          </button>
        )}
        <label>
          {t("order")}{" "}
          <select
            value={order.value}
            onChange={({ currentTarget }) => {
              order.value = orders.find((one) => one === currentTarget.value) ?? "byLoss";
            }}
          >
            {orders.map((one) => (
              <option key={one} value={one}>
                {t(one)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {rows.length === 0 ? (
        <p class={now.kind === "mistakes" ? "good" : "soft"}>
          {t(now.kind === "mistakes" ? "noMistakes" : "noPictures")}
        </p>
      ) : (
        <>
          <div class="mistakeGrid">
            <PictureGrid
              set={set}
              indices={numbers}
              label={titleOf(outcome, now)}
              tile={84}
              selected={new Set(at === null ? [] : [numberOf(outcome, at)])}
              onSelect={(chosen) => {
                const last = [...chosen].at(-1);
                lookedAt.value = last === undefined ? null : byNumber.get(last)!;
              }}
              onOpen={(index) => lookAtSample(set, index)}
              caption={lineOf}
            />
          </div>
          {at === null ? <p class="hint">{t("choosePicture")}</p> : <Looked outcome={outcome} row={at} />}
        </>
      )}
    </section>
  );
}

function titleOf({ held }: Outcome, now: Meant): string {
  const { classes } = held;
  switch (now.kind) {
    case "mistakes":
      return t("worst");
    case "cell":
      return t("cellTitle", { truth: classes[now.truth]!, answer: classes[now.answer]! });
    case "class":
      return t("classTitle", { class: classes[now.truth]! });
    case "points":
      return t("areaTitle", { count: count(now.rows.length) });
  }
}

/** The picture that is looked at, with what the network made of it. */
function Looked({ outcome, row }: { outcome: Outcome; row: number }) {
  const { held, set, found } = outcome;
  const index = numberOf(outcome, row);
  const name = set.names[index] || String(index);
  return (
    <div class="looked" aria-live="polite">
      <span class="lookedPicture">
        <Thumbnail set={set} index={index} isAlone />
      </span>
      <dl>
        <div>
          <dt>{t("picture")}</dt>
          <dd>{name}</dd>
        </div>
        <div>
          <dt>{t("truth")}</dt>
          <dd>
            {held.classes[truthOf(outcome, row)]} · {percent(found.trueProbability[row]!, 2)}
          </dd>
        </div>
        <div>
          <dt>{t("answer")}</dt>
          <dd class={isWrong(outcome, row) ? "bad" : "good"}>
            {held.classes[found.answers[row]!]} · {percent(found.confidence[row]!, 2)}
          </dd>
        </div>
      </dl>
      <button type="button" onClick={() => lookAtSample(set, index)}>
        {t("lookInside")}
      </button>
    </div>
  );
}
