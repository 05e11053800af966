// What the doctor finds in a run, and what a rule is. Knows no single rule.
import type { Case, Finding, RuleText } from "../design/index.ts";
import type { EndEvent, EpochEvent, StartEvent, StepEvent, VitalsEvent } from "../train/events.ts";
import type { History } from "./history.ts";

/** Something that was found while a network trained, and when. */
export interface RunFinding extends Finding {
  /** Epoch and step within it, from 1; 0 before the first. */
  readonly epoch: number;
  readonly step: number;
  /** What healing does about it by itself; null where that is for a person to decide. */
  readonly automatic: Remedy | null;
  /** What was done about it; null where nothing was. */
  readonly healed: Healing | null;
}

/** What healing did. */
export interface Healing {
  readonly remedy: Remedy;
  /** Epochs that were done of what it went on with. */
  readonly epoch: number;
  /** First learning rate of the schedule from there on; null for the optimizer's own. */
  readonly rate: number | null;
}

/** What can be done without asking: go back to the last good state with a lower learning rate, or end the run. */
export type Remedy = "lower-rate" | "stop";

/** What is true of all findings of one kind. */
export interface RunRuleText extends RuleText {
  readonly automatic: Remedy | null;
}

/** An event that rules look at. */
export type Moment = StartEvent | StepEvent | VitalsEvent | EpochEvent | EndEvent;

/** A rule: looks at the history when an event of a kind has come in. */
export interface RunRule<K extends Moment["type"] = Moment["type"]> extends RunRuleText {
  readonly when: readonly K[];
  /** Findings of which this one would only be a consequence: not told where one of them was. */
  readonly unless?: readonly string[];
  readonly look: (history: History, event: Extract<Moment, { type: K }>) => readonly Case[];
}

/** A rule with the events that it looks at inferred. */
export function rule<const K extends Moment["type"]>(of: RunRule<K>): RunRule {
  return of as unknown as RunRule;
}

/** Whether a value that was read from a file is a finding. */
export function isRunFinding(value: unknown): value is RunFinding {
  if (typeof value !== "object" || value === null) return false;
  const record = value as Record<string, unknown>;
  const texts = ["id", "title", "layer", "evidence", "why", "fix", "docs"];
  return (
    texts.every((name) => typeof record[name] === "string") &&
    ["error", "warning", "note"].includes(String(record.severity)) &&
    ["epoch", "step"].every((name) => Number.isInteger(record[name])) &&
    (record.healed === null || typeof record.healed === "object")
  );
}
