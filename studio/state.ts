// What the page knows, as signals. The server is the truth; this is its mirror.
import { signal } from "@preact/signals";
import type { Preferences, RunSummary } from "../src/studio/shared/protocol.ts";

/** Whether the server's messages come in; null until the first. */
export const isConnected = signal<boolean | null>(null);
export const project = signal("");
export const runs = signal<readonly RunSummary[]>([]);
export const preferences = signal<Preferences>({ language: null, theme: null, shown: [], set: null });
