// What the review of the design says: findings of one rule and remedy together, each case leading to its layer.
import type { Finding, NetworkDescription } from "../../src/studio/shared/networks.ts";
import { FindingCard, ruleText } from "../findings/findingCard.tsx";
import { count } from "../format.ts";
import { designInChinese } from "./designTexts.ts";
import { t } from "./texts.ts";

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
  const lines = cases.map(({ layer, evidence }) => (
    <>
      {layer === "" ? (
        t("wholeModel")
      ) : (
        <button type="button" class="plain" onClick={() => onJump(layer)}>
          <code>{layer}</code>
        </button>
      )}{" "}
      <span lang="en">{evidence}</span>
    </>
  ));
  return (
    <FindingCard id={id} severity={severity} text={ruleText(cases[0]!, designInChinese)} cases={lines} />
  );
}
