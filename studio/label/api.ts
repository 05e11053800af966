// Requests about the labels of a set.
import type {
  ActsAnswer,
  ExportAnswer,
  HelperLine,
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

/** Runs whose networks know the classes of a set, the newest first; null where there are no models to be asked. */
export function loadRuns(set: string): Promise<readonly string[] | null> {
  return ask<readonly string[]>("GET", `/api/labels/${set}/runs`).catch(() => null);
}

/** Asks models for suggestions, or for labels in doubt. Throws Error with the server's words where nothing came of it. */
export async function askModels<T>(
  set: string,
  what: "suggestions" | "doubts",
  run: string | null,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<T> {
  const response = await fetch(`/api/labels/${set}/${what}`, {
    method: "POST",
    signal,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(run === null ? {} : { run }),
  });
  if (!response.ok) throw new Error(((await response.json()) as { error: string }).error);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value = "" } = await reader.read();
    const lines = (text + value).split("\n");
    text = lines.pop()!;
    for (const line of lines) {
      const said = JSON.parse(line) as HelperLine<T>;
      if ("result" in said) return said.result;
      if ("problem" in said) throw new Error(said.problem);
      onProgress(said.done, said.total);
    }
    if (done) throw new Error(response.statusText);
  }
}
