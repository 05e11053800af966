// What the page knows, as signals. The server is the truth; this is its mirror.
import { signal } from "@preact/signals";
import type { Preferences, RunSummary, ServerMessage } from "../src/studio/shared/protocol.ts";

/** Whether the server's messages come in; null until the first. */
export const isConnected = signal<boolean | null>(null);
export const project = signal("");
export const runs = signal<readonly RunSummary[]>([]);
/** What a new run is to begin with, as another page asks for it; null for nothing. */
export const runWish = signal<Readonly<Record<string, string>> | null>(null);
/** The last word on labels that were written; null before the first. */
export const labelNews = signal<Extract<ServerMessage, { type: "labels" }> | null>(null);
export const preferences = signal<Preferences>({ language: null, theme: null, shown: [], set: null });
