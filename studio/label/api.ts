// Requests about the labels of a set.
import type {
  ActsAnswer,
  ExportAnswer,
  LabelsAnswer,
  SentAct,
  SentAnswer,
} from "../../src/studio/shared/labels.ts";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { ask } from "../ask.ts";

export function loadLabels(set: string): Promise<LabelsAnswer> {
  return ask("GET", `/api/labels/${set}`);
}

export function loadActs(set: string, after: number): Promise<ActsAnswer> {
  return ask("GET", `/api/labels/${set}/acts/${after}`);
}

export function sendActs(set: string, acts: readonly SentAct[]): Promise<SentAnswer> {
  return ask("POST", `/api/labels/${set}/acts`, { acts });
}

export function exportTo(set: string, to: string): Promise<ExportAnswer> {
  return ask("POST", `/api/labels/${set}/export`, { to });
}

/** Adds a picture to the folder of a set; gives its name there. Throws Error with the server's words where it is none. */
export async function sendPicture(set: string, name: string, picture: Blob): Promise<{ name: string }> {
  const response = await fetch(`/api/labels/${set}/pictures/${encodeURIComponent(name)}`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: picture,
  });
  const answer = (await response.json()) as { name: string; error?: string };
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

/** Address of a picture as it is; it does not change with labels. */
export function largeOf({ id, version }: SetAnswer, index: number): string {
  return `/api/sets/${id}/picture/${index}?version=${version}`;
}
