// The finding of a run that ended with a NaN or an infinity: by whom it was made.
import type { Case } from "../design/index.ts";
import type { NonFiniteError } from "../train/step.ts";
import type { RunRuleText } from "./findings.ts";

/** Its text; there is nothing to look for, since the step itself tells. */
export const notFinite: RunRuleText = {
  id: "not-finite",
  severity: "error",
  title: "A NaN or an infinity came up",
  rule: "the loss or a gradient is NaN or infinite; the step is not taken",
  why: "One such number makes every weight that it touches NaN, and then every answer.",
  fix: "Lower lr0 or clip gradients; where an input or a single op is named, look there: a division by 0, a logarithm of 0, a broken picture.",
  docs: "docs/doctor.md#not-finite",
  automatic: "lower-rate",
};

/** What is known of it. */
export function nonFiniteCase({ loss, origin }: NonFiniteError): Case {
  const what = Number.isFinite(loss) ? "a gradient is not finite" : `the loss is ${loss}`;
  return { layer: origin?.layer ?? "", evidence: origin ? `${what}: ${origin.text}` : what };
}
