// The doctor: listens to a run's events and says what is wrong, once for each rule and layer. Changes nothing.
import type { Case } from "../design/index.ts";
import type { TrainEvent } from "../train/events.ts";
import { NonFiniteError } from "../train/step.ts";
import type { RunFinding, RunRuleText } from "./findings.ts";
import { History, type HistoryState } from "./history.ts";
import { nonFiniteCase, notFinite } from "./nonFinite.ts";
import { rules } from "./rules.ts";

/** Every rule, those of a run's beginning first. */
export const runRules: readonly RunRuleText[] = [...rules, notFinite];

/** What a doctor knows, as plain JSON. */
export interface DoctorState {
  readonly history: HistoryState;
  readonly findings: readonly RunFinding[];
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
  readonly #history: History;
  readonly #findings: RunFinding[];

  /** With the state of an earlier doctor, one that goes on where that one stopped. */
  constructor(state?: DoctorState) {
    this.#history = state ? History.from(state.history) : new History();
    this.#findings = [...(state?.findings ?? [])];
  }

  /** All findings so far, in the order in which they came. */
  get findings(): readonly RunFinding[] {
    return this.#findings;
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
    for (const rule of rules) {
      const isSilent = rule.unless?.some((id) => this.#findings.some((known) => known.id === id));
      if (isSilent || !rule.when.includes(event.type)) continue;
      for (const one of rule.look(history, event as never)) found.push(...this.#tell(rule, one, epoch, step));
    }
    return found;
  }

  /** Takes in the error that ended a run; gives what there is to say of it. */
  failed(error: unknown): RunFinding[] {
    return error instanceof NonFiniteError
      ? this.#tell(notFinite, nonFiniteCase(error), error.epoch, error.step)
      : [];
  }

  /** What is needed to go on later. */
  toJSON(): DoctorState {
    return { history: this.#history.toJSON(), findings: this.#findings };
  }

  /** A finding, unless it was told before. */
  #tell(rule: RunRuleText, found: Case, epoch: number, step: number): RunFinding[] {
    const { id, severity, title, why, fix, docs, automatic } = rule;
    const { layer } = found;
    if (this.#findings.some((known) => known.id === id && known.layer === layer)) return [];
    const finding: RunFinding = { id, severity, title, why, fix, docs, automatic, ...found, epoch, step };
    this.#findings.push(finding);
    return [finding];
  }
}
