// The doctor on the command line: a run that is attended, its findings as text and in doctor.json.
import {
  type AttendedOptions,
  type AttendedRun,
  attend,
  type DoctorState,
  type RunFinding,
} from "../doctor/index.ts";
import type { Module } from "../nn/module/module.ts";
import type { FitData } from "../train/fitOptions.ts";
import type { RunFolder } from "../train/runFolder.ts";
import { writeFindings } from "./findingFile.ts";
import { findingText } from "./findingView.ts";
import type { Terminal } from "./terminal.ts";

/** Where one run is attended. */
export class Ward {
  readonly #folder: RunFolder;
  readonly #out: Terminal;
  readonly #told = new Set<string>();
  #run: AttendedRun | null = null;

  constructor(folder: RunFolder, out: Terminal) {
    this.#folder = folder;
    this.#out = out;
  }

  /** Starts a run; `state` is what the doctor knew where an earlier one stopped. */
  attend(model: Module, data: FitData, options: AttendedOptions, state: unknown): AttendedRun {
    this.#run = attend(model, data, { ...options, state: state as DoctorState | undefined });
    return this.#run;
  }

  /** What the doctor knows, to be saved. */
  get state(): DoctorState {
    return this.#run!.doctor.toJSON();
  }

  /** A finding in words: the remedy only with the first of its kind. */
  told(finding: RunFinding): string {
    const isFirst = !this.#told.has(finding.id);
    this.#told.add(finding.id);
    return findingText(finding, isFirst, this.#out);
  }

  /** For a run that goes back: what comes up again is told in full. */
  forget(): void {
    this.#told.clear();
  }

  /** Writes doctor.json anew. */
  async write(): Promise<void> {
    await writeFindings(this.#folder, this.#run!.doctor.findings);
  }
}
