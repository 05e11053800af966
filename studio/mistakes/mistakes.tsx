// The tab Mistakes: what the chosen network gets wrong on pictures that it was not trained on, and how it holds them.
import { useEffect } from "preact/hooks";
import { heldOutChoices } from "../../src/studio/shared/heldOut.ts";
import { count, figure, percent } from "../format.ts";
import { chosen, facts } from "../inspect/modelChoice.ts";
import { ClassTable } from "./classTable.tsx";
import { ConfusionMatrix } from "./confusionMatrix.tsx";
import { choice, measureModel, stage, stopMeasuring } from "./measuring.ts";
import { countOf, type Outcome } from "./outcome.ts";
import { Pictures } from "./pictures.tsx";
import { Projection } from "./projectionView.tsx";
import { mean } from "./selection.ts";
import { t } from "./texts.ts";

const partTexts = { auto: "partAuto", val: "partVal", test: "partTest" } as const;

/** The tab. */
export function Mistakes() {
  const [model, known] = [chosen.value, facts.value];
  const data = known?.data ?? "";
  useEffect(() => {
    if (model && data !== "") void measureModel(model, data);
  }, [model, data, choice.value]);
  if (!model || !known) return null;
  if (data === "") return <p class="card">{t("untrained")}</p>;
  const again = () => void measureModel(model, data, true);
  return (
    <div class="mistakes">
      <Stage data={data} onAgain={again} />
    </div>
  );
}

function Stage({ data, onAgain }: { data: string; onAgain: () => void }) {
  const now = stage.value;
  switch (now.kind) {
    case "idle":
      return null;
    case "measuring":
      return (
        <div class="card row" role="status">
          <span>{t("measuring", { percent: percent(now.share, 0) })}</span>
          <progress value={now.share} aria-label={t("part")} />
          <button type="button" onClick={stopMeasuring}>
            {t("cancel")}
          </button>
        </div>
      );
    case "stopped":
    case "failed":
      return (
        <div class="card">
          {now.kind === "stopped" ? (
            <p>{t("stopped")}</p>
          ) : (
            <p class="problem" role="alert">
              {now.isSetMissing ? `${t("noData", { data })} ` : ""}
              {t("failed", { reason: now.reason })}
              {now.isSetMissing ? ` ${t("noDataFix", { data })}` : ""}
            </p>
          )}
          <p class="row">
            <PartChoice />
            <button type="button" class="primary" onClick={onAgain}>
              {t("again")}
            </button>
          </p>
        </div>
      );
    case "done":
      return <Findings key={now.outcome.held.set} outcome={now.outcome} />;
  }
}

function Findings({ outcome }: { outcome: Outcome }) {
  useEffect(() => mean({ kind: "mistakes" }), [outcome]);
  return (
    <>
      <Figures outcome={outcome} />
      <div class="mistakeParts">
        <div>
          <ConfusionMatrix outcome={outcome} />
          <ClassTable outcome={outcome} />
        </div>
        <Pictures outcome={outcome} />
      </div>
      <Projection outcome={outcome} />
    </>
  );
}

function PartChoice() {
  return (
    <label>
      {t("part")}{" "}
      <select
        value={choice.value}
        onChange={({ currentTarget }) => {
          choice.value = heldOutChoices.find((one) => one === currentTarget.value) ?? "auto";
        }}
      >
        {heldOutChoices.map((one) => (
          <option key={one} value={one}>
            {t(partTexts[one])}
          </option>
        ))}
      </select>
    </label>
  );
}

function Figures({ outcome }: { outcome: Outcome }) {
  const { held, set, found } = outcome;
  const n = countOf(outcome);
  const wrong = n - Math.round(found.top1 * n);
  const tiles = [
    ["accuracy", percent(found.top1, 2)],
    ["mistakes", count(wrong)],
    ["top5", percent(found.top5, 2)],
    ["loss", figure(found.loss)],
    ["macroF1", figure(found.scores.f1)],
    ["seconds", `${(found.ms / 1000).toFixed(1)} s`],
  ] as const;
  const unread = held.indices.length - n;
  return (
    <section class="card" aria-labelledby="measured-title">
      <div class="row">
        <h2 id="measured-title">
          {t("measured", {
            count: count(n),
            part: t(held.part === "test" ? "partTest" : "partVal"),
            data: set.name,
          })}
        </h2>
        {set.kind === "folder" && <PartChoice />}
      </div>
      <dl class="tiles">
        {tiles.map(([key, text]) => (
          <div key={key}>
            <dt>{t(key)}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {held.chosenBy && <p class="soft">{t("chosenBy")}</p>}
      {unread > 0 && <p class="problem">{t("unreadable", { count: count(unread) })}</p>}
    </section>
  );
}
