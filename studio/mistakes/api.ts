// What the tab Mistakes asks of the server.
import type { HeldOutAnswer, HeldOutChoice } from "../../src/studio/shared/heldOut.ts";
import { ask } from "../ask.ts";

export function loadHeldOut(data: string, choice: HeldOutChoice): Promise<HeldOutAnswer> {
  return ask("GET", `/api/held-out/${choice}/${encodeURIComponent(data)}`);
}
