// The table of all rules.

import { depthRules } from "./depthRules.ts";
import { fieldRules } from "./fieldRules.ts";
import type { Rule } from "./findings.ts";
import { headRules } from "./headRules.ts";
import { kernelRules } from "./kernelRules.ts";
import { orderRules } from "./orderRules.ts";

const order = ["error", "warning", "note"];

/** Every rule, those that weigh most first. */
export const rules: readonly Rule[] = [
  ...headRules,
  ...orderRules,
  ...depthRules,
  ...kernelRules,
  ...fieldRules,
].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
