// Asks the server to keep what a person has chosen; it comes back to every tab.
import type { Preferences } from "../src/studio/shared/protocol.ts";
import { ask } from "./ask.ts";

export function savePreferences(change: Partial<Preferences>): Promise<Preferences> {
  return ask("PUT", "/api/preferences", change);
}
