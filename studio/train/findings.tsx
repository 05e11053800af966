// What the doctor has found, as it comes: findings of one kind together, with what to try.
import type { RunModel } from "../../src/studio/shared/runModel.ts";
import { figure } from "../format.ts";
import { language } from "../i18n/language.ts";
import { modelOf, type ShownRun } from "../runs/runStore.ts";
import { findingsInChinese } from "./findingTexts.ts";
import { t } from "./texts.ts";

const severities = { error: "severityError", warning: "severityWarning", note: "severityNote" } as const;
/** Cases of one kind that are named. */
const mostCases = 6;

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
        const { title, why, fix, lang } = textOf(cases[0]!);
        return (
          <div key={id} class={`finding ${severity}`}>
            <h4>
              <span class="badge">{t(severities[severity])}</span> <span lang={lang}>{title}</span>{" "}
              <span class="soft">{id}</span>
            </h4>
            <ul lang="en">
              {cases.slice(0, mostCases).map(({ layer, evidence, epoch, step }) => (
                <li key={`${layer} ${epoch} ${step}`}>
                  {layer !== "" && <code>{layer} </code>}
                  {evidence} <span class="soft">{whenText(epoch, step)}</span>
                </li>
              ))}
              {cases.length > mostCases && <li>+ {cases.length - mostCases}</li>}
            </ul>
            <p class="soft" lang={lang}>
              {why}
            </p>
            <p>
              <strong>{t("tryThis")}</strong> <span lang={lang}>{fix}</span>
            </p>
          </div>
        );
      })}
    </section>
  );
}

/** A finding in the language of the page, or in English where it has no other. */
function textOf({ id, title, why, fix }: RunModel["findings"][number]) {
  const chinese = language.value === "zh" ? findingsInChinese[id] : undefined;
  return chinese ? { ...chinese, lang: "zh-CN" } : { title, why, fix, lang: "en" };
}

function whenText(epoch: number, step: number): string {
  if (epoch === 0) return t("beforeTraining");
  return step === 0 ? t("atEnd", { epoch }) : t("when", { epoch, step });
}
