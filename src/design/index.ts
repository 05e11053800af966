// The public face of design reviews: what is wrong or wasteful in a model, without running it.
export type { Case, Finding, RuleText, Severity } from "./findings.ts";
export { lossNames } from "./losses.ts";
export { designRules, type ReviewOptions, review } from "./review.ts";
