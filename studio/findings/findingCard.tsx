// A finding of the doctor, or of a design's review: what is wrong, where, why that matters, and what to try.
import type { ComponentChildren } from "preact";
import { language } from "../i18n/language.ts";
import { t } from "./texts.ts";

/** What is true of all findings of a rule. */
export interface RuleText {
  readonly title: string;
  readonly why: string;
  readonly fix: string;
}

/** A rule's text in the language of the page, or in English where it has no other. */
export function ruleText(
  { id, title, why, fix }: RuleText & { readonly id: string },
  chinese: Readonly<Record<string, RuleText>>,
): RuleText & { readonly lang: string } {
  const translated = language.value === "zh" ? chinese[id] : undefined;
  return translated ? { ...translated, lang: "zh-CN" } : { title, why, fix, lang: "en" };
}

interface FindingCardProps {
  readonly id: string;
  readonly severity: "error" | "warning" | "note";
  readonly text: ReturnType<typeof ruleText>;
  /** A line for each case. */
  readonly cases: readonly ComponentChildren[];
}

/** Cases that are listed; the others are counted. */
const mostCases = 8;

/** The card. */
export function FindingCard({ id, severity, text: { title, why, fix, lang }, cases }: FindingCardProps) {
  return (
    <div class={`finding ${severity}`}>
      <h4>
        <span class="badge">{t(severity)}</span> <span lang={lang}>{title}</span>{" "}
        <span class="soft">{id}</span>
      </h4>
      <ul>
        {cases.slice(0, mostCases).map((line, i) => (
          <li key={String(i)}>{line}</li>
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
