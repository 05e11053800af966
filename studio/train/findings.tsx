// What the doctor has found, as it comes: findings of one kind together, with what to try.
import { FindingCard, ruleText } from "../findings/findingCard.tsx";
import { figure } from "../format.ts";
import { modelOf, type ShownRun } from "../runs/runStore.ts";
import { findingsInChinese } from "./findingTexts.ts";
import { t } from "./texts.ts";

/** The findings, and what healing did. */
export function Findings({ run }: { run: ShownRun }) {
  const model = modelOf(run);
  if (!model) return null;
  const { findings, heals } = model;
  const kinds = new Map(findings.map(({ id }) => [id, findings.filter((one) => one.id === id)]));
  return (
    <section class="card" aria-labelledby="findings-title" aria-live="polite">
      <h3 id="findings-title">{t("findings")}</h3>
      {findings.length === 0 && <p class="good">{t("noFindings")}</p>}
      {heals.map(({ remedy, epoch, rate }, i) => (
        <p key={String(i)}>
          {remedy === "stop" ? t("healedStop", { epoch }) : t("healedRate", { epoch, rate: figure(rate, 2) })}
        </p>
      ))}
      {Array.from(kinds, ([id, cases]) => {
        const { severity } = cases[0]!;
        const lines = cases.map(({ layer, evidence, epoch, step }) => (
          <>
            <span lang="en">
              {layer !== "" && <code>{layer} </code>}
              {evidence}
            </span>{" "}
            <span class="soft">{whenText(epoch, step)}</span>
          </>
        ));
        const text = ruleText(cases[0]!, findingsInChinese);
        return <FindingCard key={id} id={id} severity={severity} text={text} cases={lines} />;
      })}
    </section>
  );
}

function whenText(epoch: number, step: number): string {
  if (epoch === 0) return t("beforeTraining");
  return step === 0 ? t("atEnd", { epoch }) : t("when", { epoch, step });
}
