// The picture on which fields are shown: one of the run's data set, or of another, or a drawn pattern where there is none.
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { NetworkDescription } from "../../src/studio/shared/networks.ts";
import type { SetSummary } from "../../src/studio/shared/sets.ts";
import { loadSets, pictureOf } from "../sets/api.ts";
import { patternOf } from "./pattern.ts";
import { t } from "./texts.ts";

/** The sets that can be shown; null until they are known. */
const known = signal<readonly SetSummary[] | null>(null);
/** The set that was chosen: "" for the pattern, null for the network's own. */
const chosenSet = signal<string | null>(null);
const number = signal(0);

/** The picture as the network takes it, or why there is none. */
export interface Sample {
  readonly image: HTMLCanvasElement | null;
  readonly problem: string | null;
}

/** Of a set, the picture that is shown; null for the pattern. */
function source({ data }: NetworkDescription): { set: SetSummary; index: number } | null {
  const all = known.value ?? [];
  const own = data.split(/[/\\]/).at(-1);
  const set =
    chosenSet.value === null
      ? (all.find(({ name }) => name === data || name === own) ?? all[0])
      : all.find(({ id }) => id === chosenSet.value);
  return set ? { set, index: Math.min(number.value, set.length - 1) } : null;
}

/** The picture on which fields are shown now. */
export function useSample(network: NetworkDescription): Sample {
  const sample = useSignal<Sample & { readonly address: string | null }>({
    ...{ image: null, problem: null, address: null },
  });
  useEffect(() => {
    void loadSets().then(
      (sets) => {
        known.value = sets.filter(({ problem, length }) => problem === null && length > 0);
      },
      () => {
        known.value = [];
      },
    );
  }, []);
  const from = known.value === null ? undefined : source(network);
  const address = from ? pictureOf(from.set, from.index) : "";
  const [channels = 3, height = 1, width = 1] = network.input;
  useEffect(() => {
    if (from === undefined) return;
    let isWanted = true;
    const give = (image: HTMLCanvasElement | null, problem: string | null) => {
      if (isWanted) sample.value = { image, problem, address };
    };
    const made = from ? loaded(address) : Promise.resolve(patternOf(height, width));
    made.then(
      (image) => give(asInput(image, { channels, height, width }), null),
      (problem: unknown) => give(null, problem instanceof Error ? problem.message : String(problem)),
    );
    return () => {
      isWanted = false;
    };
  }, [from === undefined, address, channels, height, width]);
  return sample.value.address === address ? sample.value : { image: sample.value.image, problem: null };
}

async function loaded(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

/** A picture whose middle fills the network's input; grey where that has one channel. */
function asInput(
  image: HTMLImageElement | HTMLCanvasElement,
  { channels, height, width }: { channels: number; height: number; width: number },
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d")!;
  if (channels === 1) context.filter = "grayscale(1)";
  const scale = Math.max(width / image.width, height / image.height);
  const [w, h] = [image.width * scale, image.height * scale];
  context.drawImage(image, (width - w) / 2, (height - h) / 2, w, h);
  return canvas;
}

/** Which picture is shown. */
export function SampleChooser({ network }: { network: NetworkDescription }) {
  const from = source(network);
  return (
    <div class="row sample">
      <label>
        {t("picture")}{" "}
        <select
          value={from?.set.id ?? ""}
          onChange={({ currentTarget }) => {
            chosenSet.value = currentTarget.value;
          }}
        >
          {(known.value ?? []).map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
          <option value="">{t("pattern")}</option>
        </select>
      </label>
      {from && (
        <label>
          {t("number")}{" "}
          <input
            type="number"
            class="short"
            min="0"
            max={from.set.length - 1}
            value={from.index}
            onInput={({ currentTarget: { valueAsNumber } }) => {
              if (valueAsNumber >= 0) number.value = Math.floor(valueAsNumber);
            }}
          />
        </label>
      )}
    </div>
  );
}
