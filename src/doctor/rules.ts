// All rules, in the order of a run.
import type { RunRule } from "./findings.ts";
import { layerRules } from "./layerRules.ts";
import { rateRules } from "./rateRules.ts";
import { resultRules } from "./resultRules.ts";
import { startRules } from "./startRules.ts";

export const rules: readonly RunRule[] = [...startRules, ...layerRules, ...rateRules, ...resultRules];
