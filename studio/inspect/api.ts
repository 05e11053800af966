// What the page Inspect asks the server for.
import type { ModelList } from "../../src/studio/shared/models.ts";
import { ask } from "../ask.ts";

export function loadModels(): Promise<ModelList> {
  return ask("GET", "/api/models");
}
