// A picture of a data set: the set that all pages are about, in a grid of thumbnails.
import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { pictureOf } from "../sets/api.ts";
import { NoSet } from "../sets/noSet.tsx";
import { PictureGrid } from "../sets/pictureGrid.tsx";
import { SetChooser } from "../sets/setChooser.tsx";
import { currentSet, watchSets } from "../sets/setStore.ts";
import { pictureProblem, show } from "./look.ts";
import { wordsOf } from "./modelChoice.ts";
import { t } from "./texts.ts";

/** Number of the picture that is shown, and the set that it is of. */
const shown = signal<{ readonly set: string; readonly index: number } | null>(null);

/** Shows a picture of a set as validation sees it: brightness is left as it is. */
export async function showSample(set: SetAnswer, index: number): Promise<void> {
  const asked = { set: set.id, index };
  shown.value = asked;
  try {
    const response = await fetch(pictureOf(set, index));
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (!response.ok) throw new Error(response.statusText);
    if (shown.value === asked) await show({ kind: "file", bytes, invert: false });
  } catch (error) {
    pictureProblem.value = wordsOf(error);
  }
}

/** The set's chooser and its pictures. */
export function SamplePicker() {
  useEffect(watchSets, []);
  const set = currentSet.value;
  const indices = useMemo(() => Array.from(set?.labels ?? [], (_, i) => i), [set]);
  const at = shown.value;
  return (
    <div class="samples">
      <SetChooser />
      {set && set.labels.length > 0 ? (
        <PictureGrid
          set={set}
          indices={indices}
          label={t("samplesLabel")}
          tile={72}
          selected={new Set(at && at.set === set.id ? [at.index] : [])}
          onSelect={(chosen) => {
            const index = [...chosen].at(-1);
            if (index !== undefined) void showSample(set, index);
          }}
          onOpen={(index) => void showSample(set, index)}
        />
      ) : (
        <NoSet />
      )}
    </div>
  );
}
