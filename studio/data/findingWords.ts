// The findings of a check in the language in use.
import type { CheckFinding } from "../../src/studio/shared/check.ts";
import { language } from "../i18n/language.ts";
import { type FindingText, findingsInChinese } from "./findingTexts.ts";

/** What is true of all cases of a finding. */
export function wordsOf(finding: CheckFinding): FindingText {
  return language.value === "zh" ? findingsInChinese[finding.id] : finding;
}
