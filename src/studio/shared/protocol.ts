// What the studio's server and its page say to each other, as types of plain JSON. Knows neither of the two.
import type { Remedy, RunFinding } from "../../doctor/index.ts";
import type { ActivationVitals } from "../../train/index.ts";
import type { SeriesState } from "./series.ts";

/** How a run stands. `unfinished`: its files say neither that it ended nor that it stopped, and the studio has no hand on it. */
export type RunStatus = "running" | "paused" | "stopping" | "ended" | "interrupted" | "failed" | "unfinished";

/** What is known of a run from its beginning on. */
export interface RunFacts {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly trainSamples: number;
  readonly valSamples: number;
  readonly parameters: number;
  readonly classes: number;
  readonly optimizer: string;
  /** Loss of an even guess; null where that means nothing. */
  readonly chanceLoss: number | null;
}

/** The step that a run has come to. Numbers that are not finite are null. */
export interface StepFigures {
  /** From 1, as is `step` within it. */
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
  readonly loss: number | null;
  readonly accuracy: number;
  readonly lr: number;
  /** First rate of the schedule: what a hand changes. */
  readonly firstRate: number;
  readonly samplesPerSecond: number;
  readonly secondsLeft: number | null;
}

/** A row of the table of epochs. */
export interface EpochFigures {
  readonly epoch: number;
  readonly trainLoss: number | null;
  readonly trainAccuracy: number | null;
  readonly valLoss: number | null;
  readonly top1: number;
  readonly top5: number;
  readonly lr: number;
  readonly seconds: number;
}

/** How the weights of one layer fared in a step: root mean squares. */
export interface LayerFigures {
  /** Dotted path of the parameter. */
  readonly name: string;
  readonly gradient: number | null;
  /** Size of the update as a share of the weights. */
  readonly ratio: number | null;
}

/** What happens in a run, as small as a page needs it. */
export type RunEvent =
  /** `from`: steps that are done already, over all epochs. */
  | ({ readonly type: "start"; readonly from: number } & RunFacts)
  | ({ readonly type: "step" } & StepFigures)
  | ({ readonly type: "epoch" } & EpochFigures)
  /** `at`: the step over all epochs, from 1. */
  | {
      readonly type: "vitals";
      readonly at: number;
      readonly layers: readonly LayerFigures[];
      readonly activations: readonly ActivationVitals[];
    }
  | { readonly type: "finding"; readonly finding: RunFinding }
  | { readonly type: "heal"; readonly remedy: Remedy; readonly epoch: number; readonly rate: number | null }
  | { readonly type: "status"; readonly status: RunStatus; readonly message: string | null };

/** A run in a list. */
export interface RunSummary {
  /** Path of its folder within the project, with `/` between folders. */
  readonly id: string;
  readonly status: RunStatus;
  /** Whether the studio has a hand on it. */
  readonly isLive: boolean;
  readonly model: string;
  readonly data: string;
  readonly epochs: number;
  readonly epochsDone: number;
  readonly bestAccuracy: number | null;
  /** When its files last changed, ms since 1970. */
  readonly changed: number;
}

/** Everything that is shown of a run. */
export interface RunState {
  readonly id: string;
  readonly status: RunStatus;
  readonly message: string | null;
  readonly facts: RunFacts | null;
  readonly now: StepFigures | null;
  /** Columns `loss`, `accuracy`, `lr` and `samplesPerSecond`. */
  readonly steps: SeriesState;
  readonly epochs: readonly EpochFigures[];
  /** A column for each layer's weights. */
  readonly gradients: SeriesState;
  readonly ratios: SeriesState;
  readonly activations: readonly ActivationVitals[];
  readonly findings: readonly RunFinding[];
  readonly heals: readonly Extract<RunEvent, { type: "heal" }>[];
}

/** A run as the server gives it. */
export interface RunAnswer {
  readonly state: RunState;
  /** Number of the last message that is part of the state: those up to it bring nothing new. */
  readonly at: number;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Pictures in the run's folder that can be shown. */
  readonly pictures: readonly string[];
}

/** How the values of a tensor are spread at one step: counts in equally wide buckets from `min` to `max`. */
export interface HistogramRow {
  readonly step: number;
  readonly min: number;
  readonly max: number;
  readonly counts: readonly number[];
}

/** The histograms of one parameter, step after step. */
export interface LayerHistograms {
  readonly kind: "weights" | "gradients";
  /** Dotted path of the parameter. */
  readonly name: string;
  readonly rows: readonly HistogramRow[];
}

export const languages = ["en", "zh"] as const;
export const themes = ["light", "dark"] as const;

/** What a person has chosen to see; the same in all tabs. */
export interface Preferences {
  /** null: the browser's own. */
  readonly language: (typeof languages)[number] | null;
  readonly theme: (typeof themes)[number] | null;
  /** Ids of the runs that are shown, the first one in detail. */
  readonly shown: readonly string[];
  /** Id of the set of pictures that pages are about; null: the first. */
  readonly set: string | null;
}

/** A field of a form. */
export interface FormField {
  readonly name: string;
  readonly kind: "text" | "number" | "choice" | "yes";
  readonly choices: readonly string[];
  readonly fallback: string;
  readonly placeholder: string;
  readonly help: Readonly<Record<(typeof languages)[number], string>>;
  /** Whether it is shown at first. */
  readonly isBasic: boolean;
}

/** What a search for a learning rate has found: the loss as the rate grows. */
export interface RateCurve {
  readonly rates: readonly number[];
  readonly losses: readonly (number | null)[];
  readonly smoothed: readonly (number | null)[];
  readonly suggestion: number;
}

/** What a hand on a run does. */
export type Hand =
  | { readonly action: "pause" | "resume" | "stop" | "finish" }
  | { readonly action: "rate"; readonly rate: number };

/** Everything but single runs. */
export interface StudioState {
  readonly project: string;
  readonly runs: readonly RunSummary[];
  readonly preferences: Preferences;
}

/** What the server sends without being asked. */
export type ServerMessage =
  | { readonly type: "state"; readonly state: StudioState }
  | { readonly type: "runs"; readonly runs: readonly RunSummary[] }
  | { readonly type: "preferences"; readonly preferences: Preferences }
  | { readonly type: "labels"; readonly set: string; readonly life: string; readonly last: number }
  | { readonly type: "run"; readonly id: string; readonly events: readonly RunEvent[] };
