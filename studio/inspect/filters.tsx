// The kernels of a convolution: as colours where they look at a coloured picture, else number by number.
import { effect, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { compute } from "../compute/client.ts";
import type { Answer } from "../compute/protocol.ts";
import { figure } from "../format.ts";
import { scaleOfPage } from "./colours.ts";
import { focus } from "./look.ts";
import { cornerOf, mapLayout } from "./mapLayout.ts";
import { chosen, wordsOf } from "./modelChoice.ts";
import { paintMaps } from "./paintMaps.ts";
import { largest, pixelOf } from "./scale.ts";
import { t } from "./texts.ts";

type Kernels = Answer<"filters">;

interface FiltersProps {
  readonly step: number;
  /** `[out, in / groups, height, width]`. */
  readonly kernel: readonly number[];
  readonly room: number;
  readonly isColour: boolean;
}

/** A part that opens; kernels are asked for then. */
export function Filters({ step, kernel, room, isColour }: FiltersProps) {
  const loaded = useSignal<Kernels | null>(null);
  const problem = useSignal<string | null>(null);
  const output = useSignal(0);
  const [outputs = 1, inputs = 1] = kernel;
  const isWhole = inputs === 1 || isColour;
  useEffect(
    () =>
      effect(() => {
        if (focus.value?.step === step) output.value = focus.value.cell[0] ?? 0;
      }),
    [step],
  );
  const load = () => {
    const model = chosen.value;
    if (loaded.value || !model) return;
    compute("filters", { model, step }).then(
      (answer) => {
        loaded.value = answer;
      },
      (error: unknown) => {
        problem.value = wordsOf(error);
      },
    );
  };
  const bias = loaded.value?.bias?.[output.value];
  return (
    <details class="kernels" onToggle={({ currentTarget }) => currentTarget.open && load()}>
      <summary>{t("filters", { count: outputs, size: kernel.slice(1).join(" × ") })}</summary>
      {problem.value && <p class="problem">{problem.value}</p>}
      {!isWhole && (
        <p class="row">
          <label>
            {t("outputChannel")}{" "}
            <input
              type="number"
              min={0}
              max={outputs - 1}
              value={output.value}
              onInput={({ currentTarget }) => {
                const asked = Math.round(Number(currentTarget.value));
                output.value = Math.max(0, Math.min(outputs - 1, Number.isFinite(asked) ? asked : 0));
              }}
            />
          </label>
          {bias !== undefined && <span class="soft">{t("biasIs", { bias: figure(bias) })}</span>}
        </p>
      )}
      {loaded.value && (
        <Sheet
          kernels={loaded.value}
          output={isWhole ? null : output.value}
          isColour={isColour}
          room={room}
        />
      )}
    </details>
  );
}

interface SheetProps {
  readonly kernels: Kernels;
  /** The output channel whose kernels are drawn, one for each input channel; null: the kernels of all. */
  readonly output: number | null;
  readonly isColour: boolean;
  readonly room: number;
}

function Sheet({ kernels: { kernels }, output, isColour, room }: SheetProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [outputs, inputs, height, width] = kernels.shape as [number, number, number, number];
  const each = inputs * height * width;
  const maps = output === null ? outputs : inputs;
  const layout = mapLayout([maps, height, width], room);
  const data = output === null ? kernels.data : kernels.data.subarray(output * each, (output + 1) * each);
  const limit = largest(data);
  useEffect(
    () =>
      effect(() => {
        const image = new ImageData(layout.width, layout.height);
        const pixels = new Uint32Array(image.data.buffer);
        if (isColour) paintColours(pixels, layout, data, limit);
        else paintMaps(pixels, layout, data, scaleOfPage.value, "step");
        canvas.current?.getContext("2d")?.putImageData(image, 0, 0);
      }),
    [data, layout.width, layout.height],
  );
  return (
    <figure>
      <canvas
        ref={canvas}
        width={layout.width}
        height={layout.height}
        role="img"
        aria-label={t("filtersLabel", { count: maps })}
      />
      <figcaption class="soft">
        {isColour
          ? t("colourFilters", { limit: figure(limit, 3) })
          : t("fullColour", { limit: figure(limit, 3) })}
      </figcaption>
    </figure>
  );
}

/** Kernels over red, green and blue as colours: grey is 0, and full light is the largest size. */
function paintColours(
  pixels: Uint32Array,
  layout: ReturnType<typeof mapLayout>,
  data: Float32Array,
  limit: number,
): void {
  const { maps, rows, columns, scale, width } = layout;
  const plane = rows * columns;
  const byte = (value: number) => Math.round(127.5 * (1 + value / (limit || 1)));
  for (let map = 0; map < maps; map++) {
    const [left, top] = cornerOf(layout, map);
    for (let i = 0; i < plane; i++) {
      const at = map * 3 * plane + i;
      const colour = pixelOf(byte(data[at]!), byte(data[at + plane]!), byte(data[at + 2 * plane]!));
      const [row, column] = [Math.floor(i / columns), i % columns];
      for (let y = 0; y < scale; y++) {
        const from = (top + row * scale + y) * width + left + column * scale;
        pixels.fill(colour, from, from + scale);
      }
    }
  }
}
