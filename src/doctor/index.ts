// The public face of the doctor: what is wrong with a run, while it runs, and what can be done about it.
export {
  type AttendedEvent,
  type AttendedOptions,
  AttendedRun,
  attend,
  type FindingEvent,
  type HealEvent,
} from "./attended.ts";
export { Doctor, type DoctorState, runRules } from "./doctor.ts";
export { type Healing, isRunFinding, type Remedy, type RunFinding, type RunRuleText } from "./findings.ts";
export type { EpochRecord, HistoryState, Reading } from "./history.ts";
