// The doctor: listens to a run's events and says what is wrong, once for each rule and layer. Changes nothing.
import type { Case } from "../design/index.ts";
import type { TrainEvent } from "../train/events.ts";
import type { FitData } from "../train/fitOptions.ts";
import { NonFiniteError } from "../train/step.ts";
import type { Healing, Moment, RunFinding, RunRule, RunRuleText } from "./findings.ts";
import { History, type HistoryState } from "./history.ts";
import { leakCases, leakRule } from "./leak.ts";
import { nonFiniteCase, notFinite } from "./nonFinite.ts";
import { nothingLearned } from "./rateRules.ts";
import { rules } from "./rules.ts";

/** Every rule, those of a run's beginning first. */
export const runRules: readonly RunRuleText[] = [leakRule, ...rules, notFinite];

const at = (type: Moment["type"]) => rules.filter(({ when }) => when.includes(type));
/** Those that look at an event: most steps concern few of them. */
const rulesAt: Readonly<Record<Moment["type"], readonly RunRule[]>> = {
  start: at("start"),
  step: at("step"),
  vitals: at("vitals"),
  epoch: at("epoch"),
  end: at("end"),
};

/** What a doctor knows, as plain JSON. */
export interface DoctorState {
  readonly history: HistoryState;
  readonly findings: readonly RunFinding[];
  /** Findings from this one on are not told again; those before belong to attempts that were given up. */
  readonly firstKnown: number;
}

/**
 * Watches a run: give it every event of `fit` with `vitals: true`, and it gives back what is new.
 *
 * ```ts
 * const doctor = new Doctor();
 * for await (const event of fit(model, data, { vitals: true })) {
 *   for (const { title, evidence, fix } of doctor.add(event)) console.log(`${title}: ${evidence}. ${fix}`);
 * }
 * ```
 */
export class Doctor {
  #history: History;
  #firstKnown: number;
  readonly #findings: RunFinding[];

  /** With the state of an earlier doctor, one that goes on where that one stopped. */
  constructor(state?: DoctorState) {
    this.#history = state ? History.from(state.history) : new History();
    this.#findings = [...(state?.findings ?? [])];
    this.#firstKnown = state?.firstKnown ?? 0;
  }

  /** All findings so far, in the order in which they came. */
  get findings(): readonly RunFinding[] {
    return this.#findings;
  }

  /** Whether the run is worth going back to as it is now, at the end of an epoch: something was learned, nothing grave is known, and the loss is not rising. */
  get isWell(): boolean {
    const { epochs, highSteps, start } = this.#history;
    const loss = epochs.at(-1)?.trainLoss ?? Number.POSITIVE_INFINITY;
    const isGrave = this.#known.some(({ severity }) => severity === "error");
    return highSteps === 0 && !isGrave && loss < nothingLearned * (start?.chanceLoss ?? Number.MAX_VALUE);
  }

  /** Looks at the data before training; gives the findings that are new. */
  inspect(data: FitData): RunFinding[] {
    return leakCases(data).flatMap((found) => this.#tell(leakRule, found, 0, 0));
  }

  /** Takes in an event; gives the findings that are new. */
  add(event: TrainEvent): RunFinding[] {
    const history = this.#history;
    let [epoch, step] = [0, 0];
    switch (event.type) {
      case "interrupted":
        return [];
      case "start":
        history.begin(event);
        break;
      case "vitals":
        ({ epoch, step } = event);
        history.vitals(event);
        break;
      case "step":
        ({ epoch, step } = event);
        history.step(event);
        break;
      case "epoch":
        ({ epoch } = event);
        history.epoch(event);
        break;
      case "end":
        epoch = event.epochs;
        break;
    }
    const found: RunFinding[] = [];
    for (const rule of rulesAt[event.type]) {
      const isSilent = rule.unless?.some((id) => this.#known.some((known) => known.id === id));
      if (isSilent) continue;
      for (const one of rule.look(history, event as never)) found.push(...this.#tell(rule, one, epoch, step));
    }
    return found;
  }

  /** Takes in the error that ended a run; gives what there is to say of it. */
  failed(error: unknown): RunFinding[] {
    if (!(error instanceof NonFiniteError)) return [];
    return this.#tell(notFinite, nonFiniteCase(error), error.epoch, error.step);
  }

  /** Notes what was done about a finding; gives the finding as it is on record now. */
  note(finding: RunFinding, healed: Healing): RunFinding {
    const noted = { ...finding, healed };
    this.#findings[this.#findings.indexOf(finding)] = noted;
    return noted;
  }

  /** Goes back to an earlier state of the run: what was found since stays on record, and is told again where it comes up again. */
  goBack({ history }: DoctorState): void {
    this.#history = History.from(history);
    this.#firstKnown = this.#findings.length;
  }

  /** What is needed to go on later. */
  toJSON(): DoctorState {
    return {
      history: this.#history.toJSON(),
      findings: [...this.#findings],
      firstKnown: this.#firstKnown,
    };
  }

  get #known(): readonly RunFinding[] {
    return this.#findings.slice(this.#firstKnown);
  }

  /** A finding, unless it was told before. */
  #tell(
    { id, severity, title, why, fix, docs, automatic }: RunRuleText,
    found: Case,
    epoch: number,
    step: number,
  ): RunFinding[] {
    if (this.#known.some((known) => known.id === id && known.layer === found.layer)) return [];
    const finding: RunFinding = {
      id,
      severity,
      title,
      why,
      fix,
      docs,
      automatic,
      ...found,
      epoch,
      step,
      healed: null,
    };
    this.#findings.push(finding);
    return [finding];
  }
}
