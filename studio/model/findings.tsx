// What the review of the design says: findings of one rule and remedy together, each case leading to its layer.
import type { Finding, NetworkDescription } from "../../src/studio/shared/networks.ts";
import { count } from "../format.ts";
import { language } from "../i18n/language.ts";
import { designInChinese } from "./designTexts.ts";
import { t } from "./texts.ts";

const severities = { error: "severityError", warning: "severityWarning", note: "severityNote" } as const;
/** Cases of one kind that are listed. */
const mostCases = 8;

interface FindingsProps {
  readonly network: NetworkDescription;
  readonly onJump: (path: string) => void;
}

/** The list. */
export function Findings({ network, onJump }: FindingsProps) {
  const { findings, classes } = network;
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.id} ${finding.fix}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return (
    <section class="card" aria-labelledby="review-title">
      <h3 id="review-title">{t("findings")}</h3>
      <p class="soft">{t("reviewedFor", { classes: count(classes) })}</p>
      {findings.length === 0 && <p class="good">{t("noFindings")}</p>}
      {Array.from(groups, ([key, cases]) => (
        <Group key={key} cases={cases} onJump={onJump} />
      ))}
    </section>
  );
}

function Group({ cases, onJump }: { cases: readonly Finding[]; onJump: (path: string) => void }) {
  const { id, severity } = cases[0]!;
  const { title, why, fix, lang } = findingText(cases[0]!);
  return (
    <div class={`finding ${severity}`}>
      <h4>
        <span class="badge">{t(severities[severity])}</span> <span lang={lang}>{title}</span>{" "}
        <span class="soft">{id}</span>
      </h4>
      <ul>
        {cases.slice(0, mostCases).map(({ layer, evidence }, i) => (
          <li key={`${layer} ${i}`}>
            {layer === "" ? (
              t("wholeModel")
            ) : (
              <button type="button" class="plain" onClick={() => onJump(layer)}>
                <code>{layer}</code>
              </button>
            )}{" "}
            <span lang="en">{evidence}</span>
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
}

/** A finding in the language of the page, or in English where it has no other. */
export function findingText({ id, title, why, fix }: Finding) {
  const chinese = language.value === "zh" ? designInChinese[id] : undefined;
  return chinese ? { ...chinese, lang: "zh-CN" } : { title, why, fix, lang: "en" };
}
