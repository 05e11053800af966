// From elsewhere on the page to "Look inside" at a picture of a set.
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { chooseSet } from "../sets/setStore.ts";
import { way } from "./pictureChoice.tsx";
import { tab, writePlace } from "./place.ts";
import { showSample } from "./samplePicker.tsx";

/** Opens the tab with the picture. */
export function lookAtSample(set: SetAnswer, index: number): void {
  way.value = "sample";
  chooseSet(set.id);
  tab.value = "look";
  writePlace();
  void showSample(set, index);
}
