// Requests to the server.
import type { FormField, Hand, Preferences, RunAnswer } from "../src/studio/shared/protocol.ts";

export function loadForm(): Promise<readonly FormField[]> {
  return ask("GET", "/api/form");
}

export function loadRun(id: string): Promise<RunAnswer> {
  return ask("GET", `/api/run/${pathOf(id)}`);
}

export function startRun(options: Readonly<Record<string, string>>): Promise<{ readonly id: string }> {
  return ask("POST", "/api/start", { options });
}

export function resumeRun(id: string): Promise<{ readonly id: string }> {
  return ask("POST", `/api/resume/${pathOf(id)}`, {});
}

export function lendHand(id: string, hand: Hand): Promise<unknown> {
  return ask("POST", `/api/hand/${pathOf(id)}`, hand);
}

export function savePreferences(change: Partial<Preferences>): Promise<Preferences> {
  return ask("PUT", "/api/preferences", change);
}

/** Address of a file in a run's folder. */
export function fileOf(id: string, name: string): string {
  return `/files/${pathOf(id)}/${encodeURIComponent(name)}`;
}

function pathOf(id: string): string {
  return id.split("/").map(encodeURIComponent).join("/");
}

/** Throws Error with the server's words where it refuses. */
async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(path, {
    method,
    ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}
