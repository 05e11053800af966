// Requests about sets of pictures.
import type { SetAnswer, SetParts, SetSummary } from "../../src/studio/shared/sets.ts";
import { ask } from "../ask.ts";

export function loadSets(): Promise<readonly SetSummary[]> {
  return ask("GET", "/api/sets");
}

export function loadSet(id: string): Promise<SetAnswer> {
  return ask("GET", `/api/sets/${id}`);
}

/** The parts that training divides a set into. */
export function loadParts(id: string): Promise<SetParts> {
  return ask("GET", `/api/sets/${id}/parts`);
}

/** Address of a picture as it is. */
export function pictureOf({ id, state }: Pick<SetAnswer, "id" | "state">, index: number): string {
  return `/api/sets/${id}/picture/${index}?state=${state}`;
}

/** Address of the thumbnails of pictures `from` up to `from + count`. */
export function sheetOf({ id, version }: SetAnswer, from: number, count: number): string {
  return `/api/sets/${id}/sheet/${from}/${count}?version=${version}`;
}
