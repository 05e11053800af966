// Requests for runs: what is known of them, a new one, hands on one in progress.
import type {
  FormField,
  Hand,
  LayerHistograms,
  RateCurve,
  RunAnswer,
} from "../../src/studio/shared/protocol.ts";
import { ask, pathOf } from "../ask.ts";

export function loadForm(): Promise<readonly FormField[]> {
  return ask("GET", "/api/form");
}

export function loadRun(id: string): Promise<RunAnswer> {
  return ask("GET", `/api/run/${pathOf(id)}`);
}

export function loadHistograms(id: string): Promise<readonly LayerHistograms[]> {
  return ask("GET", `/api/histograms/${pathOf(id)}`);
}

export function startRun(options: Readonly<Record<string, string>>): Promise<{ readonly id: string }> {
  return ask("POST", "/api/start", { options });
}

/** Looks for a learning rate for a run with these options. */
export function findRate(options: Readonly<Record<string, string>>, signal: AbortSignal): Promise<RateCurve> {
  return ask("POST", "/api/rate", { options }, signal);
}

export function resumeRun(id: string): Promise<{ readonly id: string }> {
  return ask("POST", `/api/resume/${pathOf(id)}`, {});
}

export function lendHand(id: string, hand: Hand): Promise<unknown> {
  return ask("POST", `/api/hand/${pathOf(id)}`, hand);
}

/** Address of a file in a run's folder. */
export function fileOf(id: string, name: string): string {
  return `/files/${pathOf(id)}/${encodeURIComponent(name)}`;
}
