// What a review of a design finds, and what a rule is. Knows no single rule.

import type { Shape } from "../base/shape.ts";
import type { ReceptiveField } from "../inspect/receptiveField.ts";
import type { Step } from "./steps.ts";

/**
 * How much a finding weighs: an error keeps the model from learning what it is meant to, a warning costs accuracy or a large part of the
 * work for nothing, a note is worth knowing.
 */
export type Severity = "error" | "warning" | "note";

/** One thing that a rule found, at one layer. */
export interface Finding {
  /** The rule's name, such as `large-kernel`. */
  readonly id: string;
  readonly severity: Severity;
  /** The rule in a few words. */
  readonly title: string;
  /** Dotted path of the layer, or of the one whose `forward` computes it; empty for the model itself. */
  readonly layer: string;
  /** What was seen, in numbers. */
  readonly evidence: string;
  /** Why it matters. */
  readonly why: string;
  /** What to change. */
  readonly fix: string;
  /** Page and heading of the documentation, such as `docs/models.md#how-to-design-one`. */
  readonly docs: string;
}

/** What a rule looks at. */
export interface Design {
  /** Each after those that it works on. */
  readonly steps: readonly Step[];
  readonly outputs: readonly Step[];
  /** Shapes of the inputs, batch axis included. */
  readonly inputs: readonly Shape[];
  /** Elements of all parameters that training changes. */
  readonly parameters: number;
  /** Layers with parameters that forward() does not call: path and elements. */
  readonly uncalled: readonly (readonly [path: string, parameters: number])[];
  /** What the units of a step's result see. */
  field(step: Step): ReceptiveField;
  /** Number of classes, null where it was not said. */
  readonly classes: number | null;
  /** Number of training samples, null where it was not said. */
  readonly samples: number | null;
  /** The loss' name in `nn.functional`, null where it was not said. */
  readonly loss: string | null;
}

/** One case of a rule; severity and fix where they differ from the rule's. */
export interface Case {
  readonly layer: string;
  readonly evidence: string;
  readonly severity?: Severity;
  readonly fix?: string;
}

/** What is true of all findings of one kind, for lists and pages. */
export interface RuleText {
  readonly id: string;
  /** The weight that its findings have at most. */
  readonly severity: Severity;
  readonly title: string;
  /** When it applies, with its thresholds. */
  readonly rule: string;
  /** At most two sentences. */
  readonly why: string;
  readonly fix: string;
  readonly docs: string;
}

/** A rule. */
export interface Rule extends RuleText {
  readonly find: (design: Design) => readonly Case[];
}
